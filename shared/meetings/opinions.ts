import type { MemberId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { isInvited } from './attendance.ts';
import type { Meeting, Opinion } from './model.ts';

/** Opinions of one member at one meeting, at most. */
export const MOST_OPINIONS = 20;

/** Whether an opinion may be given: from publication until the end. Refusals: not-found, not-invited, meeting-closed, too-many. */
export const decideOpinion = (
  meeting: Meeting,
  opinion: { readonly opinionId: string; readonly memberId: MemberId; readonly text: string },
  by: { readonly recordedBy: MemberId; readonly given: number; readonly now: Instant },
): Result<Opinion, 'not-found' | 'not-invited' | 'meeting-closed' | 'too-many'> => {
  if (meeting.state === 'preparing' || meeting.state === 'withdrawn') return refuse('not-found');
  if (meeting.state === 'closed') return refuse('meeting-closed');
  if (!isInvited(meeting, opinion.memberId)) return refuse('not-invited');
  if (by.given >= MOST_OPINIONS) return refuse('too-many');
  return ok({
    ...opinion,
    at: by.now,
    recordedBy: by.recordedBy,
    ...(meeting.state === 'published' && { before: true }),
  });
};
