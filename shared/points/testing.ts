import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import type { Entry } from './model.ts';

/** A line of the ledger; override what the test is about. */
export const anEntry = (over: Partial<Entry> = {}): Entry => ({
  memberId: 'tam' as MemberId,
  unitId: 'cb-thon-nam' as UnitId,
  kind: 'attendance',
  subjectId: 'hop-11',
  mark: 'present',
  day: '2026-11-03' as Day,
  at: '2026-11-03T12:31:00.000Z' as Instant,
  ...over,
});
