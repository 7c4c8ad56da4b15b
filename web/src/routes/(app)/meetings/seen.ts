import * as v from 'valibot';
import { HOUR_MS, Instant, instantOf, millisecondsOf } from '#shared/kernel/time.ts';
import type { Seen } from './branch.ts';

const Shown = v.record(v.string(), v.string());
/** `before`: as it was at the end of the visit before this one; it stays while this visit lasts. */
const Kept = v.object({ before: v.optional(Shown), last: Shown, at: Instant });

/** Looks closer together than this are one visit. */
const VISIT_MS = 3 * HOUR_MS;

/** What this person saw of this branch at the last visit; undefined on a phone's first one. Remembers what is seen now. */
export const lastSeen = (who: string, now: Seen): Seen | undefined => {
  const name = `seen:${who}`;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Kept), localStorage.getItem(name));
  const kept = parsed.success ? parsed.output : undefined;
  const sameVisit = kept !== undefined && Date.now() - millisecondsOf(kept.at) < VISIT_MS;
  const before = sameVisit ? kept.before : kept?.last;
  localStorage.setItem(name, JSON.stringify({ before, last: now, at: instantOf(Date.now()) }));
  return before;
};
