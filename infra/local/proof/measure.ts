import { execFileSync } from 'node:child_process';

/** One printed word; millimetres from the left and upper edge of its page. */
export interface PrintedWord {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
export interface PrintedPage {
  readonly width: number;
  readonly height: number;
  readonly words: readonly PrintedWord[];
}

const MM_PER_POINT = 25.4 / 72;

/** The words of a PDF as they stand on its pages (pdftotext of poppler-utils). */
export const pagesOf = (pdf: string): PrintedPage[] => {
  const xml = execFileSync('pdftotext', ['-bbox', pdf, '-'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return xml
    .split('<page ')
    .slice(1)
    .map((page) => {
      const of = (name: string, text: string) =>
        Number(text.match(new RegExp(`${name}="([\\d.]+)"`))?.[1]) * MM_PER_POINT;
      const words = [...page.matchAll(/<word ([^>]*)>([^<]*)<\/word>/g)].map(([, box = '', text = '']) => ({
        text: text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>'),
        left: of('xMin', box),
        top: of('yMin', box),
        right: of('xMax', box),
        bottom: of('yMax', box),
      }));
      return { width: of('width', page), height: of('height', page), words };
    });
};

/** One line of the layout's table: what is wanted, what was seen. */
export interface Seen {
  readonly what: string;
  readonly wanted: string;
  readonly seen: string;
  readonly holds: boolean;
}

const near = (a: number, b: number, within: number): boolean => Math.abs(a - b) <= within;
const mm = (value: number): string => `${value.toFixed(1)} mm`;

/** Lines of a page: words whose feet stand level, from top to bottom. */
const linesOf = ({ words }: PrintedPage): PrintedWord[][] => {
  const lines: PrintedWord[][] = [];
  for (const word of [...words].sort((a, b) => a.bottom - b.bottom || a.left - b.left)) {
    const line = lines.at(-1);
    if (line?.[0] && near(line[0].bottom, word.bottom, 0.8)) line.push(word);
    else lines.push([word]);
  }
  return lines.map((line) => line.sort((a, b) => a.left - b.left));
};

/** Measures a paper against the layout of party documents. Source: domain.md §3.12 [D1]. */
export const measured = (
  pages: readonly PrintedPage[],
  paper: { readonly type: string; readonly fonts: string },
): Seen[] => {
  const first = pages[0] as PrintedPage;
  const words = pages.flatMap((page) => page.words);
  const body = linesOf(first).filter((line) => line.length > 6 && (line[0] as PrintedWord).left < 45);
  const pitches = body
    .slice(1)
    .map((line, at) => ((line[0] as PrintedWord).bottom - (body[at]?.[0]?.bottom ?? 0)) / MM_PER_POINT);
  const pitch = Math.min(...pitches.filter((value) => value > 10));
  const lefts = body.map((line) => (line[0] as PrintedWord).left);
  const indent = lefts.toSorted((a, b) => Math.abs(a - 40) - Math.abs(b - 40))[0] ?? 0;
  const onLast = linesOf(pages.at(-1) as PrintedPage).map((line) => line.map((word) => word.text).join(' '));
  const signedAt = onLast.findIndex((line) => /Nơi nhận:|THƯ KÝ|T\/M/.test(line));
  const leftMost = Math.min(...words.map(({ left }) => left));
  const rightMost = Math.max(...words.map(({ right }) => right));
  const lowest = Math.max(...words.map(({ bottom }) => bottom));
  const head = linesOf(first);
  const star = first.words.find(({ text }) => text === '*');
  const party = first.words.find(({ text }) => text === 'ĐẢNG' && true);
  const numbers = pages.slice(1).map(({ words: [word] }) => word);
  const text = words.map((word) => word.text).join(' ');
  const seen = (what: string, wanted: string, value: string, holds: boolean): Seen => ({
    what,
    wanted,
    seen: value,
    holds,
  });
  const isLetter = paper.type.toLocaleUpperCase('vi') === 'CÔNG VĂN';
  return [
    seen(
      'paper',
      'A4, 210 × 297 mm',
      `${mm(first.width)} × ${mm(first.height)}`,
      near(first.width, 210, 0.3) && near(first.height, 297, 0.3),
    ),
    seen('left margin', '30 mm', mm(leftMost), near(leftMost, 30, 0.6)),
    seen('right margin', '15 mm', mm(first.width - rightMost), near(first.width - rightMost, 15, 0.8)),
    seen(
      'top margin',
      '20 mm',
      mm(Math.min(...(head[0] ?? []).map(({ top }) => top))),
      near(Math.min(...(head[0] ?? []).map(({ top }) => top)), 20, 1.6),
    ),
    seen('bottom margin', 'at least 20 mm', mm(first.height - lowest), first.height - lowest >= 19),
    seen(
      'type',
      'Times New Roman or its twin Tinos',
      paper.fonts,
      /TimesNewRoman|Tinos/i.test(paper.fonts) && !/Liberation|DejaVu/i.test(paper.fonts),
    ),
    seen('line', '19 pt', `${pitch.toFixed(1)} pt`, near(pitch, 19, 0.3)),
    seen('first line', '10 mm in', mm(indent - 30), near(indent, 40, 0.7)),
    seen(
      'head',
      'issuer left, star under it, Party right',
      star ? `star at ${mm((star.left + star.right) / 2)}` : 'no star',
      star !== undefined && party !== undefined && (star.left + star.right) / 2 < 90,
    ),
    seen(
      'title',
      isLetter ? 'none, abstract under the number' : 'type name, abstract, -----',
      text.includes('-----') ? '-----' : 'none',
      text.includes('-----') !== isLetter,
    ),
    seen(
      'page number',
      'centred on top from the second page',
      numbers.map((word) => word?.text).join(', ') || 'one page',
      numbers.every(
        (word, at) => word?.text === String(at + 2) && near((word.left + word.right) / 2, 112.5, 1.5) && word.top < 20,
      ),
    ),
    seen(
      'signed sheet',
      'with words above the signature',
      `${signedAt} lines above`,
      signedAt > (pages.length > 1 ? 1 : 0),
    ),
    seen('end', 'full stop, not ./.', text.includes('./.') ? './.' : 'full stop', !text.includes('./.')),
    seen(
      'recipients',
      'left, the signature right',
      text.includes('Nơi nhận:') ? 'Nơi nhận:' : 'none',
      text.includes('Nơi nhận:'),
    ),
  ];
};
