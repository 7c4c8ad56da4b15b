import * as v from 'valibot';
import { ActionId, MeetingId, MemberId, PollId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Absence, Attendance, Ballot, Choice, Opinion, Suggestion } from './shown.ts';

// A file of its own, so that a member's phone does not carry what only the secretary's desk asks.
const one = { unitId: UnitId, meetingId: MeetingId };

export const checkIn = operation({
  id: 'meetings.checkIn',
  summary: 'Check in to a meeting; again answers the first record',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/check-in',
  allow: 'meetings.attend',
  later: true,
  input: v.object({
    ...one,
    /** The six digits of the hall's screen, as they were when he typed them. */
    code: v.optional(v.pipe(v.string(), v.regex(/^\d{6}$/))),
  }),
  output: Attendance,
  refusals: {
    'not-invited': 403,
    'door-not-open': 409,
    'meeting-closed': 409,
    'already-adopted': 409,
    'code-needed': 409,
    'code-wrong': 409,
    'code-blocked': 409,
  },
});

export const mine = operation({
  id: 'meetings.mine',
  summary: 'All that is my own at a meeting, in one answer',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/mine',
  allow: 'meetings.attend',
  input: v.object(one),
  output: v.object({
    attendance: v.optional(Attendance),
    opinions: v.array(Opinion),
    /** What I asked and proposed before the meeting, with the answers. */
    absence: v.optional(Absence),
    suggestions: v.optional(v.array(Suggestion), []),
    /** My ballots by vote. */
    ballots: v.record(PollId, Ballot),
    /** Whether I keep the record of this meeting: its chair, its scribe, or who runs the branch's meetings. */
    records: v.boolean(),
  }),
  refusals: {},
});

export const giveOpinion = operation({
  id: 'meetings.giveOpinion',
  summary: 'Give an opinion, or write one down for a member without a phone; the same act again is the same opinion',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/opinions',
  allow: 'meetings.attend',
  later: true,
  givesWay: 'opinions',
  input: v.object({
    ...one,
    actionId: ActionId,
    text: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(2000)),
    /** Whose words these are, when the scribe writes them down. */
    memberId: v.optional(MemberId),
  }),
  output: Opinion,
  refusals: { 'not-invited': 403, 'meeting-closed': 409, 'already-adopted': 409, 'not-on-roster': 422 },
});

export const vote = operation({
  id: 'meetings.vote',
  summary: 'Vote by name; the same choice again answers the first ballot, another one is refused',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/polls/{pollId}/vote',
  allow: 'meetings.attend',
  input: v.object({ ...one, pollId: PollId, choice: Choice }),
  output: Ballot,
  refusals: {
    'meeting-closed': 409,
    'poll-not-open': 409,
    'paper-only': 409,
    'not-present': 409,
    'no-vote': 403,
    'already-voted': 409,
    'secret-vote': 409,
  },
});
