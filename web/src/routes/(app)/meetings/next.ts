import { addMilliseconds, HOUR_MS, type Instant } from '#shared/kernel/time.ts';
import type { BranchManifest } from '#shared/meetings/model.ts';

type Row = BranchManifest['meetings'][number];

/** An evening that nobody closed is over by then. */
const LONGEST_MS = 12 * HOUR_MS;
/** As long as the server's rule: the door opens an hour before. */
const DOOR_MS = HOUR_MS;

/** What counts now: a meeting that is open, else the soonest one to come; for an hour after its end the one just held. */
export const nextOf = (meetings: readonly Row[], now: Instant): Row | undefined => {
  const soonest = meetings
    .filter(({ state, startsAt }) => state !== 'closed' && addMilliseconds(startsAt, LONGEST_MS) > now)
    .sort((a, b) => a.startsAt.localeCompare(b.startsAt))[0];
  const open = meetings.find(({ state, startsAt }) => state === 'open' && addMilliseconds(startsAt, LONGEST_MS) > now);
  return open ?? soonest;
};

/** Whether one may check in now, as far as the phone knows. */
export const isDoorOpen = ({ state, startsAt }: Pick<Row, 'state' | 'startsAt'>, now: Instant): boolean =>
  state === 'open' || (state === 'published' && now >= addMilliseconds(startsAt, -DOOR_MS));
