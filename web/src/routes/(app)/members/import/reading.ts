import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { type OldLetters, withLettersOfToday } from './old-letters.ts';

/** A sheet of a file as lines of text, as they would be read aloud: days as `1960-02-03`, numbers without grouping. */
export interface SheetRead {
  readonly name: string;
  readonly lines: readonly (readonly string[])[];
  /** How some of it was written, where not with letters of today. */
  readonly lettersWere?: OldLetters;
}

/** Bytes of a file of people at most: a province of 60,000 members has about 6 MB. */
export const MAX_SHEET_BYTES = 20_000_000;

/** Reads an .xlsx or .csv file in the browser. The file itself goes nowhere. */
export const readSheets = async (
  name: string,
  bytes: Uint8Array,
): Promise<Result<readonly SheetRead[], 'too-large' | 'empty-file' | 'old-excel' | 'unreadable'>> => {
  if (bytes.length === 0) return refuse('empty-file');
  if (bytes.length > MAX_SHEET_BYTES) return refuse('too-large');
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0])) return refuse('old-excel');
  const sheets = startsWith(bytes, [0x50, 0x4b]) ? await readXlsx(bytes) : await readCsv(name, bytes);
  if (!sheets) return refuse('unreadable');
  const full = sheets.filter(({ lines }) => lines.some((line) => line.some((text) => text !== '')));
  return full.length === 0 ? refuse('empty-file') : ok(full);
};

const startsWith = (bytes: Uint8Array, signs: readonly number[]): boolean =>
  signs.every((sign, index) => bytes[index] === sign);

const readXlsx = async (bytes: Uint8Array): Promise<readonly SheetRead[] | undefined> => {
  // without a worker of its own: the site's policy lets none start from a blob
  const { default: readExcelFile } = await import('read-excel-file/universal');
  try {
    const sheets = await readExcelFile(new Blob([bytes as Uint8Array<ArrayBuffer>])); // no memory here is shared
    return sheets.map(({ sheet, data }) =>
      ofToday(
        sheet,
        data.map((line) => line.map(textOf)),
      ),
    );
  } catch (error) {
    // the library throws plain errors of many kinds for what is no workbook; none of them is ours to sort
    if (error instanceof Error) return undefined;
    throw error;
  }
};

/** Spreadsheets hold days as moments at midnight UTC. */
const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 10);
  return String(value).trim();
};

const ofToday = (name: string, written: readonly (readonly string[])[]): SheetRead => {
  const { lines, was } = withLettersOfToday(written);
  return { name, lines, ...(was && { lettersWere: was }) };
};

const readCsv = async (name: string, bytes: Uint8Array): Promise<readonly SheetRead[] | undefined> => {
  const { default: papaparse } = await import('papaparse');
  const sheetOf = (text: string): SheetRead | undefined => {
    if (text.includes('\u0000')) return undefined;
    const { data } = papaparse.parse<string[]>(text, { delimiter: separatorOf(text), skipEmptyLines: false });
    return ofToday(
      name,
      data.map((line) => line.map((cell) => cell.trim())),
    );
  };
  const unicode = decoded(bytes);
  // the fonts of before Unicode drew the plain signs of the West; else it is the code page of older Vietnamese Windows
  const plain = unicode === undefined ? sheetOf(new TextDecoder('windows-1252').decode(bytes)) : undefined;
  const sheet = plain?.lettersWere
    ? plain
    : sheetOf(unicode ?? new TextDecoder('windows-1258').decode(bytes).normalize('NFC'));
  return sheet && [sheet];
};

/** The sign that stands most often in the first lines; lists of one column have none, so a comma does for them. */
const separatorOf = (text: string): string => {
  const first = text
    .split('\n', 20)
    .join('\n')
    .replace(/"[^"]*"/g, '');
  const often = (sign: string) => first.split(sign).length;
  return [',', ';', '\t', '|'].reduce((best, sign) => (often(sign) > often(best) ? sign : best));
};

/** UTF-8, with or without its mark, or UTF-16 with its mark; nothing for bytes of another code page. */
const decoded = (bytes: Uint8Array): string | undefined => {
  if (startsWith(bytes, [0xff, 0xfe])) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
};
