import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemberId, PollId } from '#shared/kernel/ids.ts';
import { votingStates } from '#shared/members/model.ts';
import type { PollIn } from './poll.ts';
import { type Choice, decisionIds } from './shown.ts';
import { aMeeting, announced, aPresence, aRollMember, theDay } from './testing.ts';
import {
  carries,
  countsAs,
  decideClosePoll,
  decideOpenPoll,
  decideQuestion,
  decideResult,
  decideVote,
  decideWithdrawQuestion,
  decideWitness,
  decisionOn,
  decisionsOn,
  isUnanimous,
  livePolls,
  MOST_POLLS,
  shardOf,
  tallyOf,
  totalOf,
  VOTERS_PER_SHARD,
  votersOf,
  votingBase,
  wholeTally,
} from './voting.ts';

const pollId = 'poll-1' as PollId;
const roll = ['lan', 'tu', 'tam'].map((id) => aRollMember(id));
const asked: PollIn<'created'> = {
  state: 'created',
  pollId,
  question: 'Thông qua nghị quyết?',
  decision: 'resolution',
  createdAt: announced,
};
const granted = <T>(result: { ok: true; value: T } | { ok: false; code: string }): T => {
  if (!result.ok) throw new Error(result.code);
  return result.value;
};
const withQuestion = (over: Partial<PollIn<'created'>> = {}) =>
  granted(decideQuestion(aMeeting('open'), { ...asked, ...over }));
const hall = { roll, attendance: [aPresence('lan'), aPresence('tam')], now: announced };
const withOpen = (over: Partial<PollIn<'created'>> = {}) =>
  granted(decideOpenPoll(withQuestion(over), pollId, hall)).meeting;
const withClosed = () => granted(decideClosePoll(withOpen(), pollId, announced));
const hands = (agree: number) => ({ agree, disagree: 0, other: 0 });
const counted = {
  roll,
  attendance: hall.attendance,
  by: 'lan' as MemberId,
  witnessId: 'tam' as MemberId,
  now: announced,
};

describe('the base of a vote', () => {
  // every state of a member, absent and present, with the rule that decides it. Source: domain.md §3.3
  const table = [
    ['official', 1, 1, '294-QĐ/TW §9.3.2'],
    ['exempt', 0, 1, '294-QĐ/TW §9.3.2'],
    ['probationary', 0, 0, '294-QĐ/TW §9.3.2'],
    ['elsewhere', 0, 0, '294-QĐ/TW §9.3'],
    ['guest', 0, 0, '294-QĐ/TW §6.3.2'],
    ['suspended', 0, 0, '294-QĐ/TW §9.3'],
    ['held', 0, 0, '294-QĐ/TW §9.3'],
    ['left', 0, 0, '294-QĐ/TW §9.3.2'],
    ['not_yet', 0, 0, '294-QĐ/TW §9.3.2'],
  ] as const;

  it('has a line for every state a member can be in', () => {
    expect(table.map(([state]) => state).sort()).toEqual([...votingStates].sort());
  });

  for (const id of decisionIds)
    for (const [state, absent, present, rule] of table)
      it(`of ${id} counts ${state} as ${absent} absent and ${present} present, by ${rule}`, () => {
        const decision = decisionOn(id, theDay);
        const member = [aRollMember('x', { state })];
        expect(countsAs(state, theDay).rule).toBe(rule);
        expect(votingBase(decision, member, [], theDay).members).toBe(absent);
        expect(votingBase(decision, member, [aPresence('x', { status: 'excused' })], theDay).members).toBe(absent);
        const here = votingBase(decision, member, [aPresence('x')], theDay);
        expect([here.members, here.present]).toEqual([present, present]);
        expect(here.out.map((one) => one.rule)).toEqual(present ? [] : [`${rule}; ${decision.rule}`]);
      });

  it('and those left out make up the whole roll', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...votingStates), fc.boolean())), (people) => {
        const everyone = people.map(([state], at) => aRollMember(`m${at}`, { state }));
        const attendance = people.flatMap(([, here], at) => (here ? [aPresence(`m${at}`)] : []));
        const base = votingBase(decisionOn('resolution', theDay), everyone, attendance, theDay);
        expect(base.members + base.out.length).toBe(people.length);
        expect(base.present).toBeLessThanOrEqual(base.members);
      }),
    );
  });
});

describe('a majority', () => {
  it('of a resolution is more than half, of an admission at least two thirds, of the base', () => {
    const passes = (id: 'resolution' | 'admission', agree: number, base: number) =>
      carries(decisionOn(id, theDay), agree, base);
    expect([passes('resolution', 10, 20), passes('resolution', 11, 20)]).toEqual([false, true]);
    expect([passes('admission', 13, 20), passes('admission', 14, 20), passes('admission', 2, 3)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(passes('resolution', 0, 0)).toBe(false);
  });

  it('is stated for every decision, with its rule; where paper or the card is wanted no phone has a part', () => {
    for (const decision of decisionsOn(theDay)) {
      expect(Boolean(decision.moreThan) !== Boolean(decision.atLeast)).toBe(true);
      expect(decision.rule).not.toBe('');
      expect(votersOf(decision, roll, theDay).length).toBe(decision.electronic ? 3 : 0);
    }
    expect(decisionsOn(theDay).map(({ id }) => id)).toEqual([...decisionIds]);
  });
});

describe('a vote', () => {
  it('is asked once, and not without number', () => {
    const open = aMeeting('open');
    const once = granted(decideQuestion(open, asked));
    expect(decideQuestion(once, { ...asked, question: 'khác' })).toEqual({ ok: true, value: once });
    expect(decideQuestion(aMeeting('published'), asked)).toMatchObject({ code: 'wrong-state' });
    const full = {
      ...open,
      polls: Array.from({ length: MOST_POLLS }, (_, at) => ({ ...asked, pollId: `p${at}` as PollId })),
    };
    expect(decideQuestion(full, asked)).toMatchObject({ code: 'too-many' });
  });

  it('is taken back while nobody could press a key, once, and the other questions stay', () => {
    const other = { ...asked, pollId: 'p-other' as PollId };
    const both = granted(decideQuestion(granted(decideQuestion(aMeeting('open'), asked)), other));
    const left = granted(decideWithdrawQuestion(both, asked.pollId));
    expect(left.polls).toEqual([other]);
    expect(left.version).toBe(both.version + 1);
    expect(decideWithdrawQuestion(left, asked.pollId)).toEqual({ ok: true, value: left });
    expect(decideWithdrawQuestion(aMeeting('closed'), asked.pollId)).toMatchObject({ code: 'wrong-state' });
    const hall = { roll: [aRollMember('m1')], attendance: [], now: asked.createdAt };
    const { meeting } = granted(decideOpenPoll(both, asked.pollId, hall));
    expect(decideWithdrawQuestion(meeting, asked.pollId)).toMatchObject({ code: 'wrong-state' });
  });

  it('is opened with the base of that moment, over as many items as it needs', () => {
    const many = Array.from({ length: VOTERS_PER_SHARD + 1 }, (_, at) => aRollMember(`m${at}`));
    const { meeting, voters } = granted(decideOpenPoll(withQuestion(), pollId, { ...hall, roll: many }));
    expect(meeting.polls[0]).toMatchObject({ state: 'open', shards: 2, base: { members: 11, present: 0 } });
    expect(voters).toHaveLength(11);
    expect(decideOpenPoll(withQuestion(), 'other' as PollId, hall)).toMatchObject({ code: 'not-found' });
    expect(decideOpenPoll(withClosed(), pollId, hall)).toMatchObject({ code: 'wrong-state' });
  });

  it('takes ballots only while it is open, of members in the hall', () => {
    const here = aPresence('tam');
    expect(decideVote(withOpen(), pollId, here).ok).toBe(true);
    expect(decideVote(withOpen(), pollId, undefined)).toMatchObject({ code: 'not-present' });
    expect(decideVote(withOpen(), pollId, aPresence('tam', { status: 'unmarked' }))).toMatchObject({
      code: 'not-present',
    });
    expect(decideVote(withQuestion(), pollId, here)).toMatchObject({ code: 'poll-not-open' });
    expect(decideVote(withClosed(), pollId, here)).toMatchObject({ code: 'poll-not-open' });
    expect(decideVote(withOpen({ decision: 'delisting' }), pollId, here)).toMatchObject({ code: 'paper-only' });
    expect(decideVote({ ...withOpen(), state: 'closed', endedAt: announced }, pollId, here)).toMatchObject({
      code: 'meeting-closed',
    });
    expect(decideVote(aMeeting('published'), pollId, here)).toMatchObject({ code: 'not-found' });
  });

  it('is closed once and published once', () => {
    expect(decideClosePoll(withQuestion(), pollId, announced)).toMatchObject({ code: 'wrong-state' });
    const closed = withClosed();
    expect(decideClosePoll(closed, pollId, announced)).toEqual({ ok: true, value: closed });
    const count = { ballots: [], hands: hands(2), ...counted };
    expect(decideResult(withOpen(), pollId, count)).toMatchObject({ code: 'wrong-state' });
    const published = granted(decideResult(closed, pollId, count));
    expect(decideResult(published, pollId, { ...count, hands: hands(0) })).toEqual({ ok: true, value: published });
  });

  it('never has more voices than members of the base who are present', () => {
    const choice = fc.constantFrom<Choice>('agree', 'disagree', 'other');
    fc.assert(
      fc.property(fc.array(choice, { maxLength: 2 }), fc.nat(5), (choices, agree) => {
        const ballots = choices.map((one) => ({ choice: one, at: announced }));
        const result = decideResult(withClosed(), pollId, {
          ballots,
          hands: hands(agree),
          ...counted,
        });
        if (ballots.length + agree > 2) expect(result).toMatchObject({ code: 'hands-too-many' });
        else {
          const poll = granted(result).polls[0];
          const counted = poll?.state === 'published' ? totalOf(poll.result.phones) + totalOf(poll.result.hands) : -1;
          expect(counted).toBe(ballots.length + agree);
        }
      }),
    );
  });

  it('keeps hands and papers apart, and counts them with the phones', () => {
    const ballots = [{ choice: 'agree' as const }];
    const result = decideResult(withClosed(), pollId, { ...counted, ballots, hands: hands(0), papers: hands(1) });
    const poll = granted(result).polls[0];
    if (poll?.state !== 'published') throw new Error('not published');
    expect(poll.result).toMatchObject({
      phones: hands(1),
      hands: hands(0),
      papers: hands(1),
      witness: { memberId: 'tam' },
      passed: true,
    });
    expect(wholeTally(poll.result)).toEqual(hands(2));
    const tooMany = { ...counted, ballots, hands: hands(1), papers: hands(1) };
    expect(decideResult(withClosed(), pollId, tooMany)).toMatchObject({ code: 'hands-too-many' });
  });

  it('wants a witness for what was counted in the hall: present, and not the one who publishes', () => {
    const publish = (over: Partial<Parameters<typeof decideResult>[2]>) =>
      decideResult(withClosed(), pollId, { ...counted, ballots: [], hands: hands(1), ...over });
    for (const witnessId of [undefined, 'lan' as MemberId, 'tu' as MemberId])
      expect(publish({ witnessId })).toMatchObject({ code: 'witness-missing' });
    expect(publish({ witnessId: undefined, hands: hands(0) }).ok).toBe(true);
    const published = granted(publish({}));
    const confirm = (memberId: string) =>
      decideWitness(published, pollId, { memberId: memberId as MemberId, now: announced });
    expect(confirm('lan')).toMatchObject({ code: 'not-allowed' });
    const confirmed = granted(confirm('tam'));
    expect(confirmed.polls[0]).toMatchObject({ result: { witness: { memberId: 'tam', confirmedAt: announced } } });
    expect(granted(decideWitness(confirmed, pollId, { memberId: 'tam' as MemberId, now: announced }))).toBe(confirmed);
    expect(decideWitness(withClosed(), pollId, { memberId: 'tam' as MemberId, now: announced })).toMatchObject({
      code: 'wrong-state',
    });
  });

  it('is secret only where the rule leaves the form to the branch, and then takes no ballot by name', () => {
    for (const decision of decisionsOn(theDay)) {
      const asking = decideQuestion(aMeeting('open'), { ...asked, decision: decision.id, secret: true });
      expect(asking.ok ? 'secret' : asking.code).toBe(decision.secret ? 'secret' : 'paper-only');
      if (!decision.electronic) expect(decision.secret).toBeUndefined();
    }
    const open = withOpen({ secret: true });
    expect(decideVote(open, pollId, aPresence('tam'))).toMatchObject({ code: 'secret-vote' });
    expect(decideVote(open, pollId, aPresence('tam'), 'secret').ok).toBe(true);
    expect(decideVote(withOpen(), pollId, aPresence('tam'), 'secret')).toMatchObject({ code: 'poll-not-open' });
    expect(decideVote(open, pollId, undefined, 'secret')).toMatchObject({ code: 'not-present' });
  });

  it('tells everyone when all chose the same', () => {
    expect(isUnanimous(hands(3))).toBe(true);
    expect(isUnanimous({ agree: 3, disagree: 1, other: 0 })).toBe(false);
    expect(isUnanimous(hands(0))).toBe(false);
  });

  it('shows no result before it is published, and no question before it is open', () => {
    const seen = (meeting: ReturnType<typeof withOpen>) => livePolls(meeting.polls, theDay);
    expect(seen(withQuestion())).toEqual([]);
    for (const meeting of [withOpen(), withClosed()]) expect(seen(meeting)[0]).not.toHaveProperty('result');
  });

  it('spreads its voters evenly and always the same way', () => {
    const ids = Array.from({ length: 600 }, (_, at) => `${at.toString(36)}-thanh-vien` as MemberId);
    const sizes = [0, 0, 0, 0];
    for (const id of ids) {
      const shard = shardOf(id, 4);
      expect(shardOf(id, 4)).toBe(shard);
      sizes[shard] = (sizes[shard] ?? 0) + 1;
    }
    for (const size of sizes) expect(Math.abs(size - 150)).toBeLessThan(50);
  });

  it('is counted whatever the order of its ballots', () => {
    const ballot = fc.record({
      choice: fc.constantFrom<Choice>('agree', 'disagree', 'other'),
      at: fc.constant(announced),
    });
    fc.assert(
      fc.property(fc.array(ballot), (ballots) => {
        expect(tallyOf(ballots.toReversed())).toEqual(tallyOf(ballots));
        expect(totalOf(tallyOf(ballots))).toBe(ballots.length);
      }),
    );
  });
});
