import { type Asked, type Route, route, routeAhead } from '#runtime/http.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { pollIdOf } from '#shared/meetings/model.ts';
import { keyName } from '#shared/meetings/secret.ts';
import {
  decideClosePoll,
  decideOpenPoll,
  decideQuestion,
  decideResult,
  decideVote,
  decideWithdrawQuestion,
  decideWitness,
  pollOf,
} from '#shared/meetings/voting.ts';
import { CHEAPLY, changing, lightly, ofMeeting } from './changing.ts';
import { newBallotKeys } from './signing.ts';
import { attendanceOf, rosterOf } from './store/attendance.ts';
import { ballotsOf, recordBallot, recordClosePoll, recordOpenPoll, standingBallotOf } from './store/ballots.ts';
import { boxOf, recordBox, recordBoxShut } from './store/box.ts';
import { eveningOf } from './store/evening.ts';
import { meetingOf, recordMeeting } from './store/meetings.ts';

/** The meeting, and whether he who votes is there. */
const lookAt = ({ input, memberId }: Asked<typeof contract.vote>, how = CHEAPLY) =>
  Promise.all([meetingOf(input, how), attendanceOf(input, memberId, how)]);

/** Votes by name: asked, opened, cast, closed at one instant, published with the hands. Source: access.md §5. */
export const votingRows: readonly Route[] = [
  route(contract.createPoll, ({ input, now }) =>
    changing(
      input,
      ({ meeting }) => {
        const { question, decision, secret } = input;
        const pollId = pollIdOf(input.actionId);
        const asked = { pollId, question, decision, createdAt: now, ...(secret && { secret }) };
        return ofMeeting(decideQuestion(meeting, { state: 'created', ...asked }));
      },
      ({ meeting }) => recordMeeting(meeting, now),
    ),
  ),

  route(contract.withdrawQuestion, ({ input, now }) =>
    changing(
      input,
      ({ meeting }) => ofMeeting(decideWithdrawQuestion(meeting, input.pollId)),
      ({ meeting }) => recordMeeting(meeting, now),
    ),
  ),

  route(contract.openPoll, ({ input, now }) =>
    changing(
      input,
      async ({ meeting }) => {
        const [roster, evening] = await Promise.all([rosterOf(input.unitId), eveningOf(input)]);
        const hall = { roll: rollOf(meeting, roster), attendance: evening.roll, now };
        const decided = decideOpenPoll(meeting, input.pollId, hall);
        if (!decided.ok || decided.value.meeting === meeting) return decided;
        const poll = pollOf(meeting, input.pollId);
        if (!poll?.secret) return decided;
        // the box stands before anyone can know that the vote is open; left over from a try that broke off, it is used now
        const publicKey = await recordBox(input, await newBallotKeys(), decided.value.voters.length);
        return decideOpenPoll(meeting, input.pollId, { ...hall, ballotKey: await keyName(publicKey) });
      },
      async ({ meeting, voters }) => {
        const poll = pollOf(meeting, input.pollId);
        return poll?.state === 'open' && (await recordOpenPoll(meeting, poll, voters, now));
      },
    ),
  ),

  routeAhead(contract.vote, lookAt, async ({ input, actor, now }, ahead) => {
    const lookAgain = () => lookAt({ input, memberId: actor.memberId }, {});
    const decided = await lightly(ahead, lookAgain, ([meeting, attendance]) =>
      meeting ? decideVote(meeting, input.pollId, attendance) : refuse('not-found'),
    );
    if (decided.ok) return recordBallot(input, decided.value, actor.memberId, { choice: input.choice, at: now });
    // whose thanks were lost before the closing asks again after it: his ballot stands, and he is told so
    const tooLate = decided.code === 'poll-not-open' || decided.code === 'meeting-closed';
    const meeting = tooLate ? await meetingOf(input) : undefined;
    const poll = meeting && pollOf(meeting, input.pollId);
    const standing = poll && (await standingBallotOf(input, poll, actor.memberId));
    return standing?.choice === input.choice ? ok(standing) : decided;
  }),

  route(contract.closePoll, ({ input, now }) =>
    changing(
      input,
      ({ meeting }) => ofMeeting(decideClosePoll(meeting, input.pollId, now)),
      async ({ meeting }) => {
        const poll = pollOf(meeting, input.pollId);
        if (poll?.state !== 'closed') return false;
        if (poll.secret) await recordBoxShut(input);
        return recordClosePoll(meeting, poll, now);
      },
    ),
  ),

  route(contract.publishResult, ({ input, actor, now }) =>
    changing(
      input,
      async ({ meeting }) => {
        const [ballots, roster, evening] = await Promise.all([
          pollOf(meeting, input.pollId)?.secret ? boxOf(input) : ballotsOf(input, input.pollId),
          rosterOf(input.unitId),
          eveningOf(input),
        ]);
        const { hands, papers, witnessId } = input;
        const hall = { roll: rollOf(meeting, roster), attendance: evening.roll, now };
        const count = { ballots, hands, papers, witnessId, by: actor.memberId, ...hall };
        return ofMeeting(decideResult(meeting, input.pollId, count));
      },
      ({ meeting }) => recordMeeting(meeting, now),
    ),
  ),

  route(contract.witnessResult, async ({ input, actor, now }) => {
    const confirmed = await changing(
      input,
      ({ meeting }) => ofMeeting(decideWitness(meeting, input.pollId, { memberId: actor.memberId, now })),
      ({ meeting }) => recordMeeting(meeting, now),
    );
    return confirmed.ok ? ok({ confirmed: true }) : confirmed;
  }),
];
