import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addMilliseconds, type Day, instantAt, MINUTE_MS } from '#shared/kernel/time.ts';
import { environmentsFor } from './warmth.ts';

const evening = instantAt('2026-11-03' as Day, '19:30');
const at = (minutes: number) => addMilliseconds(evening, minutes * MINUTE_MS);
const province = (members: number) => [{ startsAt: evening, members }];

it('keeps environments ready from 50 minutes before a meeting to half an hour after its start, and none otherwise', () => {
  const ready = [-51, -50, -20, 0, 29, 30].map((minutes) => environmentsFor(province(30), at(minutes)) > 0);
  expect(ready).toEqual([false, true, true, true, true, false]);
  expect(environmentsFor([], evening)).toBe(0);
});

it('follows the number of members whose meetings begin together', () => {
  expect([30, 13_000, 100_000, 5_400_000].map((members) => environmentsFor(province(members), evening))).toEqual([
    2, 13, 100, 200,
  ]);
});

it('never falls when a meeting is added, and does not ask in which order the calendar stands', () => {
  const meeting = fc.record({ startsAt: fc.integer({ min: -120, max: 120 }).map(at), members: fc.nat(3_000) });
  fc.assert(
    fc.property(fc.array(meeting), meeting, (meetings, another) => {
      const before = environmentsFor(meetings, evening);
      expect(environmentsFor([...meetings, another], evening)).toBeGreaterThanOrEqual(before);
      expect(environmentsFor(meetings.toReversed(), evening)).toBe(before);
    }),
  );
});
