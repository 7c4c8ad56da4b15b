import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDay, readPhone, readSex } from './cells.ts';

describe('days in cells', () => {
  it('are read in every way lists write them', () => {
    for (const text of [
      '3/2/1960',
      '03/02/1960',
      '03-02-1960',
      '03.02.1960',
      ' 3 / 2 / 1960 ',
      '1960-02-03',
      '1960-02-03T00:00:00.000Z',
      'ngày 3 tháng 2 năm 1960',
      'Ngày 03 tháng 02 năm 1960',
      '21949',
    ])
      expect(readDay(text), text).toBe('1960-02-03');
    expect(readDay('46347')).toBe('2026-11-21');
  });

  it('are never guessed', () => {
    for (const text of [
      '',
      '1960',
      '02/1960',
      '3/2/60',
      '31/02/1960',
      '29/02/1961',
      '3/13/1960',
      '00/01/1960',
      '03/02/1899',
      '99999',
      'mai',
    ])
      expect(readDay(text), text).toBeUndefined();
  });

  it('come back the same, whichever way they are written', () => {
    const aDay = fc.date({ min: new Date('1927-06-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(aDay, (date) => {
        const iso = date.toISOString().slice(0, 10);
        const [year, month, of] = iso.split('-');
        expect(readDay(iso)).toBe(iso);
        expect(readDay(`${of}/${month}/${year}`)).toBe(iso);
        expect(readDay(`${Number(of)}.${Number(month)}.${year}`)).toBe(iso);
        expect(readDay(String((Date.parse(iso) - Date.UTC(1899, 11, 30)) / 86_400_000))).toBe(iso);
      }),
    );
  });
});

describe('phones and sex in cells', () => {
  it('are read as people write them', () => {
    for (const text of [
      '0912345678',
      '0912 345 678',
      '+84 912 345 678',
      '84912345678',
      '0084912345678',
      '912345678',
      '0912.345.678',
      '(+84) 0912 345 678',
      '0912345678 / 0987654321',
    ])
      expect(readPhone(text), text).toBe('0912345678');
    expect(readPhone('0226 3851234')).toBe('02263851234');
    expect(readPhone('0123')).toBeUndefined();
    expect(readPhone('không rõ')).toBeUndefined();
    expect([readSex('NAM'), readSex('Nữ'), readSex('nu'), readSex('1')]).toEqual([
      'male',
      'female',
      'female',
      undefined,
    ]);
  });
});
