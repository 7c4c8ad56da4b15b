import type { Snippet } from 'svelte';
import { fold } from '#shared/kernel/vietnamese.ts';
import { number } from '../format.ts';

export interface Column<Row> {
  readonly key: string;
  readonly label: string;
  /** What the column sorts by. */
  readonly value: (row: Row) => string | number;
  /** How it reads, where that is not the value: a date in words. It is shown, filtered by, printed and exported. */
  readonly text?: (row: Row) => string;
  /** Shows more than words: a sign before them, a link. */
  readonly cell?: Snippet<[Row]>;
  /** Numbers stand at the right edge. */
  readonly numeric?: boolean;
  /** Sentences stand in it. */
  readonly wide?: boolean;
  /** Not shown until chosen. */
  readonly hidden?: boolean;
}

/** What stands in this column of this row, in words. */
export const textOf = <Row>({ text, value }: Column<Row>, row: Row): string => {
  if (text) return text(row);
  const plain = value(row);
  return typeof plain === 'number' ? number(plain) : plain;
};

/** The rows in which every filter is found, accents or not. */
export const filtered = <Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  filters: Readonly<Record<string, string>>,
): readonly Row[] => {
  const wanted = columns.flatMap((column) => {
    const words = fold(filters[column.key] ?? '');
    return words === '' ? [] : [{ column, words }];
  });
  if (wanted.length === 0) return rows;
  return rows.filter((row) => wanted.every(({ column, words }) => fold(textOf(column, row)).includes(words)));
};

/** The rows by one column, numbers as numbers and words as a Vietnamese list has them; what is empty comes last. */
export const sorted = <Row>(rows: readonly Row[], { value }: Column<Row>, down: boolean): readonly Row[] => {
  const way = down ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === '' || b === '') return Number(a === '') - Number(b === '');
    if (typeof a === 'number' && typeof b === 'number') return way * (a - b);
    return way * String(a).localeCompare(String(b), 'vi', { numeric: true });
  });
};

/** The heading and the lines of a spreadsheet: as on the screen, but numbers that can be added up. */
export const linesOf = <Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): readonly (readonly (string | number)[])[] => [
  columns.map(({ label }) => label),
  ...rows.map((row) => columns.map((column) => (column.text ? column.text(row) : column.value(row)))),
];
