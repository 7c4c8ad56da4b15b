import { beforeAll, describe, expect, it } from 'vitest';
import { aHouse, call, signedIn } from '#runtime/testing.ts';
import type { MemberId, PollId } from '#shared/kernel/ids.ts';
import type { Day } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { LiveMeeting } from '#shared/meetings/model.ts';
import type { Choice, DecisionId } from '#shared/meetings/shown.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onAttendanceRecorded } from './on-attendance-recorded.ts';
import {
  aBranch,
  aBranchMember,
  anAct,
  anOpen,
  conflictingDynamoDb,
  deliver,
  factsOf,
  fileOf,
  type Ref,
  unitId,
  who,
} from './testing.ts';

const crowd = Array.from({ length: 130 }, (_, at) => `m${at}`);
let conflicts: Awaited<ReturnType<typeof conflictingDynamoDb>>;

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('MEETINGS_TABLE'), aBucket('CONTENT_BUCKET')]);
  // from here on every transaction meets conflicts and some answers are lost on the way
  conflicts = await conflictingDynamoDb({ seed: 7, conflictShare: 0.25, lossShare: 0.05 });
  await aBranch();
  await aBranchMember('du-bi', { officialDate: undefined });
  await aBranchMember('mien', { conditions: [{ kind: 'exempt', from: '2020-01-01' as Day }] });
  return conflicts.stop;
});

const hands = { agree: 0, disagree: 0, other: 0 };
const watched = { witnessId: 'tam' as MemberId };
const aPoll = async (ref: Ref, decision: DecisionId = 'resolution') => {
  const { body } = await call(
    handler,
    contract.createPoll,
    { ...ref, actionId: anAct(), decision, question: 'Thông qua nghị quyết tháng 11?' },
    who('lan'),
  );
  return { ...ref, pollId: body.meeting.polls.at(-1).pollId as PollId };
};
const anOpenPoll = async (ref: Ref, decision?: DecisionId) => {
  const poll = await aPoll(ref, decision);
  expect((await call(handler, contract.openPoll, poll, who('lan'))).status).toBe(200);
  return poll;
};
const present = async (ref: Ref, ...names: string[]) => {
  for (const name of names) expect((await call(handler, contract.checkIn, ref, who(name))).status).toBe(200);
};
type PollRef = Ref & { readonly pollId: PollId };
const vote = (poll: PollRef, name: string, choice: Choice = 'agree') =>
  call(handler, contract.vote, { ...poll, choice }, who(name));
const close = (poll: PollRef) => call(handler, contract.closePoll, poll, who('lan'));

describe('a question that was put wrongly', () => {
  it('is taken back by who leads, before it is opened, and by nobody else', async () => {
    const ref = await anOpen();
    const poll = await aPoll(ref);
    for (const name of ['tu', 'tam', 'stranger', 'officer'])
      expect((await call(handler, contract.withdrawQuestion, poll, who(name))).body.code).toBe('not-allowed');
    const { body } = await call(handler, contract.withdrawQuestion, poll, who('lan'));
    expect(body.meeting.polls).toEqual([]);
    expect((await call(handler, contract.withdrawQuestion, poll, who('lan'))).body).toEqual(body);
    expect((await call(handler, contract.openPoll, poll, who('lan'))).status).toBe(404);
    const opened = await anOpenPoll(ref);
    expect((await call(handler, contract.withdrawQuestion, opened, who('lan'))).body.code).toBe('wrong-state');
  });
});

describe('a vote by name', () => {
  it('goes from the question to the result, with hands added and the base by rule', async () => {
    const ref = await anOpen();
    await present(ref, 'lan', 'tam', 'an', 'du-bi');
    const poll = await anOpenPoll(ref);
    expect((await vote(poll, 'lan')).body.choice).toBe('agree');
    expect((await vote(poll, 'tam', 'disagree')).status).toBe(200);
    const desk = (await call(handler, contract.desk, ref, who('lan'))).body;
    expect(desk.turnout[poll.pollId]).toEqual({ voted: 2 });
    await close(poll);
    const done = await call(
      handler,
      contract.publishResult,
      { ...poll, hands: { agree: 1, disagree: 0, other: 0 }, witnessId: 'an' as MemberId },
      who('lan'),
    );
    const [published] = done.body.meeting.polls;
    // lan, tu, tam, an are official; mien is exempt and absent, du-bi on probation
    expect(published.result).toMatchObject({
      phones: { agree: 1, disagree: 1, other: 0 },
      hands: { agree: 1 },
      base: { members: 4, present: 3 },
      passed: false,
    });
    expect(published.result.base.out.map(({ memberId }: { memberId: MemberId }) => memberId)).toEqual([
      'du-bi',
      'mien',
    ]);
  });

  it('counts an exempt member who came, and takes his vote', async () => {
    const ref = await anOpen();
    await present(ref, 'lan', 'mien');
    const poll = await anOpenPoll(ref);
    expect((await vote(poll, 'mien')).status).toBe(200);
    await close(poll);
    const done = await call(handler, contract.publishResult, { ...poll, hands }, who('lan'));
    expect(done.body.meeting.polls[0].result.base).toMatchObject({ members: 5, present: 2 });
  });

  it('takes one ballot each: the same again is the first, another is refused', async () => {
    const ref = await anOpen();
    await present(ref, 'tam');
    const poll = await anOpenPoll(ref);
    const first = await vote(poll, 'tam');
    expect((await vote(poll, 'tam')).body).toEqual(first.body);
    expect((await vote(poll, 'tam', 'disagree')).body.code).toBe('already-voted');
    expect((await call(handler, contract.mine, ref, who('tam'))).body.ballots).toEqual({ [poll.pollId]: first.body });
  });

  it('is refused to the probationary, the absent, another branch, and before or after its time', async () => {
    const ref = await anOpen();
    await present(ref, 'lan', 'du-bi');
    const asked = await aPoll(ref);
    expect((await vote(asked, 'lan')).body.code).toBe('poll-not-open');
    const poll = await anOpenPoll(ref);
    expect((await vote(poll, 'du-bi')).body.code).toBe('no-vote');
    expect((await vote(poll, 'tam')).body.code).toBe('not-present');
    expect((await vote(poll, 'stranger')).body.code).toBe('not-allowed');
    expect((await vote({ ...poll, pollId: 'khong-co' as PollId }, 'lan')).body.code).toBe('not-found');
    await close(poll);
    expect((await vote(poll, 'lan')).body.code).toBe('poll-not-open');
  });

  it('is refused in a meeting that is over, and a meeting does not end over an open vote', async () => {
    const ref = await anOpen();
    await present(ref, 'lan', 'tam');
    const poll = await anOpenPoll(ref);
    expect((await call(handler, contract.close, ref, who('lan'))).body.code).toBe('poll-open');
    await close(poll);
    expect((await call(handler, contract.close, ref, who('lan'))).body.code).toBe('poll-open');
    await call(handler, contract.publishResult, { ...poll, hands }, who('lan'));
    expect((await call(handler, contract.close, ref, who('lan'))).status).toBe(200);
    expect((await vote(poll, 'tam')).body.code).toBe('meeting-closed');
    expect((await call(handler, contract.openPoll, poll, who('lan'))).body.code).toBe('wrong-state');
  });

  it('is only counted by hand where the rule wants paper or the card', async () => {
    const ref = await anOpen();
    await present(ref, 'lan', 'tam', 'an');
    const poll = await anOpenPoll(ref, 'admission');
    expect((await vote(poll, 'tam')).body.code).toBe('paper-only');
    await close(poll);
    const too = await call(
      handler,
      contract.publishResult,
      { ...poll, ...watched, hands: { ...hands, agree: 4 } },
      who('lan'),
    );
    expect(too.body.code).toBe('hands-too-many');
    const done = await call(
      handler,
      contract.publishResult,
      { ...poll, ...watched, hands: { ...hands, agree: 3 } },
      who('lan'),
    );
    expect(done.body.meeting.polls[0].result).toMatchObject({ base: { members: 4 }, passed: true });
  });

  it('never counts more hands than there are people without a phone vote in the hall', async () => {
    const ref = await anOpen();
    await present(ref, 'lan', 'tam');
    const poll = await anOpenPoll(ref);
    await vote(poll, 'lan');
    await close(poll);
    const publish = (agree: number) =>
      call(handler, contract.publishResult, { ...poll, ...watched, hands: { ...hands, agree } }, who('lan'));
    expect((await publish(2)).body.code).toBe('hands-too-many');
    expect((await publish(1)).status).toBe(200);
    expect((await publish(0)).body.meeting.polls[0].result.hands.agree).toBe(1);
  });

  it('is opened and closed only after a fresh confirmation, by whoever runs the meeting', async () => {
    const ref = await anOpen();
    const poll = await aPoll(ref);
    const deputy = await signedIn({
      memberId: 'deputy',
      unitId,
      grants: [{ role: 'member' }, { role: 'deputy_secretary' }],
    });
    expect((await call(handler, contract.openPoll, poll, deputy)).body.code).toBe('step-up-needed');
    expect((await call(handler, contract.openPoll, poll, who('tu'))).body.code).toBe('not-allowed');
    expect((await call(handler, contract.publishResult, { ...poll, hands }, who('lan'))).body.code).toBe('wrong-state');
    expect((await call(handler, contract.closePoll, poll, who('lan'))).body.code).toBe('wrong-state');
  });

  it('shows its result to nobody before it is published', async () => {
    const ref = await anOpen();
    await present(ref, 'lan', 'tam');
    const poll = await anOpenPoll(ref);
    await vote(poll, 'tam', 'disagree');
    await vote(poll, 'lan');
    const seen = async () => {
      await deliver(onAttendanceRecorded, await factsOf(ref));
      return fileOf<LiveMeeting>(`content/live/${unitId}/${ref.meetingId}.json`);
    };
    const open = await seen();
    expect(open?.polls).toEqual([
      {
        pollId: poll.pollId,
        question: 'Thông qua nghị quyết tháng 11?',
        decision: 'resolution',
        state: 'open',
        electronic: true,
      },
    ]);
    expect(open?.nextPollSeconds).toBe(5);
    // nothing that members are answered tells a choice but their own
    expect(JSON.stringify((await call(handler, contract.mine, ref, who('an'))).body)).not.toMatch(/agree/);
    expect(JSON.stringify((await call(handler, contract.desk, ref, who('tu'))).body.turnout)).not.toMatch(/agree/);
    await close(poll);
    expect((await seen())?.polls[0]).toMatchObject({ state: 'closed' });
    expect((await seen())?.polls[0]?.result).toBeUndefined();
    await call(handler, contract.publishResult, { ...poll, hands }, who('lan'));
    expect((await seen())?.polls[0]).toMatchObject({
      state: 'published',
      result: { agree: 1, disagree: 1, other: 0, base: 4, passed: false },
    });
    // no fact leaves the meeting that tells who voted what
    expect(JSON.stringify(await factsOf(ref))).not.toMatch(/agree|choice/);
  });
});

describe('a vote that is over', () => {
  it('tells whoever asks again that his ballot stands, and takes no other and no new one', async () => {
    const ref = await anOpen();
    await present(ref, 'lan', 'tam', 'an');
    const poll = await anOpenPoll(ref);
    const thanked = await vote(poll, 'tam', 'disagree');
    await close(poll);
    expect(await vote(poll, 'tam', 'disagree')).toMatchObject({ status: 200, body: thanked.body });
    expect((await vote(poll, 'tam', 'agree')).body.code).toBe('poll-not-open');
    expect((await vote(poll, 'an')).body.code).toBe('poll-not-open');
  });
});

describe('votes that race the closing', () => {
  it('are each before or after it: all that were thanked for are counted, none twice, none after', {
    timeout: 120_000,
  }, async () => {
    const ref = await anOpen();
    await Promise.all(crowd.map((name) => aBranchMember(name)));
    await Promise.all(crowd.map((name) => call(handler, contract.checkIn, ref, who(name))));
    const poll = await anOpenPoll(ref);
    const storm = crowd.map(async (name, at) => {
      const choice: Choice = at % 3 === 0 ? 'disagree' : 'agree';
      // each sent twice, as a phone does that heard nothing
      const [first, second] = await Promise.all([vote(poll, name, choice), vote(poll, name, choice)]);
      return { name, choice, thanked: first.status === 200 || second.status === 200, answers: [first, second] };
    });
    const closing = (async () => {
      await Promise.race(storm);
      return close(poll);
    })();
    const votes = await Promise.all(storm);
    expect((await closing).status).toBe(200);
    const codes = new Set(votes.flatMap(({ answers }) => answers.map(({ body }) => body.code ?? 'thanked')));
    expect([...codes].every((code) => code === 'thanked' || code === 'poll-not-open')).toBe(true);
    const thanked = votes.filter((one) => one.thanked);
    expect(thanked.length).toBeGreaterThan(0);
    const { turnout } = (await call(handler, contract.desk, ref, who('lan'))).body;
    expect(turnout[poll.pollId]).toEqual({
      voted: thanked.length,
      tally: {
        agree: thanked.filter(({ choice }) => choice === 'agree').length,
        disagree: thanked.filter(({ choice }) => choice === 'disagree').length,
        other: 0,
      },
    });
    expect(conflicts.injected()).toBeGreaterThan(10);
    for (const { name, choice, thanked: was } of votes.slice(0, 20)) {
      const own = (await call(handler, contract.mine, ref, who(name))).body.ballots[poll.pollId];
      expect(own?.choice).toBe(was ? choice : undefined);
    }
  });
});
