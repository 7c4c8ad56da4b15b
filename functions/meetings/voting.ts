import { type Route, route } from '#runtime/http.ts';
import { refuse } from '#shared/kernel/result.ts';
import { rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { pollIdOf } from '#shared/meetings/model.ts';
import {
  decideClosePoll,
  decideOpenPoll,
  decideQuestion,
  decideResult,
  decideVote,
  pollOf,
} from '#shared/meetings/voting.ts';
import { changing, ofMeeting } from './changing.ts';
import { attendanceOf, rosterOf } from './store/attendance.ts';
import { ballotsOf, recordBallot, recordClosePoll, recordOpenPoll } from './store/ballots.ts';
import { eveningOf } from './store/evening.ts';
import { meetingOf, recordMeeting } from './store/meetings.ts';

/** Votes by name: asked, opened, cast, closed at one instant, published with the hands. Source: access.md §5. */
export const votingRows: readonly Route[] = [
  route(contract.createPoll, ({ input, now }) =>
    changing(
      input,
      ({ meeting }) => {
        const { question, decision } = input;
        const pollId = pollIdOf(input.actionId);
        return ofMeeting(decideQuestion(meeting, { state: 'created', pollId, question, decision, createdAt: now }));
      },
      ({ meeting }) => recordMeeting(meeting, now),
    ),
  ),

  route(contract.openPoll, ({ input, now }) =>
    changing(
      input,
      async ({ meeting }) => {
        const [roster, evening] = await Promise.all([rosterOf(input.unitId), eveningOf(input)]);
        const hall = { roll: rollOf(meeting, roster), attendance: evening.roll, now };
        return decideOpenPoll(meeting, input.pollId, hall);
      },
      async ({ meeting, voters }) => {
        const poll = pollOf(meeting, input.pollId);
        return poll?.state === 'open' && (await recordOpenPoll(meeting, poll, voters, now));
      },
    ),
  ),

  route(contract.vote, async ({ input, actor, now }) => {
    const [meeting, attendance] = await Promise.all([meetingOf(input), attendanceOf(input, actor.memberId)]);
    if (!meeting) return refuse('not-found');
    const decided = decideVote(meeting, input.pollId, attendance);
    if (!decided.ok) return decided;
    return recordBallot(input, decided.value, actor.memberId, { choice: input.choice, at: now });
  }),

  route(contract.closePoll, ({ input, now }) =>
    changing(
      input,
      ({ meeting }) => ofMeeting(decideClosePoll(meeting, input.pollId, now)),
      async ({ meeting }) => {
        const poll = pollOf(meeting, input.pollId);
        return poll?.state === 'closed' && (await recordClosePoll(meeting, poll, now));
      },
    ),
  ),

  route(contract.publishResult, ({ input, now }) =>
    changing(
      input,
      async ({ meeting }) => {
        const [ballots, roster, evening] = await Promise.all([
          ballotsOf(input, input.pollId),
          rosterOf(input.unitId),
          eveningOf(input),
        ]);
        const count = { ballots, hands: input.hands, roll: rollOf(meeting, roster), attendance: evening.roll, now };
        return ofMeeting(decideResult(meeting, input.pollId, count));
      },
      ({ meeting }) => recordMeeting(meeting, now),
    ),
  ),
];
