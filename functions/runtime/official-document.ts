import {
  AlignmentType,
  BorderStyle,
  Document,
  type FileChild,
  Header,
  type IParagraphOptions,
  LineRuleType,
  Packer,
  PageNumber,
  Paragraph,
  Table,
  TableCell,
  TableLayoutType,
  TableRow,
  TextRun,
  UnderlineType,
  VerticalAlign,
  WidthType,
} from 'docx';
import type { Day } from '#shared/kernel/time.ts';

/** One piece of the body. A `table` column without a width shares what is left; widths are parts of the text's width. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string; readonly italic?: true; readonly bold?: true }
  | { readonly kind: 'item'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      readonly widths?: readonly number[];
    };

/** Who signs: `T/M CHI BỘ`, `BÍ THƯ`, name. A collective body signs by T/M, never K/T. Source: domain.md §3.12 [D1]. */
export interface Signature {
  readonly power?: string;
  readonly title: string;
  readonly name: string;
}

export interface OfficialDocument {
  readonly superior?: string;
  readonly issuer: string;
  /** `05-NQ/CB`; left open for a draft, which then prints a gap to be filled by hand. */
  readonly number?: string;
  readonly place: string;
  readonly day: Day;
  /** As printed: `NGHỊ QUYẾT`. An official letter (`CÔNG VĂN`) prints no title; its abstract stands under its number. */
  readonly type: string;
  readonly abstract: string;
  /** Only an official letter is addressed: `Các chi bộ trực thuộc`. */
  readonly addressee?: string;
  readonly body: readonly Block[];
  /** One: on the right, with the recipients left. Two: scribe left, chair right, as minutes are signed. */
  readonly signatures: readonly [Signature] | readonly [Signature, Signature];
  /** `Nơi nhận`; the last one files it: `Lưu Chi bộ`. */
  readonly recipients: readonly string[];
}

/**
 * A Word file in the layout of a party document: A4, margins 20/20/30/15 mm, Times New Roman 14, lines of exactly 19 pt,
 * first lines 10 mm in, head in two columns, signature right and recipients left.
 * Source: domain.md §3.12 [D1], guide 05-HD/VPTW to 399-QĐ/TW.
 */
export const officialDocument = async (paper: OfficialDocument): Promise<Uint8Array> => {
  const letter = isLetter(paper);
  const file = new Document({
    creator: paper.issuer,
    title: paper.abstract,
    styles: { default: { document: { run: { font: FONT, size: TYPE_HALF_POINTS, language: { value: 'vi-VN' } } } } },
    sections: [
      {
        properties: { page, titlePage: true },
        headers: { default: new Header({ children: [pageNumber()] }), first: new Header({ children: [] }) },
        children: [
          head(paper, letter),
          gap(),
          ...(letter ? addressee(paper) : title(paper)),
          ...paper.body.flatMap((block, index) => blockOf(block, index === paper.body.length - 1)),
          gap(),
          ...end(paper),
        ],
      },
    ],
  });
  return new Uint8Array(await Packer.toArrayBuffer(file));
};

/** `Công Hải, ngày 03 tháng 9 năm 2026`: days below 10 and the months 1 and 2 with a nought. Source: domain.md §3.12 [D1]. */
export const officialDate = (place: string, day: Day): string => {
  const [year, month, date] = day.split('-') as [string, string, string];
  return `${place}, ngày ${date} tháng ${Number(month) <= 2 ? month : Number(month)} năm ${year}`;
};

/** `05-NQ/CB`: two digits below 10, no colon. Source: domain.md §3.12 [D1]. */
export const officialNumber = (serial: number, code: string, org: string): string =>
  `${String(serial).padStart(2, '0')}-${code}/${org}`;

/** A twip is a twentieth of a point. */
const twips = (millimetres: number): number => Math.round((millimetres / 25.4) * 1440);

const FONT = 'Times New Roman';
/** 14 points. */
const TYPE_HALF_POINTS = 28;
const SMALL_HALF_POINTS = 24;
const TITLE_HALF_POINTS = 32;
/** 19 points, exactly. */
const LINE_TWIPS = 380;
const FIRST_LINE_TWIPS = twips(10);
const MARGINS = { top: 20, bottom: 20, left: 30, right: 15 };
const PAGE = { width: 210, height: 297 };
const TEXT_TWIPS = twips(PAGE.width - MARGINS.left - MARGINS.right);
const LEFT_TWIPS = Math.round(TEXT_TWIPS * 0.44);

const page = {
  size: { width: twips(PAGE.width), height: twips(PAGE.height) },
  margin: {
    top: twips(MARGINS.top),
    bottom: twips(MARGINS.bottom),
    left: twips(MARGINS.left),
    right: twips(MARGINS.right),
    header: twips(10),
    footer: twips(10),
  },
};

interface Style {
  readonly bold?: boolean;
  readonly italics?: boolean;
  readonly underline?: boolean;
  readonly size?: number;
}

const exactly = { line: LINE_TWIPS, lineRule: LineRuleType.EXACT };

const run = (text: string, style: Style = {}): TextRun =>
  new TextRun({
    text: text.normalize('NFC'),
    ...(style.bold && { bold: true }),
    ...(style.italics && { italics: true }),
    ...(style.underline && { underline: { type: UnderlineType.SINGLE } }),
    ...(style.size !== undefined && { size: style.size }),
  });

const paragraph = (text: string, style: Style = {}, options: IParagraphOptions = {}): Paragraph =>
  new Paragraph({ spacing: exactly, ...options, children: [run(text, style)] });

const centred = (text: string, style: Style = {}): Paragraph =>
  paragraph(text, style, { alignment: AlignmentType.CENTER });

const gap = (): Paragraph => paragraph('');

const pageNumber = (): Paragraph =>
  new Paragraph({ alignment: AlignmentType.CENTER, children: [new TextRun({ children: [PageNumber.CURRENT] })] });

const isLetter = (paper: OfficialDocument): boolean => paper.type.toLocaleUpperCase('vi') === 'CÔNG VĂN';

const head = (paper: OfficialDocument, letter: boolean): Table => {
  const upper = (text: string) => text.toLocaleUpperCase('vi');
  const left = [
    ...(paper.superior === undefined ? [] : [centred(upper(paper.superior))]),
    centred(upper(paper.issuer), { bold: true }),
    centred('*'),
    centred(`Số ${paper.number ?? '……'}`),
    ...(letter ? [centred(paper.abstract, { italics: true, size: SMALL_HALF_POINTS })] : []),
  ];
  const right = [
    centred('ĐẢNG CỘNG SẢN VIỆT NAM', { bold: true, underline: true }),
    gap(),
    centred(officialDate(paper.place, paper.day), { italics: true }),
  ];
  return columns(left, right);
};

const title = (paper: OfficialDocument): Paragraph[] => [
  centred(paper.type.toLocaleUpperCase('vi'), { bold: true, size: TITLE_HALF_POINTS }),
  centred(paper.abstract, { bold: true }),
  centred('-----'),
  gap(),
];

const addressee = (paper: OfficialDocument): Paragraph[] =>
  paper.addressee === undefined
    ? [gap()]
    : [
        new Paragraph({
          spacing: exactly,
          alignment: AlignmentType.CENTER,
          children: [run('Kính gửi: ', { italics: true }), run(paper.addressee)],
        }),
        gap(),
      ];

const blockOf = (block: Block, last: boolean): FileChild[] => {
  const body = { alignment: AlignmentType.JUSTIFIED, indent: { firstLine: FIRST_LINE_TWIPS } };
  const spaced = { ...body, spacing: { ...exactly, after: 120 } };
  // a party document ends with a full stop, never `./.`
  const text = 'text' in block && last ? block.text.replace(/\s*\.\/\.\s*$/u, '.') : 'text' in block ? block.text : '';
  switch (block.kind) {
    case 'heading':
      return [paragraph(text, { bold: true }, { ...spaced, keepNext: true })];
    case 'paragraph':
      return [paragraph(text, { bold: block.bold === true, italics: block.italic === true }, spaced)];
    case 'item':
      return [paragraph(`- ${text}`, {}, spaced)];
    case 'table':
      return [grid(block), gap()];
  }
};

const grid = ({ head: names, rows, widths }: Extract<Block, { kind: 'table' }>): Table => {
  const parts = names.map((_, at) => widths?.[at] ?? 1 / names.length);
  const sum = parts.reduce((a, b) => a + b, 0);
  const columnWidths = parts.map((part) => Math.floor((TEXT_TWIPS * part) / sum));
  const row = (cells: readonly string[], isHead: boolean) =>
    new TableRow({
      ...(isHead && { tableHeader: true }),
      cantSplit: true,
      children: columnWidths.map(
        (width, at) =>
          new TableCell({
            width: { size: width, type: WidthType.DXA },
            verticalAlign: VerticalAlign.CENTER,
            margins: { left: 80, right: 80, top: 40, bottom: 40 },
            children: [isHead ? centred(cells[at] ?? '', { bold: true }) : paragraph(cells[at] ?? '')],
          }),
      ),
    });
  return new Table({
    width: { size: TEXT_TWIPS, type: WidthType.DXA },
    columnWidths,
    layout: TableLayoutType.FIXED,
    rows: [row(names, true), ...rows.map((cells) => row(cells, false))],
  });
};

const end = ({ signatures, recipients }: OfficialDocument): FileChild[] => {
  const [first, second] = signatures;
  if (second === undefined) return [columns(receivers(recipients), signature(first, first.power !== undefined))];
  const below = recipients.length === 0 ? [] : [gap(), ...receivers(recipients)];
  const powers = first.power !== undefined || second.power !== undefined;
  return [columns(signature(first, powers), signature(second, powers)), ...below];
};

const receivers = (recipients: readonly string[]): Paragraph[] => [
  paragraph(recipients.length === 0 ? '' : 'Nơi nhận:', { underline: true, size: SMALL_HALF_POINTS }),
  ...recipients.map((name, at) =>
    paragraph(`- ${name}${at === recipients.length - 1 ? '.' : ','}`, { size: SMALL_HALF_POINTS }),
  ),
];

/** `withPower` keeps the line of a power free where only the other one signs by it, so that both names stand level. */
const signature = ({ power, title: office, name }: Signature, withPower: boolean): Paragraph[] => [
  ...(withPower ? [centred((power ?? '').toLocaleUpperCase('vi'), { bold: true })] : []),
  centred(office.toLocaleUpperCase('vi')),
  gap(),
  gap(),
  gap(),
  centred(name, { bold: true }),
];

const none = { style: BorderStyle.NONE, size: 0, color: 'auto' };

/** Two columns side by side without lines: the head, and the end of the document. */
const columns = (left: Paragraph[], right: Paragraph[]): Table => {
  const columnWidths = [LEFT_TWIPS, TEXT_TWIPS - LEFT_TWIPS];
  const cell = (children: Paragraph[], size: number) =>
    new TableCell({ children, width: { size, type: WidthType.DXA }, margins: { left: 0, right: 0 } });
  return new Table({
    width: { size: TEXT_TWIPS, type: WidthType.DXA },
    columnWidths,
    layout: TableLayoutType.FIXED,
    borders: { top: none, bottom: none, left: none, right: none, insideHorizontal: none, insideVertical: none },
    rows: [
      new TableRow({
        cantSplit: true,
        children: [cell(left, columnWidths[0] as number), cell(right, columnWidths[1] as number)],
      }),
    ],
  });
};
