import { describe, expect, it } from 'vitest';
import type { Instant } from '#shared/kernel/time.ts';
import { readRow } from '#shared/members/roll.ts';
import { inventProvince } from './people.ts';

const now = '2026-11-21T12:00:00.000Z' as Instant;
const province = inventProvince('2026-11-21');

describe('the invented province', () => {
  it('has 900 members in 40 branches, and is the same for the same day', () => {
    expect(province.people).toHaveLength(900);
    expect(new Set(province.people.map(({ branch, partyBody }) => `${branch} ${partyBody}`)).size).toBe(40);
    expect(inventProvince('2026-11-21')).toEqual(province);
  });

  it('has lines that are read without a fault, whatever the day', () => {
    for (const day of ['2026-11-21', '2027-01-01', '2028-02-29']) {
      const at = `${day}T12:00:00.000Z` as Instant;
      const wrong = inventProvince(day).people.flatMap(({ row }) =>
        readRow(row.cells, at).issues.map(({ code }) => `${row.line} ${code}`),
      );
      expect(wrong).toEqual([]);
    }
  });

  it('has probationary, exempt and phoneless members, and no number twice', () => {
    const rows = province.people.map(({ row }) => readRow(row.cells, now).row);
    expect(rows.filter((row) => row?.officialDate === undefined).length).toBeGreaterThan(15);
    expect(province.people.filter(({ exempt }) => exempt).length).toBeGreaterThan(10);
    expect(province.people.filter(({ phone }) => phone === '').length).toBeGreaterThan(30);
    const ids = rows.map((row) => row?.citizenId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has a part for everybody the demonstration needs', () => {
    const parts = province.people.flatMap(({ part }) => part ?? []);
    for (const part of [
      'scribe',
      'member',
      'second_member',
      'probationary',
      'elder_without_phone',
      'member_of_another_branch',
      'office_officer',
      'propaganda_editor',
      'organisation_officer',
    ])
      expect(
        parts.filter((one) => one === part),
        part,
      ).toHaveLength(1);
    const elder = province.people.find(({ part }) => part === 'elder_without_phone');
    expect(elder?.phone).toBe('');
  });
});
