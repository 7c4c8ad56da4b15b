import type { MemberId, PollId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { Done } from './later.ts';
import type { Attendance, Meeting, MeetingIn, RollMember } from './model.ts';
import type { DecisionId, Tally } from './shown.ts';
import { decideClosePoll, decideOpenPoll, decideQuestion, decideResult, pollOf } from './voting.ts';

/** A vote that the hall took with hands, cards or papers alone, as it was counted there. */
export interface HandVote {
  readonly pollId: PollId;
  readonly decision: DecisionId;
  readonly question: string;
  readonly hands: Tally;
  readonly papers?: Tally | undefined;
  readonly witnessId?: MemberId | undefined;
}

/**
 * Records a vote in which no phone had a part: asked, counted and published in one act, so that a hall without a network can
 * decide. The same rules hold as for every vote. It may come in after the end, if it was held before and came later. Again is
 * the same. Refusals: wrong-state, too-many, hands-too-many, witness-missing.
 */
export const decideHandVote = (
  meeting: Meeting,
  vote: HandVote,
  hall: {
    readonly by: MemberId;
    readonly roll: readonly RollMember[];
    readonly attendance: readonly Attendance[];
    readonly adopted: boolean;
    readonly done: Done;
  },
): Result<
  MeetingIn<'open'> | MeetingIn<'closed'>,
  'wrong-state' | 'too-many' | 'paper-only' | 'not-found' | 'hands-too-many' | 'witness-missing' | 'already-adopted'
> => {
  const { pollId, decision, question, hands, papers, witnessId } = vote;
  const { by, roll, attendance, done } = hall;
  if (meeting.state !== 'open' && meeting.state !== 'closed') return refuse('wrong-state');
  if (pollOf(meeting, pollId)?.state === 'published') return ok(meeting);
  if (hall.adopted) return refuse('already-adopted');
  const inTime = meeting.state === 'open' || (done.sentLater !== undefined && done.at <= meeting.endedAt);
  if (!inTime) return refuse('wrong-state');
  const asked = decideQuestion(asOpen(meeting), { state: 'created', pollId, decision, question, createdAt: done.at });
  if (!asked.ok) return asked;
  const opened = decideOpenPoll(asked.value, pollId, { roll, attendance, now: done.at });
  if (!opened.ok) return opened;
  const closed = decideClosePoll(opened.value.meeting, pollId, done.at);
  if (!closed.ok) return closed;
  const count = { ballots: [], hands, papers, witnessId, by, roll, attendance, now: done.at };
  const result = decideResult(closed.value, pollId, count);
  if (!result.ok) return result;
  const polls = result.value.polls.map((poll) =>
    // no ballot of a phone belongs to it
    poll.pollId === pollId && poll.state === 'published'
      ? { ...poll, shards: 0, ...(done.sentLater && { sentLater: done.sentLater }) }
      : poll,
  );
  return ok({ ...meeting, polls, version: meeting.version + 1 });
};

const asOpen = (meeting: MeetingIn<'open'> | MeetingIn<'closed'>): MeetingIn<'open'> => {
  if (meeting.state === 'open') return meeting;
  const { endedAt: _, ...begun } = meeting;
  return { ...begun, state: 'open' };
};
