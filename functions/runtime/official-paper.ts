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

export interface OfficialPaper {
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

/** The layout of a party document, in millimetres and points. Source: domain.md §3.12 [D1], guide 05-HD/VPTW to 399-QĐ/TW. */
export const layout = {
  page: { width: 210, height: 297 },
  margins: { top: 20, bottom: 20, left: 30, right: 15 },
  /** Millimetres from the upper edge to the page number. */
  header: 10,
  font: 'Times New Roman',
  points: 14,
  smallPoints: 12,
  titlePoints: 16,
  /** Points from line to line, exactly. */
  line: 19,
  firstLine: 10,
  /** Points after a paragraph of the body. */
  after: 6,
  /** Part of the text's width that the left one of two columns takes. */
  left: 0.44,
} as const;

/** Millimetres between the margins. */
export const textWidth = layout.page.width - layout.margins.left - layout.margins.right;

/** `Công Hải, ngày 03 tháng 9 năm 2026`: days below 10 and the months 1 and 2 with a nought. Source: domain.md §3.12 [D1]. */
export const officialDate = (place: string, day: Day): string => {
  const [year, month, date] = day.split('-') as [string, string, string];
  return `${place}, ngày ${date} tháng ${Number(month) <= 2 ? month : Number(month)} năm ${year}`;
};

/** `05-NQ/CB`: two digits below 10, no colon. Source: domain.md §3.12 [D1]. */
export const officialNumber = (serial: number, code: string, org: string): string =>
  `${String(serial).padStart(2, '0')}-${code}/${org}`;

/** The body with its last sentence ending in a full stop: a party document never ends with `./.`. */
export const endedBody = ({ body }: Pick<OfficialPaper, 'body'>): readonly Block[] =>
  body.map((block, at) =>
    at === body.length - 1 && 'text' in block ? { ...block, text: block.text.replace(/\s*\.\/\.\s*$/u, '.') } : block,
  );

/** Widths of a table's columns out of `whole`. */
export const columnWidths = (table: Extract<Block, { kind: 'table' }>, whole: number): number[] => {
  const parts = table.head.map((_, at) => table.widths?.[at] ?? 1 / table.head.length);
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => Math.floor((whole * part) / sum));
};
