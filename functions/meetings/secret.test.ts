import { beforeAll, describe, expect, it } from 'vitest';
import { openTable } from '#runtime/table.ts';
import { aHouse, call } from '#runtime/testing.ts';
import type { MemberId, PollId } from '#shared/kernel/ids.ts';
import * as contract from '#shared/meetings/contract.ts';
import { ballotHash, keyName, receiptOf } from '#shared/meetings/secret.ts';
import type { Choice } from '#shared/meetings/shown.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { type Blinded, blind, unblind } from '../../web/src/routes/(app)/meetings/[meetingId]/blinding.ts';
import { handler } from './api.ts';
import { handler as onAttendanceRecorded } from './on-attendance-recorded.ts';
import { handler as box } from './on-ballot-cast.ts';
import { aBranch, aBranchMember, anAct, anOpen, deliver, factsOf, fileOf, type Ref, unitId, who } from './testing.ts';

type PollRef = Ref & { readonly pollId: PollId };
const crowd = Array.from({ length: 30 }, (_, at) => `k${at}`);

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aTable('BALLOTS_TABLE'), aBucket('CONTENT_BUCKET')]);
  await aBranch();
  for (const name of crowd) await aBranchMember(name);
});

const secretPoll = async (ref: Ref): Promise<PollRef> => {
  const asked = { ...ref, actionId: anAct(), decision: 'resolution' as const, question: 'Thông qua?', secret: true };
  const { body } = await call(handler, contract.createPoll, asked, who('lan'));
  return { ...ref, pollId: body.meeting.polls.at(-1).pollId };
};
const openSecretPoll = async (...present: string[]): Promise<PollRef> => {
  const ref = await anOpen();
  for (const name of present) await call(handler, contract.checkIn, ref, who(name));
  const poll = await secretPoll(ref);
  expect((await call(handler, contract.openPoll, poll, who('lan'))).status).toBe(200);
  return poll;
};
const keyOf = async (poll: PollRef, name = 'tam'): Promise<string> =>
  (await call(handler, contract.ballotKey, poll, who(name))).body.publicKey;
const ask = (poll: PollRef, name: string, { blinded }: Pick<Blinded, 'blinded'>) =>
  call(handler, contract.giveBallot, { ...poll, blinded }, who(name));
/** What a phone does until its ballot lies there signed. */
const signed = async (poll: PollRef, name: string, choice: Choice) => {
  const key = await keyOf(poll, name);
  const made = await blind(poll, choice, key);
  const { signature } = (await ask(poll, name, made)).body;
  const { token, prefix } = made;
  return { ...poll, choice, token, prefix, signature: await unblind(poll, made, key, signature) };
};
type Signed = Awaited<ReturnType<typeof signed>>;
const cast = (ballot: Signed) => call(box, contract.castBallot, ballot);
const close = (poll: PollRef) => call(handler, contract.closePoll, poll, who('lan'));
const desk = async (poll: PollRef) => (await call(handler, contract.desk, poll, who('lan'))).body;

describe('a secret vote', () => {
  it('goes from the question to the result: a ballot each, counted, with a receipt in the closing list', async () => {
    const poll = await openSecretPoll('lan', 'tam', 'an');
    const ballots = [await signed(poll, 'lan', 'agree'), await signed(poll, 'tam', 'disagree')];
    const receipts: string[] = [];
    for (const ballot of ballots) receipts.push((await cast(ballot)).body.receipt);
    expect((await desk(poll)).turnout[poll.pollId]).toEqual({ voted: 2, given: 2 });
    expect((await call(handler, contract.closingList, poll, who('an'))).body.code).toBe('wrong-state');
    await close(poll);
    expect((await call(handler, contract.closingList, poll, who('an'))).body.receipts.sort()).toEqual(receipts.sort());
    const papers = { agree: 1, disagree: 0, other: 0 };
    const hands = { agree: 0, disagree: 0, other: 0 };
    const count = { ...poll, hands, papers, witnessId: 'tam' as MemberId };
    const done = await call(handler, contract.publishResult, count, who('lan'));
    expect(done.body.meeting.polls[0].result).toMatchObject({
      phones: { agree: 1, disagree: 1, other: 0 },
      papers,
      witness: { memberId: 'tam' },
    });
    for (const name of ['lan', 'an'])
      expect((await call(handler, contract.witnessResult, poll, who(name))).body.code).toBe('not-allowed');
    expect((await call(handler, contract.witnessResult, poll, who('tam'))).body).toEqual({ confirmed: true });
  });

  it('shows the same key to everyone, by its name in the file that all phones read', async () => {
    const poll = await openSecretPoll('tam');
    await deliver(onAttendanceRecorded, await factsOf(poll));
    const live = await fileOf<{ polls: object[] }>(`content/live/${unitId}/${poll.meetingId}.json`);
    expect(live?.polls[0]).toMatchObject({ ballotKey: await keyName(await keyOf(poll)) });
    expect(await keyOf(poll, 'an')).toBe(await keyOf(poll));
    const again = await call(handler, contract.openPoll, poll, who('lan'));
    expect(again.body.meeting.polls[0].ballotKey).toBe(await keyName(await keyOf(poll)));
  });

  it('gives each member one ballot: a lost answer comes again, another ballot never', async () => {
    const poll = await openSecretPoll('tam');
    const key = await keyOf(poll);
    const [first, second] = [await blind(poll, 'agree', key), await blind(poll, 'disagree', key)];
    const answers = await Promise.all([ask(poll, 'tam', first), ask(poll, 'tam', first)]);
    expect(new Set(answers.map(({ body }) => body.signature)).size).toBe(1);
    expect((await ask(poll, 'tam', second)).body.code).toBe('ballot-given');
    const racing = await openSecretPoll('tam');
    const many = await Promise.all(
      Array.from({ length: 8 }, async () => ask(racing, 'tam', await blind(racing, 'agree', await keyOf(racing)))),
    );
    expect(many.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('is refused to the absent, the unentitled, another branch, and as a vote by name', async () => {
    const poll = await openSecretPoll('tam');
    const ballot = await blind(poll, 'agree', await keyOf(poll));
    expect((await ask(poll, 'an', ballot)).body.code).toBe('not-present');
    expect((await ask(poll, 'stranger', ballot)).body.code).toBe('not-allowed');
    expect((await call(handler, contract.giveBallot, { ...poll, blinded: ballot.blinded })).body.code).toBe(
      'not-signed-in',
    );
    expect((await call(handler, contract.vote, { ...poll, choice: 'agree' }, who('tam'))).body.code).toBe(
      'secret-vote',
    );
    expect((await ask(poll, 'tam', { blinded: '_'.repeat(342) })).body.code).toBe('malformed');
    const admission = {
      ...poll,
      actionId: anAct(),
      decision: 'admission' as const,
      question: 'Kết nạp?',
      secret: true,
    };
    expect((await call(handler, contract.createPoll, admission, who('lan'))).body.code).toBe('paper-only');
  });

  it('takes a ballot once, unchanged, in its own vote, while it is open', async () => {
    const poll = await openSecretPoll('tam', 'an', 'lan');
    const ballot = await signed(poll, 'tam', 'agree');
    expect((await cast({ ...ballot, choice: 'disagree' })).body.code).toBe('ballot-unsigned');
    expect((await cast({ ...ballot, token: (await signed(poll, 'an', 'agree')).token })).body.code).toBe(
      'ballot-unsigned',
    );
    const other = await openSecretPoll('tam');
    expect((await cast({ ...ballot, ...other })).body.code).toBe('ballot-unsigned');
    const first = await cast(ballot);
    expect((await cast(ballot)).body).toEqual(first.body);
    const late = await signed(poll, 'lan', 'agree');
    await close(poll);
    // the one that is in is in; the one that came late goes to paper
    expect((await cast(ballot)).body).toEqual(first.body);
    expect((await cast(late)).body.code).toBe('poll-not-open');
    expect((await desk(poll)).turnout[poll.pollId]).toMatchObject({ voted: 1, given: 3, tally: { agree: 1 } });
  });

  it('has no key left after it is closed, so that nobody can make a ballot', async () => {
    const poll = await openSecretPoll('tam');
    const key = await keyOf(poll);
    const kept = async (part: string) =>
      JSON.stringify(await openTable('BALLOTS_TABLE').query(`${part}#${unitId}#${poll.meetingId}#${poll.pollId}`));
    // the two partitions that the casting function may touch never hold it
    expect(await kept('SIGNER')).toContain('privateKey');
    for (const part of ['LOCK', 'BOX']) expect(await kept(part)).not.toContain('privateKey');
    await close(poll);
    const ballot = await blind(poll, 'agree', key);
    expect((await ask(poll, 'tam', ballot)).body.code).toBe('poll-not-open');
    for (const part of ['SIGNER', 'LOCK', 'BOX']) expect(await kept(part)).not.toContain('privateKey');
    await close(poll);
  });

  it('is closed at one instant: what was thanked for is in the box, and nothing else', async () => {
    const poll = await openSecretPoll(...crowd);
    const ballots: Signed[] = [];
    for (const [at, name] of crowd.entries()) ballots.push(await signed(poll, name, at % 3 ? 'agree' : 'other'));
    const storm = ballots.map((ballot) => cast(ballot));
    const closing = Promise.race(storm).then(() => close(poll));
    const answers = await Promise.all(storm);
    expect((await closing).status).toBe(200);
    const thanked = answers.flatMap(({ status }, at) => (status === 200 ? [ballots[at] as Signed] : []));
    expect(answers.every(({ status, body }) => status === 200 || body.code === 'poll-not-open')).toBe(true);
    const tally = { agree: 0, disagree: 0, other: 0 };
    for (const { choice } of thanked) tally[choice] += 1;
    expect((await desk(poll)).turnout[poll.pollId]).toEqual({ voted: thanked.length, given: crowd.length, tally });
  });

  it('keeps of a ballot its hash and its choice, and writes no line of its coming', async () => {
    const poll = await openSecretPoll('tam', 'an');
    const written: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    const ballot = await signed(poll, 'tam', 'agree');
    process.stdout.write = ((text: string) => written.push(text) > 0) as typeof process.stdout.write;
    const { body } = await cast(ballot);
    process.stdout.write = write;
    expect(written).toEqual([]);
    const hash = await ballotHash(ballot.token);
    expect(body.receipt).toBe(receiptOf(hash));
    const pk = `BOX#${unitId}#${poll.meetingId}#${poll.pollId}`;
    const items = await openTable('BALLOTS_TABLE').query(pk, { prefix: 'BALLOT#' });
    expect(items).toEqual([{ pk, sk: `BALLOT#${hash}`, choice: 'agree' }]);
    // on the other side: that a ballot was given, to whom, and nothing that stands on the ballot
    const evening = JSON.stringify(await openTable('MEETINGS_TABLE').query(`MEETING#${unitId}#${poll.meetingId}`));
    for (const part of [hash, ballot.token, ballot.prefix, ballot.signature]) expect(evening).not.toContain(part);
  });
});
