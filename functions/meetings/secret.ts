import { type Route, route } from '#runtime/http.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import * as contract from '#shared/meetings/contract.ts';
import { receiptOf } from '#shared/meetings/secret.ts';
import { decideVote, pollOf } from '#shared/meetings/voting.ts';
import { hashOfBlinded, signBlindly } from './signing.ts';
import { attendanceOf } from './store/attendance.ts';
import { recordGiven } from './store/ballots.ts';
import { boxOf, lockOf, signerOf } from './store/box.ts';
import { meetingOf } from './store/meetings.ts';

/** Secret votes: who may vote gets one ballot signed unseen; what becomes of it this side never learns. Source: access.md §5. */
export const secretRows: readonly Route[] = [
  route(contract.ballotKey, async ({ input }) => {
    const [meeting, lock] = await Promise.all([meetingOf(input), lockOf(input)]);
    const poll = meeting && pollOf(meeting, input.pollId);
    if (!poll?.secret) return refuse('not-found');
    return poll.state === 'open' && lock ? ok({ publicKey: lock.publicKey }) : refuse('poll-not-open');
  }),

  route(contract.giveBallot, async ({ input, actor }) => {
    const [meeting, attendance] = await Promise.all([meetingOf(input), attendanceOf(input, actor.memberId)]);
    if (!meeting) return refuse('not-found');
    const decided = decideVote(meeting, input.pollId, attendance, 'secret');
    if (!decided.ok) return refuse(decided.code === 'secret-vote' ? 'poll-not-open' : decided.code);
    const [privateKey, blinded] = [await signerOf(input), Buffer.from(input.blinded, 'base64url')];
    if (privateKey === undefined) return refuse('poll-not-open');
    const signature = signBlindly(privateKey, blinded);
    if (!signature) return refuse('malformed');
    // noted before it is handed out: a signature that nobody noted would be a second ballot
    const given = await recordGiven(input, decided.value, actor.memberId, hashOfBlinded(blinded));
    return given.ok ? ok({ signature: signature.toString('base64url') }) : given;
  }),

  route(contract.closingList, async ({ input }) => {
    const meeting = await meetingOf(input);
    const poll = meeting && pollOf(meeting, input.pollId);
    if (!poll?.secret) return refuse('not-found');
    if (poll.state !== 'closed' && poll.state !== 'published') return refuse('wrong-state');
    const receipts = (await boxOf(input)).map(({ hash }) => receiptOf(hash));
    return ok({ receipts: receipts.sort((a, b) => a.localeCompare(b, 'vi')) });
  }),
];
