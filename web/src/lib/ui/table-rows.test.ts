import { describe, expect, it } from 'vitest';
import { type Column, filtered, linesOf, sorted, textOf } from './table-rows.ts';

interface Row {
  readonly name: string;
  readonly day: string;
  readonly met: number;
}
const rows: readonly Row[] = [
  { name: 'Chi bộ thôn 10', day: '2026-09-28', met: 1200 },
  { name: 'Chi bộ thôn 9', day: '2026-10-02', met: 3 },
  { name: 'Chi bộ thôn Đoài', day: '', met: 20 },
];
const name: Column<Row> = { key: 'name', label: 'Chi bộ', value: (row) => row.name };
const held: Column<Row> = {
  key: 'day',
  label: 'Ngày họp',
  value: ({ day }) => day,
  text: ({ day }) => day.split('-').reverse().join('/'),
};
const met: Column<Row> = { key: 'met', label: 'Có mặt', value: (row) => row.met, numeric: true };
const columns = [name, held, met];
const names = (all: readonly Row[]) => all.map((row) => row.name.replace('Chi bộ thôn ', ''));

describe('a list for staff', () => {
  it('is filtered by what is read in it, accents or not', () => {
    expect(names(filtered(rows, columns, { name: 'doai' }))).toEqual(['Đoài']);
    expect(names(filtered(rows, columns, { day: '28/09' }))).toEqual(['10']);
    expect(names(filtered(rows, columns, { met: '1.200' }))).toEqual(['10']);
    expect(names(filtered(rows, columns, { name: 'thon', day: '2026' }))).toEqual(['10', '9']);
    expect(filtered(rows, columns, { name: ' ' })).toBe(rows);
  });

  it('is sorted by days as days, by numbers as numbers, with what is empty at the end either way', () => {
    expect(names(sorted(rows, name, false))).toEqual(['9', '10', 'Đoài']);
    expect(names(sorted(rows, held, false))).toEqual(['10', '9', 'Đoài']);
    expect(names(sorted(rows, held, true))).toEqual(['9', '10', 'Đoài']);
    expect(names(sorted(rows, met, true))).toEqual(['10', 'Đoài', '9']);
  });

  it('is exported as it reads, with numbers that can be added up', () => {
    expect(textOf(met, rows[0] as Row)).toBe('1.200');
    expect(linesOf(rows.slice(0, 1), columns)).toEqual([
      ['Chi bộ', 'Ngày họp', 'Có mặt'],
      ['Chi bộ thôn 10', '28/09/2026', 1200],
    ]);
  });
});
