import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import type { CardNumber, CitizenId } from './model.ts';
import { columns, judge, type ReadRow, readRow, summaryOf, twiceInFile } from './roll.ts';
import { aMember, cells } from './testing.ts';

const now = '2026-11-21T12:00:00.000Z' as Instant;
const here = { unitId: 'cb-thon-nam' as UnitId, day: '2026-11-21' as Day };
const codes = (over: Parameters<typeof cells>[0]) => readRow(cells(over), now).issues.map(({ code }) => code);
const notes = (over: Parameters<typeof cells>[0]) => readRow(cells(over), now).notes.map(({ code }) => code);
const rowOf = (over: Parameters<typeof cells>[0] = {}): ReadRow => {
  const { row, issues } = readRow(cells(over), now);
  if (!row) throw new Error(JSON.stringify(issues));
  return row;
};

describe('a line of a file', () => {
  it('becomes a row when all is well', () => {
    expect(readRow(cells(), now)).toEqual({
      row: {
        name: 'Nguyễn Văn Nam',
        birthDate: '1958-02-03',
        sex: 'male',
        admissionDate: '1985-05-19',
        officialDate: '1986-05-19',
        cardNumber: '035058000123',
        citizenId: '035058000123',
        phone: '0912345678',
        branch: 'Chi bộ thôn Nam',
      },
      issues: [],
      notes: [],
    });
  });

  it('names every thing that is wrong, all at once', () => {
    expect(codes({ name: '' })).toEqual(['name-missing']);
    expect(codes({ name: 'Nam 2' })).toEqual(['name-wrong']);
    expect(codes({ birthDate: '' })).toEqual(['birth-date-missing']);
    expect(codes({ birthDate: '30/02/1958' })).toEqual(['birth-date-wrong']);
    expect(codes({ birthDate: '1958' })).toEqual(['birth-date-wrong']);
    expect(codes({ sex: '' })).toEqual(['sex-missing']);
    expect(codes({ sex: '?' })).toEqual(['sex-unknown']);
    expect(codes({ admissionDate: '' })).toEqual(['admission-date-missing']);
    expect(codes({ admissionDate: '19/15/1985' })).toEqual(['admission-date-wrong']);
    expect(codes({ admissionDate: '22/11/2026', officialDate: '' })).toEqual(['admission-in-future']);
    expect(codes({ officialDate: '19/05/1984' })).toEqual(['official-before-admission']);
    expect(codes({ officialDate: '22/11/2026' })).toEqual(['official-in-future']);
    expect(codes({ officialDate: 'năm 1986' })).toEqual(['official-date-wrong']);
    expect(codes({ cardNumber: '12345' })).toEqual(['card-wrong']);
    expect(codes({ cardNumber: '3.5058E+10' })).toEqual(['card-mangled']);
    expect(codes({ citizenId: '03505800012' })).toEqual(['citizen-id-wrong']);
    expect(codes({ citizenId: '3,5058E+10' })).toEqual(['citizen-id-mangled']);
    expect(codes({ citizenId: '', cardNumber: '' })).toEqual(['no-number']);
    expect(codes({ phone: '12' })).toEqual(['phone-wrong']);
    expect(codes({ branch: ' ' })).toEqual(['branch-missing']);
    expect(codes({ name: '', sex: '', phone: 'abc' })).toEqual(['name-missing', 'sex-missing', 'phone-wrong']);
  });

  it('is refused when the member joined before 18, counted by month', () => {
    expect(
      codes({ birthDate: '28/06/1967', admissionDate: '19/05/1985', citizenId: '', cardNumber: '035067000123' }),
    ).toEqual(['too-young']);
    expect(
      codes({ birthDate: '28/05/1967', admissionDate: '01/05/1985', citizenId: '', cardNumber: '035067000123' }),
    ).toEqual([]);
  });

  it('puts back the zero that a spreadsheet has eaten, only when the number then fits the birth', () => {
    expect(rowOf({ citizenId: '35058000123' }).citizenId).toBe('035058000123');
    expect(notes({ citizenId: '35058000123' })).toEqual(['zero-restored']);
    expect(codes({ citizenId: '35059000123' })).toEqual(['citizen-id-wrong']);
  });

  it('points out what is odd and takes it', () => {
    expect(notes({ citizenId: '035160000123' })).toEqual(['citizen-id-unlike-birth']);
    expect(notes({ name: 'NGUYỄN THỊ ÁNH-TUYẾT' })).toEqual(['name-recased']);
    expect(rowOf({ name: 'NGUYỄN THỊ ÁNH-TUYẾT' }).name).toBe('Nguyễn Thị Ánh-Tuyết');
    expect(notes({ officialDate: 'Dự bị' })).toEqual(['long-probation']);
    expect(notes({ admissionDate: '01/06/2019', officialDate: '01/06/2020' })).toEqual(['over-60-at-admission']);
  });

  it('joins family and given name where they stand apart', () => {
    expect(rowOf({ name: 'Nguyễn Văn', givenName: 'Nam' }).name).toBe('Nguyễn Văn Nam');
  });

  it('may hold anything at all without a fault, and never becomes a row with an issue', () => {
    const anyCell = fc.option(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.constantFrom('1/1/1', '٣/٢/١٩٦٠', '𝟏𝟗𝟔𝟎', '1e999', '\u0000', '-'),
      ),
      { nil: undefined },
    );
    const line = fc.record(Object.fromEntries(columns.map((column) => [column, anyCell])));
    fc.assert(
      fc.property(line, (garbage) => {
        const { row, issues } = readRow(garbage as Parameters<typeof cells>[0] & {}, now);
        expect(row === undefined).toBe(issues.length > 0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('numbers twice in one file', () => {
  it('are named with the line that had them first', () => {
    const rows = [2, 3, 4].map((line) => ({
      line,
      row: rowOf({ ...(line === 4 && { cardNumber: '', citizenId: '035058000999' }) }),
    }));
    expect(twiceInFile(rows)).toEqual(
      new Map([
        [
          3,
          [
            { at: 'cardNumber', code: 'card-twice-in-file', line: 2 },
            { at: 'citizenId', code: 'citizen-id-twice-in-file', line: 2 },
          ],
        ],
      ]),
    );
  });
});

describe('what becomes of a line', () => {
  const row = rowOf();
  const member = aMember();

  it('is new when nobody holds its numbers', () => {
    expect(judge(row, here, {})).toEqual({ verdict: 'new' });
  });

  it('is unchanged when it was taken before: twice is once', () => {
    const taken = aMember({ ...summaryOf(row), version: 1 });
    expect(judge(row, here, { byCard: taken, byCitizenId: taken })).toEqual({ verdict: 'unchanged', member: taken });
  });

  it('is a change when some items differ; a blank cell leaves the record as it is', () => {
    const corrected = rowOf({ name: 'Nguyễn Văn Năm', phone: '', cardNumber: '' });
    expect(judge(corrected, here, { byCitizenId: member })).toEqual({ verdict: 'changed', member, changes: ['name'] });
  });

  it('is refused when the number belongs to somebody of another name and another birth', () => {
    const stranger = aMember({ name: 'Trần Thị Bưởi', birthDate: '1970-01-01' as Day });
    expect(judge(row, here, { byCard: stranger, byCitizenId: stranger })).toMatchObject({
      verdict: 'refused',
      issues: [{ code: 'card-held-by-other' }, { code: 'citizen-id-held-by-other' }],
    });
  });

  it('is refused when its two numbers name two members, or the member is in another branch', () => {
    const twin = aMember({ memberId: 'm-2' as MemberId });
    expect(judge(row, here, { byCard: member, byCitizenId: twin })).toMatchObject({
      issues: [{ code: 'numbers-of-two-members' }],
    });
    const moved = aMember({ placements: [{ from: '2000-01-01' as Day, unitId: 'cb-khac' as UnitId }] });
    expect(judge(row, here, { byCard: moved })).toMatchObject({ issues: [{ code: 'in-other-branch' }] });
  });

  it('settles: once a change is taken over, the same line changes nothing', () => {
    const digits = fc.stringMatching(/^\d{12}$/);
    fc.assert(
      fc.property(digits, digits, fc.boolean(), (card, citizen, hasPhone) => {
        const before = aMember({ cardNumber: card as CardNumber, citizenId: citizen as CitizenId });
        const line = rowOf({
          cardNumber: card,
          citizenId: citizen,
          name: 'Nguyễn Văn Khác',
          ...(!hasPhone && { phone: '' }),
        });
        const first = judge(line, here, { byCard: before });
        if (first.verdict !== 'changed') throw new Error(first.verdict);
        const after = { ...first.member, ...summaryOf(line) };
        expect(judge(line, here, { byCard: after, byCitizenId: after }).verdict).toBe('unchanged');
      }),
    );
  });
});
