import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MeetingId } from '#shared/kernel/ids.ts';
import { type Day, dayOf, instantAt, instantOf } from '#shared/kernel/time.ts';
import type { MeetingRow } from './model.ts';
import { proposePlan } from './preparation.ts';
import { awaitedOf, dayIn, type Rhythm } from './rhythm.ts';
import { announced, aPlan } from './testing.ts';

const rhythm: Rhythm = { dayOfMonth: 3, time: '19:30', place: 'Nhà văn hóa thôn Nam' };
const aRow = (kind: MeetingRow['kind'], day: string, state: MeetingRow['state']): MeetingRow => ({
  meetingId: `${kind}-${day}` as MeetingId,
  kind,
  title: '',
  place: '',
  startsAt: instantAt(day as Day, '19:30'),
  state,
});
const on = (day: string) => instantAt(day as Day, '08:00');
const statesOn = (rows: MeetingRow[], day: string) =>
  awaitedOf(rows, rhythm, on(day)).map(({ kind, period, state, by }) => `${kind} ${period} ${state} ${by}`);

describe('what a branch owes', () => {
  it('is the committee and the regular meeting of the month, and a thematic one of the quarter', () => {
    expect(statesOn([], '2026-11-01')).toEqual([
      'committee 2026-11 none 2026-11-02',
      'regular 2026-11 none 2026-11-03',
      'thematic 2026-Q4 none 2026-12-31',
    ]);
  });

  it('follows what is planned, and turns to the next month once this one was held', () => {
    const rows = [aRow('committee', '2026-11-02', 'closed'), aRow('regular', '2026-11-04', 'published')];
    expect(statesOn(rows, '2026-11-03').slice(0, 2)).toEqual([
      'committee 2026-11 held 2026-11-03',
      'regular 2026-11 published 2026-11-04',
    ]);
    const held = [aRow('committee', '2026-11-02', 'closed'), aRow('regular', '2026-11-04', 'closed')];
    expect(statesOn(held, '2026-11-05').slice(0, 2)).toEqual([
      'committee 2026-12 none 2026-12-02',
      'regular 2026-12 none 2026-12-03',
    ]);
  });

  it('is not met by a thematic meeting of another quarter or one that was withdrawn', () => {
    const rows = [aRow('thematic', '2026-09-20', 'closed'), aRow('thematic', '2026-10-20', 'withdrawn')];
    expect(statesOn(rows, '2026-11-01')[2]).toBe('thematic 2026-Q4 none 2026-12-31');
    expect(statesOn([...rows, aRow('thematic', '2026-10-21', 'closed')], '2026-11-01')[2]).toContain('held');
  });
});

it('the usual day lies in its month, the 31st of a shorter one is its last', () => {
  expect([dayIn('2026-02', 31), dayIn('2028-02', 30), dayIn('2026-12', 31)]).toEqual([
    '2026-02-28',
    '2028-02-29',
    '2026-12-31',
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 31 }), (at, dayOfMonth) => {
      const month = dayOf(instantOf(at)).slice(0, 7);
      const day = dayIn(month, dayOfMonth);
      expect(day.slice(0, 7)).toBe(month);
      expect(Number(day.slice(8))).toBeLessThanOrEqual(dayOfMonth);
    }),
  );
});

it("the next regular meeting keeps to the branch's own rhythm, whatever last month's exception was", () => {
  const last = aPlan({ startsAt: instantAt('2026-11-07' as Day, '14:00'), place: 'Trường học' });
  const own = proposePlan('regular', last, instantAt('2026-11-20' as Day, '08:00'), rhythm);
  expect(own).toMatchObject({ startsAt: instantAt('2026-12-03' as Day, '19:30'), place: rhythm.place });
  const without = proposePlan('regular', last, instantAt('2026-11-20' as Day, '08:00'));
  expect(without).toMatchObject({ startsAt: instantAt('2026-12-07' as Day, '14:00'), place: 'Trường học' });
  expect(proposePlan('thematic', last, announced, rhythm).place).toBe('Trường học');
});
