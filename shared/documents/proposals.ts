import * as v from 'valibot';
import { addDays, type Day } from '#shared/kernel/time.ts';
import issuersOfTheDay from './issuers.json' with { type: 'json' };
import {
  type Confidence,
  DocNumber,
  type DocumentType,
  documentTypes,
  type PageText,
  type Proposals,
  type Proposed,
} from './model.ts';

/**
 * Reads number, date, issuer, type and abstract out of the text of a document's pages. `today` bounds a plausible date.
 * Whatever the text, it answers; what is doubtful says `check`, never `sure`.
 * Source: layout and fields of a party document, domain.md §3.12 [D1].
 */
export const proposeFromText = (pages: readonly PageText[], today: Day): Proposals => {
  const lines = headOf(pages);
  const number = findNumber(lines);
  const date = findDate(lines, today, number?.at);
  const title = findTitle(lines, number);
  const issuer = findIssuer(lines, number, title?.at);
  const abstract = findAbstract(lines, title, number);
  return {
    number: number ? proposed(number.value, number.confidence, number.line) : nothing,
    issuedOn: date ? proposed(date.value, date.confidence, date.line) : nothing,
    issuer: issuer ? proposed(issuer.value, issuer.confidence, issuer.line) : nothing,
    type: proposeType(title, number),
    abstract: abstract ? proposed(abstract.value, abstract.confidence, abstract.line) : nothing,
  };
};

/** The text of a page given as plain lines, as a PDF with a text layer has it. */
export const pageOf = (text: string): PageText => ({
  lines: text
    .split('\n')
    .map((line) => ({ text: line.trim(), sure: 100 }))
    .filter((line) => line.text !== ''),
});

/** Below this the reader itself doubts a line (0 to 100): a digit may be another digit, so a person must look. */
const DOUBTFUL_LINE = 78;
/**
 * The same for a date, whose words the reader knows: read rightly they score 90 to 97 on photos, and a slanted 6 taken for a
 * 0 leaves a date as good as any. A number's letters stand in no dictionary and score less even when right.
 */
const DOUBTFUL_DATE = 90;
/** Number, date and title stand in the head of the first page; a copy with a cover has them on the second. */
const HEAD_LINES = 40;
/** No party document is older than the Party. */
const FIRST_YEAR = 1930;

interface Line {
  readonly text: string;
  /** Base letters in lower case, one for each code unit of `text`: found by it, cut out of `text`. */
  readonly bare: string;
  readonly sure: number;
  readonly page: number;
  readonly box: PageText['lines'][number]['box'];
}

interface Found {
  readonly value: string;
  readonly confidence: Confidence;
  readonly line: Line;
  readonly at: number;
}

interface FoundNumber extends Found {
  readonly code: string;
  readonly org: string;
}

interface FoundTitle extends Found {
  readonly type: DocumentType;
  readonly rest: string;
}

const nothing: Proposed = { confidence: 'none' };

const proposed = (value: string, confidence: Confidence, line: Line): Proposed => ({
  value,
  confidence: line.sure < DOUBTFUL_LINE ? 'check' : confidence,
  page: line.page,
  ...(line.box ? { box: line.box } : {}),
});

const headOf = (pages: readonly PageText[]): readonly Line[] =>
  pages.slice(0, 2).flatMap((page, index) =>
    page.lines.slice(0, HEAD_LINES).map((line) => {
      const text = line.text.normalize('NFC');
      return { text, bare: bareOf(text), sure: line.sure, page: index + 1, box: line.box };
    }),
  );

/** Base letters in lower case with the length kept, so that a place found in it is the same place in the text. */
const bareOf = (text: string): string => {
  let bare = '';
  for (const unit of text.split('')) {
    const base = unit.normalize('NFD').charAt(0).toLowerCase();
    bare += base === 'đ' ? 'd' : base.length === 1 ? base : unit;
  }
  return bare;
};

const bareKey = (text: string): string => bareOf(text.normalize('NFC')).replace(/\s+/g, ' ').trim();

/* ---- number ---- */

/** `Số 05-NQ/ĐU`, `SỐ : 05 - NQ / ĐU`, `S6 O5NQ/DU`. Digits may be misread as letters that look alike. */
const partyNumber =
  /(?:^|[^\p{L}\d])(s\s?[o06])\s*[:.,;]?\s*([\dolisbz]{1,4}?)\s*([-–—_.~=]{0,2})\s*([a-z8][a-z0-9]{1,2})\s*[/|\\]\s*([a-z0-9][a-z0-9.]{0,11}(?:-[a-z0-9.]{1,10})?)/u;
/** `Số: 12/QĐ-UBND` of a state body. */
const stateNumber =
  /(?:^|[^\p{L}\d])(s\s?[o06])\s*[:.,;]?\s*(\d{1,5})\s*\/\s*([a-z]{2,5})\s*[-–—]\s*([a-z][a-z.]{1,12})/u;

const findNumber = (lines: readonly Line[]): FoundNumber | undefined => {
  const body = lines.findIndex((line) => startOfBody.test(line.bare));
  for (const [at, line] of lines.entries()) {
    const found = partyNumberIn(line, at) ?? stateNumberIn(line, at);
    if (!found) continue;
    // a number cited in a sentence or after the grounds is another document's
    const own = /^\W{0,3}s/u.test(line.bare) && (body < 0 || at < body);
    return own ? found : { ...found, confidence: 'check' };
  }
  return undefined;
};

const startOfBody = /^\W*(can cu|kinh gui|theo de nghi|thuc hien)/u;

const partyNumberIn = (line: Line, at: number): FoundNumber | undefined => {
  const match = partyNumber.exec(line.bare);
  if (!match) return undefined;
  const [whole, word, digits, dash, code, org] = match as unknown as [string, string, string, string, string, string];
  const start = match.index + whole.lastIndexOf(org);
  const printedOrg = line.text.slice(start, start + org.length).toUpperCase();
  const startOfCode = match.index + whole.indexOf(code, whole.indexOf(digits) + digits.length);
  const printedCode = line.text.slice(startOfCode, startOfCode + code.length);
  const number = digitsOf(digits);
  const type = typeCode(printedCode);
  if (number === undefined || Number(number) === 0 || type === undefined) return undefined;
  const issuer = issuerCode(printedOrg);
  const value = `${number.padStart(2, '0')}-${type.value}/${issuer.value}`;
  if (!v.is(DocNumber, value)) return undefined;
  const clean =
    /^\d+$/.test(digits) && dash !== '' && /^s\s?o$/.test(word) && type.exact && issuer.exact && at < HEAD_LINES;
  return { value, code: type.value, org: issuer.value, confidence: clean ? 'sure' : 'check', line, at };
};

const stateNumberIn = (line: Line, at: number): FoundNumber | undefined => {
  const match = stateNumber.exec(line.bare);
  if (!match) return undefined;
  const [whole, , digits, code, org] = match as unknown as [string, string, string, string, string];
  const type = typeCode(
    line.text.slice(match.index + whole.indexOf(code), match.index + whole.indexOf(code) + code.length),
  );
  const start = match.index + whole.lastIndexOf(org);
  const issuer = issuerCode(line.text.slice(start, start + org.length).toUpperCase());
  if (type === undefined) return undefined;
  const value = `${digits}/${type.value}-${issuer.value}`;
  if (!v.is(DocNumber, value)) return undefined;
  const confidence = type.exact && issuer.exact ? 'sure' : 'check';
  return { value, code: type.value, org: issuer.value, confidence, line, at };
};

const looksLike: Readonly<Record<string, string>> = { o: '0', l: '1', i: '1', s: '5', b: '8', z: '2' };

/** Digits with look-alike letters put back; none if no true digit is among several letters. */
const digitsOf = (text: string): string | undefined => {
  if (!/\d/.test(text) && text.length > 1) return undefined;
  const digits = [...text].map((sign) => looksLike[sign] ?? sign).join('');
  return /^\d+$/.test(digits) ? digits : undefined;
};

const letterFor: Readonly<Record<string, string>> = { '0': 'o', '8': 'b', '1': 'l', '5': 's' };
const codeKey = (text: string): string =>
  bareOf(text.normalize('NFC')).replace(/[0815]/g, (sign) => letterFor[sign] ?? sign);

const typeCode = (printed: string): { readonly value: string; readonly exact: boolean } | undefined => {
  const known = documentTypes.find((type) => type.code !== undefined && codeKey(type.code) === codeKey(printed))?.code;
  return known === undefined ? undefined : { value: known, exact: known.toUpperCase() === printed.toUpperCase() };
};

const issuers = issuersOfTheDay.issuers;

const issuerCode = (printed: string): { readonly value: string; readonly exact: boolean } => {
  const known = issuers.find((issuer) => codeKey(issuer.code) === codeKey(printed))?.code;
  return known === undefined ? { value: printed, exact: false } : { value: known, exact: known === printed };
};

/* ---- date ---- */

const D = '[\\dolisbz]';
const writtenDate = new RegExp(`ng.y\\s*(${D}{1,2})\\s*th.ng\\s*(${D}{1,2})\\s*n.m\\s*(${D}{4})`, 'u');
const shortDate = /(?:^|[^\d])(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})(?!\d)/u;

const findDate = (lines: readonly Line[], today: Day, numberAt: number | undefined): Found | undefined => {
  const found = (pattern: RegExp): readonly Found[] =>
    lines.flatMap((line, at) => {
      const match = pattern.exec(line.bare);
      if (!match) return [];
      const [whole, day, month, year] = match as unknown as [string, string, string, string];
      const value = dayFrom(day, month, year);
      if (value === undefined || value > addDays(today, 31)) return [];
      const clean = [day, month, year].every((part) => /^\d+$/.test(part));
      const placed =
        /\p{L}[.,;]?\s*$/u.test(line.bare.slice(0, match.index)) || /^\s*$/.test(line.bare.slice(0, match.index));
      const last = line.bare.slice(match.index + whole.length).trim().length <= 2;
      const inHead = at <= (numberAt ?? 8) + 4 && placed && last;
      return [
        {
          value,
          confidence: clean && inHead && value <= today && line.sure >= DOUBTFUL_DATE ? 'sure' : 'check',
          line,
          at,
        } as const,
      ];
    });
  const written = found(writtenDate);
  const inHead = written.filter((date) => date.confidence === 'sure');
  const [first] = inHead;
  if (first) {
    // two different dates in the head: neither is sure
    return inHead.every((date) => date.value === first.value) ? first : { ...first, confidence: 'check' };
  }
  const other = written[0] ?? found(shortDate)[0];
  return other && { ...other, confidence: 'check' };
};

const dayFrom = (day: string, month: string, year: string): Day | undefined => {
  const digits = [year, month, day].map(digitsOf);
  const [y, m, d] = digits;
  if (y === undefined || m === undefined || d === undefined || Number(y) < FIRST_YEAR) return undefined;
  const text = `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  const at = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? (text as Day) : undefined;
};

/* ---- title, type ---- */

const findTitle = (lines: readonly Line[], number: FoundNumber | undefined): FoundTitle | undefined => {
  const from = number ? number.at + 1 : 0;
  for (let at = from; at < lines.length; at += 1) {
    const line = lines[at] as Line;
    const key = line.bare
      .replace(/[^\p{L}\s]/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    for (const type of byLength) {
      const name = bareKey(type.name);
      if (key !== name && !key.startsWith(`${name} `)) continue;
      const upper = line.text.slice(0, type.name.length);
      if (upper !== upper.toUpperCase()) continue;
      const rest = key === name ? '' : line.text.slice(type.name.length).trim();
      const printed = line.text.trim().slice(0, type.name.length).normalize('NFC');
      const exact = printed === type.name.toUpperCase().normalize('NFC');
      return { value: type.id, type, rest, confidence: exact ? 'sure' : 'check', line, at };
    }
  }
  return undefined;
};

const byLength = [...documentTypes].sort((a, b) => b.name.length - a.name.length);

/** The title says the type and the code of the number agrees: sure. One of them alone, or two that differ: look. */
const proposeType = (title: FoundTitle | undefined, number: FoundNumber | undefined): Proposed => {
  if (title) {
    const agrees = number === undefined ? !title.type.numbered : title.type.code === number.code;
    return proposed(title.value, agrees ? title.confidence : 'check', title.line);
  }
  if (!number) return nothing;
  const type = documentTypes.find((each) => each.code === number.code);
  if (!type) return nothing;
  // an official letter has no title line
  return proposed(type.id, type.id === 'official_letter' ? number.confidence : 'check', number.line);
};

/* ---- issuer ---- */

const motto = /d[a-z]ng\s*c[a-z]ng\s*s[a-z]n\s*vi[a-z]t\s*nam/u;
const stateMotto = /c[a-z]ng\s*h[a-z]a\s*x[a-z]\s*h[a-z]i.*$|d[a-z]c\s*l[a-z]p\s*[-–]?\s*t[a-z]\s*do.*$/u;
const beginnings = [
  ...new Set([
    ...issuers.flatMap((issuer) => issuer.beginnings),
    'Tỉnh ủy',
    'Thành ủy',
    'Huyện ủy',
    'Quận ủy',
    'Thị ủy',
    'Ban Chấp hành',
    'Ban Dân vận',
    'Ban Nội chính',
    'Liên chi',
    'Chi ủy',
    'Đoàn',
    'Hội',
    'Mặt trận',
    'Sở',
  ]), // prettier keeps the list short
].map(bareKey);

const findIssuer = (
  lines: readonly Line[],
  number: FoundNumber | undefined,
  titleAt: number | undefined,
): Found | undefined => {
  const end = number?.at ?? titleAt ?? 8;
  const names: { text: string; line: Line; at: number }[] = [];
  for (const [at, line] of lines.slice(0, Math.min(end + 1, 14)).entries()) {
    const text = leftColumn(line, at === number?.at);
    if (text === '' || text !== text.toUpperCase()) continue;
    const key = bareKey(text);
    if (beginnings.some((beginning) => key === beginning || key.startsWith(`${beginning} `))) {
      names.push({ text, line, at });
      continue;
    }
    const last = names.at(-1);
    // a long name goes on in the next line
    if (last && at === last.at + 1 && /^[\p{Lu}\s,.-]+$/u.test(text))
      names[names.length - 1] = { ...last, text: `${last.text} ${text}`, at };
  }
  const name = names.at(-1);
  if (!name) return undefined;
  const known = number && issuers.find((issuer) => issuer.code === number.org);
  const agrees =
    known?.beginnings.some((beginning) => name.text.startsWith(beginning.toUpperCase().normalize('NFC'))) ?? false;
  return { value: name.text.slice(0, 200), confidence: agrees ? 'sure' : 'check', line: name.line, at: name.at };
};

/** The line without what stands in the right column of the head, where a reader joined both. */
const leftColumn = (line: Line, isNumberLine: boolean): string => {
  if (isNumberLine) return '';
  const cut = [motto, stateMotto, writtenDate].map((pattern) => line.bare.search(pattern)).filter((at) => at >= 0);
  const text = cut.length === 0 ? line.text : line.text.slice(0, Math.min(...cut));
  return text.replace(/^[\s*_.,:;'"“”|-]+|[\s*_.,:;'"“”|-]+$/gu, '').replace(/\s+/g, ' ');
};

/* ---- abstract ---- */

const MAX_ABSTRACT_LINES = 5;
const endOfAbstract =
  /^([-–—_=*.~\s]{3,}|\W*(can cu|kinh gui|thuc hien nghi quyet so|i\s*[.,-]|1\s*[.,)]|[a-z]\)|dieu\s*1|phan\s*thu|-\s))/u;
const abstractStart =
  /^\W{0,2}(ve|v\/v|cua|thuc hien|tong ket|so ket|ket qua|xay dung|trien khai|tiep tuc|cong tac|tang cuong|lanh dao|sinh hoat|hop|kiem diem|thang|ban hanh|chuan y|phan cong|thanh lap)\b/u;

const findAbstract = (
  lines: readonly Line[],
  title: FoundTitle | undefined,
  number: FoundNumber | undefined,
): Found | undefined => {
  if (!title) return letterAbstract(lines, number);
  const parts: Line[] = [];
  let ended = false;
  for (const line of lines.slice(title.at + 1)) {
    if (endOfAbstract.test(line.bare.trim()) || spaceAbove(line, parts.at(-1) ?? title.line)) {
      ended = parts.length > 0 || title.rest !== '';
      break;
    }
    if (line.page !== title.line.page || parts.length === MAX_ABSTRACT_LINES) break;
    parts.push(line);
  }
  const first = title.rest !== '' ? title.line : parts[0];
  if (!first) return undefined;
  const kept = ended ? parts : parts.slice(0, title.rest !== '' ? 0 : 2);
  const text = tidy([title.rest, ...kept.map((line) => line.text)].join(' '));
  if (text === '') return undefined;
  const doubted = kept.some((line) => line.sure < DOUBTFUL_LINE);
  const confidence = ended && abstractStart.test(bareOf(text)) && !doubted ? 'sure' : 'check';
  return { value: text, confidence, line: first, at: title.at + 1 };
};

/** Whether more than a blank line parts two lines: the strokes under an abstract are often too faint to be read. */
const spaceAbove = ({ box }: Line, { box: before }: Line): boolean =>
  box !== undefined &&
  before !== undefined &&
  box[1] - before[3] > 1.6 * Math.max(before[3] - before[1], box[3] - box[1]);

/** `V/v …` under the number of an official letter. */
const letterAbstract = (lines: readonly Line[], number: FoundNumber | undefined): Found | undefined => {
  if (!number) return undefined;
  for (const [offset, line] of lines.slice(number.at + 1, number.at + 6).entries()) {
    const start = line.bare.search(/\b(v\/v|ve viec)\b/u);
    if (start < 0) continue;
    const text = tidy(line.text.slice(start));
    return { value: text, confidence: 'check', line, at: number.at + 1 + offset };
  }
  return undefined;
};

const tidy = (text: string): string =>
  text
    .replace(/[-–—_=*~]{3,}.*$/u, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 500);
