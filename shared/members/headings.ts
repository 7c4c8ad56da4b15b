import type { Column, UnitColumn } from './roll.ts';
import { nameKey } from './tree.ts';

/** Which column of the file (counted from 0) holds what. */
export type Mapping<C extends string> = Readonly<Partial<Record<C, number>>>;

/** Headings as they are written in lists of members, accents folded. Longer ones win over shorter ones. */
const memberWords: Readonly<Record<Column, readonly string[]>> = {
  name: [
    'ho va ten khai sinh',
    'ho va ten dang vien',
    'ho ten khai sinh',
    'ho ten dang vien',
    'ten dang vien',
    'ho va ten dem',
    'ho ten dem',
    'ho va dem',
    'ho dem',
    'ho va ten',
    'ho ten',
  ],
  givenName: ['=ten'],
  birthDate: ['ngay thang nam sinh', 'ngay sinh', 'sinh ngay', 'nam sinh'],
  sex: ['gioi tinh', 'nam nu', '=gioi', 'phai'],
  admissionDate: [
    'ngay vao dang du bi',
    'ngay ket nap dang',
    'ngay vao dang lan dau',
    'ngay ket nap',
    'ngay vao dang',
    'vao dang ngay',
    'ngay du bi',
    'ngay vd',
  ],
  officialDate: [
    'ngay vao dang chinh thuc',
    'ngay cong nhan chinh thuc',
    'ngay cong nhan dang vien chinh thuc',
    'ngay dang vien chinh thuc',
    'ngay chuyen chinh thuc',
    'ngay chinh thuc',
    'chinh thuc ngay',
  ],
  cardNumber: [
    'so the dang vien',
    'ma the dang vien',
    'so the dang',
    'so the dv',
    'so the',
    'the dang vien',
    'the dang',
  ],
  branch: [
    'chi bo dang sinh hoat',
    'chi bo sinh hoat',
    'noi sinh hoat dang',
    'don vi sinh hoat',
    'ten chi bo',
    'noi sinh hoat',
    'chi bo',
  ],
  partyBody: [
    'dang bo co so',
    'dang bo xa phuong',
    'to chuc co so dang',
    'dang uy cap tren',
    'cap uy cap tren',
    'dang bo',
    'dang uy',
  ],
  citizenId: [
    'so dinh danh ca nhan',
    'so can cuoc cong dan',
    'ma dinh danh',
    'so dinh danh',
    'so can cuoc',
    'can cuoc cong dan',
    'so cmnd cccd',
    'cmnd cccd',
    'so cccd',
    'can cuoc',
    'cccd',
  ],
  phone: [
    'so dien thoai di dong',
    'dien thoai di dong',
    'so dien thoai',
    'dien thoai',
    'so dt',
    'sdt',
    'di dong',
    '=dt',
  ],
};

const unitWords: Readonly<Record<UnitColumn, readonly string[]>> = {
  name: [
    'ten to chuc dang',
    'ten don vi',
    'ten to chuc',
    'to chuc dang',
    'ten chi bo',
    'ten dang bo',
    '=ten',
    '=don vi',
  ],
  kind: ['loai hinh to chuc', 'loai to chuc', 'loai hinh', 'cap to chuc', '=loai', '=cap'],
  parent: [
    'to chuc dang cap tren',
    'cap tren truc tiep',
    'don vi cap tren',
    'to chuc cap tren',
    'truc thuoc',
    'cap tren',
    'thuoc',
  ],
  code: ['ma to chuc dang', 'ma don vi', 'ma so to chuc', 'ma to chuc', 'ma so', '=ma'],
};

const dateColumns: readonly string[] = ['birthDate', 'admissionDate', 'officialDate'];

/**
 * What each column of a file of members holds, by its heading. The order of the columns does not matter; each column and
 * each field is used once.
 */
export const memberColumns = (headings: readonly string[]): Mapping<Column> => recognise(headings, memberWords);

export const unitColumnsOf = (headings: readonly string[]): Mapping<UnitColumn> => recognise(headings, unitWords);

const recognise = <C extends string>(
  headings: readonly string[],
  words: Readonly<Record<C, readonly string[]>>,
): Mapping<C> => {
  const found = headings
    .flatMap((heading, index) =>
      (Object.keys(words) as C[]).map((column) => ({
        column,
        index,
        heading,
        score: score(nameKey(heading), column, words[column]),
      })),
    )
    .filter((candidate) => candidate.score > 0)
    .sort((a, b) => b.score - a.score || (a.heading < b.heading ? -1 : a.heading > b.heading ? 1 : a.index - b.index));
  const mapping: Partial<Record<C, number>> = {};
  const taken = new Set<number>();
  for (const { column, index } of found) {
    if (mapping[column] !== undefined || taken.has(index)) continue;
    mapping[column] = index;
    taken.add(index);
  }
  return mapping;
};

/** Letters of the longest word that fits, and more when it is the whole heading. A heading about days is a day. */
const score = (heading: string, column: string, words: readonly string[]): number => {
  if (heading === '' || heading.includes('ngay cap') || heading.includes('noi cap')) return 0;
  if (heading.includes('ngay') && !dateColumns.includes(column)) return 0;
  return Math.max(
    0,
    ...words.map((word) => {
      if (word.startsWith('=')) return heading === word.slice(1) ? 100 : 0;
      if (heading === word) return 100 + word.length;
      return ` ${heading} `.includes(` ${word} `) ? word.length : 0;
    }),
  );
};

/** How far down a file the headings are looked for: official lists begin with a letterhead. */
const LINES_LOOKED_AT = 25;

export interface Heading {
  /** Line of the headings, counted from 0. */
  readonly at: number;
  readonly kind: 'members' | 'units';
}

/** The line of the headings and what the file lists: the line in which most columns are recognised, three at least. */
export const findHeading = (lines: readonly (readonly string[])[]): Heading | undefined => {
  let best: (Heading & { readonly found: number }) | undefined;
  for (const [at, line] of lines.slice(0, LINES_LOOKED_AT).entries()) {
    const asMembers = memberColumns(line);
    const members = Object.keys(asMembers).length;
    const units = Object.keys(unitColumnsOf(line)).length;
    const isPeople = asMembers.name !== undefined && members >= 3;
    const found = isPeople ? members : units;
    if ((isPeople || units >= 2) && (!best || found > best.found))
      best = { at, kind: isPeople ? 'members' : 'units', found };
  }
  return best && { at: best.at, kind: best.kind };
};

/** The cells of one line under the names of their columns; empty cells are left out. */
export const cellsOf = <C extends string>(line: readonly string[], mapping: Mapping<C>): Partial<Record<C, string>> =>
  Object.fromEntries(
    (Object.entries(mapping) as [C, number][]).flatMap(([column, index]) => {
      const text = (line[index] ?? '').trim().slice(0, 300);
      return text === '' ? [] : [[column, text]];
    }),
  ) as Partial<Record<C, string>>;
