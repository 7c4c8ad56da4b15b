import type { Instant } from '#shared/kernel/time.ts';
import { MINUTE_MS, millisecondsOf } from '#shared/kernel/time.ts';

/** What is expected of one meeting when its members arrive. */
export interface Expected {
  readonly startsAt: Instant;
  readonly members: number;
}

/** Members arrive around the announced time: from so long before to so long after. */
const ARRIVAL_MS = 30 * MINUTE_MS;
/** How far ahead is looked: ready environments need minutes to be ready, and the next look comes in ten. */
const AHEAD_MS = 20 * MINUTE_MS;

/**
 * How an evening arrives: eight tenths within ten minutes, three times the mean at its highest; what a member asks in his
 * first moment, and how long a function works on it, doubled against surprise. Source: burst.md §2.1; README, measured.
 */
const CROWD = { share: 0.8, withinSeconds: 600, peak: 3, requests: 5, seconds: 0.05 } as const;

/** More than this is asked of the account's own concurrency as it comes. */
const MOST = 200;

/** Environments of the meeting hour's functions to keep ready now, by the calendar: none while nobody meets. */
export const environmentsFor = (meetings: readonly Expected[], now: Instant): number => {
  const at = millisecondsOf(now);
  const near = meetings.filter(({ startsAt }) => {
    const starts = millisecondsOf(startsAt);
    return starts - ARRIVAL_MS <= at + AHEAD_MS && starts + ARRIVAL_MS > at;
  });
  if (near.length === 0) return 0;
  const members = near.reduce((sum, meeting) => sum + meeting.members, 0);
  const arrivals = (CROWD.peak * CROWD.share * members) / CROWD.withinSeconds;
  const busy = Math.ceil(Number((arrivals * CROWD.requests * CROWD.seconds).toFixed(3)));
  return Math.min(MOST, Math.max(2, busy));
};
