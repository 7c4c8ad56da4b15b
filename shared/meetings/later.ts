import { addMilliseconds, type Instant, MINUTE_MS } from '#shared/kernel/time.ts';

/** When an act of the evening was done and, where it waited on a phone without a network, when it came in. */
export interface Done {
  readonly at: Instant;
  readonly sentLater?: Instant;
}

/** Whoever comes in so soon was not without a network: the first try was lost. */
const AT_ONCE_MS = MINUTE_MS;

/**
 * The times of an act that says when it was done. It counts from then, but from no later than now. Source: decision "A hall without a network holds its whole meeting" (README).
 */
export const doneAt = (actedAt: Instant | undefined, now: Instant): Done => {
  if (actedAt === undefined || actedAt > addMilliseconds(now, -AT_ONCE_MS)) return { at: now };
  return { at: actedAt, sentLater: now };
};
