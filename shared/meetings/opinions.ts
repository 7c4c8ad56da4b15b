import type { MemberId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { addMilliseconds, HOUR_MS, type Instant } from '#shared/kernel/time.ts';
import { isInvited } from './attendance.ts';
import type { Done } from './later.ts';
import type { Meeting, Opinion } from './model.ts';

/** Opinions of one member at one meeting, at most. */
export const MOST_OPINIONS = 20;

/** Words that waited on a phone without a network come in this long after the end, like a code of the door. */
const SENT_LATER_MS = 72 * HOUR_MS;

/**
 * Whether an opinion may be given: from publication until the end. What was said in time may still come in until the minutes
 * are adopted: from a phone that had no network, or from the scribe's notes. Refusals: not-found, not-invited,
 * meeting-closed, already-adopted, too-many.
 */
export const decideOpinion = (
  meeting: Meeting,
  opinion: { readonly opinionId: string; readonly memberId: MemberId; readonly text: string },
  by: {
    readonly recordedBy: MemberId;
    readonly given: number;
    readonly adopted: boolean;
    readonly now: Instant;
    readonly done?: Done;
  },
): Result<Opinion, 'not-found' | 'not-invited' | 'meeting-closed' | 'already-adopted' | 'too-many'> => {
  if (meeting.state === 'preparing' || meeting.state === 'withdrawn') return refuse('not-found');
  const own = by.recordedBy === opinion.memberId;
  if (meeting.state === 'closed' && by.adopted) return refuse('already-adopted');
  if (meeting.state === 'closed' && own && by.now > addMilliseconds(meeting.endedAt, SENT_LATER_MS))
    return refuse('meeting-closed');
  if (!isInvited(meeting, opinion.memberId)) return refuse('not-invited');
  if (by.given >= MOST_OPINIONS) return refuse('too-many');
  return ok({
    ...opinion,
    ...(by.done ?? { at: by.now }),
    recordedBy: by.recordedBy,
    ...(meeting.state === 'published' && { before: true }),
    ...(meeting.state === 'closed' && { after: true }),
  });
};
