import type { MemberId, PollId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import type { VotingState } from '#shared/members/model.ts';
import tables from './decisions.json' with { type: 'json' };
import { type Attendance, dayOfMeeting, type Meeting, type MeetingIn, type RollMember } from './model.ts';
import type { Poll, PollIn, PollResult, VotingBase } from './poll.ts';
import type { Ballot, DecisionId, LivePoll, Tally } from './shown.ts';

/** A decision as the rule in force on its day has it. */
export interface Decision {
  readonly id: DecisionId;
  readonly name: string;
  /** Passed by more than, or by at least, this share of the base: [numerator, denominator]. */
  readonly moreThan?: readonly number[];
  readonly atLeast?: readonly number[];
  /** Whether a tap may stand for a vote; otherwise the app records what was counted. */
  readonly electronic: boolean;
  /** Whether the branch may choose a secret vote on phones. */
  readonly secret?: boolean;
  readonly rule: string;
}

const inForce = (day: Day) => {
  const table = tables.filter(({ validFrom }) => validFrom <= day).at(-1) ?? tables[0];
  if (!table) throw new Error('decisions.json is empty');
  return table;
};

/** All decisions that can be put to the vote on a day. */
export const decisionsOn = (day: Day): readonly Decision[] => inForce(day).decisions as readonly Decision[]; // checked by the table's test

export const decisionOn = (id: DecisionId, day: Day): Decision => {
  const decision = decisionsOn(day).find((one) => one.id === id);
  if (!decision) throw new Error(`decisions.json has no ${id}`);
  return decision;
};

/** How a member in this state counts: `always`, `never`, or `if-present`, and by which rule. Source: domain.md §3.3. */
export const countsAs = (state: VotingState, day: Day): { readonly counts: string; readonly rule: string } =>
  inForce(day).states[state];

/**
 * The base of a vote on a day: official members, minus those temporarily elsewhere, exempt and absent, suspended,
 * prosecuted or held; everyone left out is named with his rule. It is the same for every decision; what differs is the
 * majority. Source: domain.md §3.3 [T-294 §9.3].
 */
export const votingBase = (
  decision: Decision,
  roll: readonly RollMember[],
  attendance: readonly Attendance[],
  day: Day,
): VotingBase => {
  const here = new Set(attendance.filter(({ status }) => status === 'present').map(({ memberId }) => memberId));
  const out: VotingBase['out'] = [];
  let members = 0;
  let present = 0;
  for (const { memberId, state } of roll) {
    const { counts, rule } = countsAs(state, day);
    if (counts === 'always' || (counts === 'if-present' && here.has(memberId))) {
      members += 1;
      if (here.has(memberId)) present += 1;
    } else out.push({ memberId, rule: `${rule}; ${decision.rule}` });
  }
  return { members, present, out };
};

/** Those whose phones may vote once they are in the hall. */
export const votersOf = (decision: Decision, roll: readonly RollMember[], day: Day): readonly MemberId[] =>
  decision.electronic
    ? roll.filter(({ state }) => countsAs(state, day).counts !== 'never').map(({ memberId }) => memberId)
    : [];

/** Whether so many in favour carry the decision. A base of nobody carries nothing. */
export const carries = (decision: Decision, agree: number, base: number): boolean => {
  if (base === 0) return false;
  const [top = 1, bottom = 1] = decision.moreThan ?? decision.atLeast ?? [];
  return decision.moreThan ? agree * bottom > base * top : agree * bottom >= base * top;
};

/** Ballots that stand in one item: ten of them keep it near 1 KB, what one write unit holds. Source: access.md §5. */
export const VOTERS_PER_SHARD = 10;

/** The item in which a member's ballot stands. Any even spreading will do; this is FNV-1a. */
export const shardOf = (memberId: MemberId, shards: number): number => {
  let hash = 0x811c9dc5;
  for (const letter of memberId) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return hash % shards;
};

export const pollOf = (meeting: Meeting, pollId: PollId): Poll | undefined =>
  meeting.state === 'open' || meeting.state === 'closed'
    ? meeting.polls.find((poll) => poll.pollId === pollId)
    : undefined;

const withPoll = (meeting: MeetingIn<'open'>, poll: Poll): MeetingIn<'open'> => ({
  ...meeting,
  polls: meeting.polls.some(({ pollId }) => pollId === poll.pollId)
    ? meeting.polls.map((one) => (one.pollId === poll.pollId ? poll : one))
    : [...meeting.polls, poll],
  version: meeting.version + 1,
});

/** Votes of one meeting at most. */
export const MOST_POLLS = 20;

/** Puts a question, not yet to the vote; the same id again is the same question. Refusals: wrong-state, too-many, paper-only. */
export const decideQuestion = (
  meeting: Meeting,
  poll: PollIn<'created'>,
): Result<MeetingIn<'open'>, 'wrong-state' | 'too-many' | 'paper-only'> => {
  if (meeting.state !== 'open') return refuse('wrong-state');
  if (pollOf(meeting, poll.pollId)) return ok(meeting);
  if (poll.secret && !decisionOn(poll.decision, dayOfMeeting(meeting)).secret) return refuse('paper-only');
  return meeting.polls.length >= MOST_POLLS ? refuse('too-many') : ok(withPoll(meeting, poll));
};

/** Takes back a question that nobody could vote on yet; what was opened stands. Again is the same. */
export const decideWithdrawQuestion = (meeting: Meeting, pollId: PollId): Result<MeetingIn<'open'>, 'wrong-state'> => {
  if (meeting.state !== 'open') return refuse('wrong-state');
  const poll = pollOf(meeting, pollId);
  if (!poll) return ok(meeting);
  if (poll.state !== 'created') return refuse('wrong-state');
  return ok({ ...meeting, polls: meeting.polls.filter((one) => one !== poll), version: meeting.version + 1 });
};

type PollRefusal = 'wrong-state' | 'not-found';

/** Opens a vote: the base and those who may vote are taken from the roll of this moment. Again is the same. */
export const decideOpenPoll = (
  meeting: Meeting,
  pollId: PollId,
  hall: {
    readonly roll: readonly RollMember[];
    readonly attendance: readonly Attendance[];
    readonly now: Instant;
    /** Name of the key of a secret vote. */
    readonly ballotKey?: string | undefined;
  },
): Result<{ readonly meeting: MeetingIn<'open'>; readonly voters: readonly MemberId[] }, PollRefusal> => {
  const poll = pollOf(meeting, pollId);
  if (!poll) return refuse('not-found');
  if (meeting.state !== 'open') return refuse('wrong-state');
  if (poll.state === 'open') return ok({ meeting, voters: [] });
  if (poll.state !== 'created') return refuse('wrong-state');
  const day = dayOfMeeting(meeting);
  const decision = decisionOn(poll.decision, day);
  const voters = votersOf(decision, hall.roll, day);
  const open: Poll = {
    ...poll,
    state: 'open',
    openedAt: hall.now,
    shards: Math.ceil(voters.length / VOTERS_PER_SHARD),
    base: votingBase(decision, hall.roll, hall.attendance, day),
    ...(poll.secret && { ballotKey: hall.ballotKey }),
  };
  return ok({ meeting: withPoll(meeting, open), voters });
};

type VoteRefusal = 'not-found' | 'meeting-closed' | 'poll-not-open' | 'not-present' | 'paper-only' | 'secret-vote';

/** Whether this member may vote now, by name or with a secret ballot; whether he is of the base and has not voted is decided by the write itself. */
export const decideVote = (
  meeting: Meeting,
  pollId: PollId,
  attendance: Attendance | undefined,
  by: 'name' | 'secret' = 'name',
): Result<PollIn<'open'>, VoteRefusal> => {
  if (meeting.state === 'closed') return refuse('meeting-closed');
  const poll = pollOf(meeting, pollId);
  if (!poll) return refuse('not-found');
  if (poll.state !== 'open') return refuse('poll-not-open');
  if (!decisionOn(poll.decision, dayOfMeeting(meeting)).electronic) return refuse('paper-only');
  if (Boolean(poll.secret) !== (by === 'secret')) return refuse(poll.secret ? 'secret-vote' : 'poll-not-open');
  return attendance?.status === 'present' ? ok(poll) : refuse('not-present');
};

/** Closes a vote at one instant for all its ballots. Again is the same. */
export const decideClosePoll = (
  meeting: Meeting,
  pollId: PollId,
  now: Instant,
): Result<MeetingIn<'open'>, PollRefusal> => {
  const poll = pollOf(meeting, pollId);
  if (!poll) return refuse('not-found');
  if (meeting.state !== 'open' || poll.state === 'created') return refuse('wrong-state');
  if (poll.state !== 'open') return ok(meeting);
  return ok(withPoll(meeting, { ...poll, state: 'closed', closedAt: now }));
};

export const totalOf = ({ agree, disagree, other }: Tally): number => agree + disagree + other;

/** Counts the ballots of phones. */
export const tallyOf = (ballots: readonly Pick<Ballot, 'choice'>[]): Tally => {
  const of = (choice: Ballot['choice']) => ballots.filter((ballot) => ballot.choice === choice).length;
  return { agree: of('agree'), disagree: of('disagree'), other: of('other') };
};

/**
 * Adds the hands and papers counted in the hall to the phones and publishes the result, each part kept. Only those of the
 * base who are present and have no ballot from a phone can raise a hand or drop a paper, so nobody is counted twice; whoever
 * lost a secret ballot before it was in the box votes on paper. What was counted in the hall, somebody else has watched.
 * Refusals: wrong-state, not-found, hands-too-many, witness-missing.
 */
export const decideResult = (
  meeting: Meeting,
  pollId: PollId,
  count: {
    readonly ballots: readonly Pick<Ballot, 'choice'>[];
    readonly hands: Tally;
    readonly papers?: Tally | undefined;
    readonly witnessId?: MemberId | undefined;
    /** Who publishes: he is not his own witness. */
    readonly by: MemberId;
    readonly roll: readonly RollMember[];
    readonly attendance: readonly Attendance[];
    readonly now: Instant;
  },
): Result<MeetingIn<'open'>, PollRefusal | 'hands-too-many' | 'witness-missing'> => {
  const poll = pollOf(meeting, pollId);
  if (!poll) return refuse('not-found');
  if (poll.state === 'published' && meeting.state === 'open') return ok(meeting);
  if (meeting.state !== 'open' || poll.state !== 'closed') return refuse('wrong-state');
  const day = dayOfMeeting(meeting);
  const decision = decisionOn(poll.decision, day);
  const base = votingBase(decision, count.roll, count.attendance, day);
  const phones = tallyOf(count.ballots);
  const { hands, papers = nobody, witnessId } = count;
  if (totalOf(hands) + totalOf(papers) > base.present - totalOf(phones)) return refuse('hands-too-many');
  const watched = count.attendance.some(({ memberId, status }) => memberId === witnessId && status === 'present');
  if (totalOf(hands) + totalOf(papers) > 0 && (!watched || witnessId === count.by)) return refuse('witness-missing');
  const passed = carries(decision, phones.agree + hands.agree + papers.agree, base.members);
  const witness = watched && witnessId ? { witness: { memberId: witnessId } } : {};
  const result: PollResult = { phones, hands, papers, ...witness, base, passed };
  return ok(withPoll(meeting, { ...poll, state: 'published', result, publishedAt: count.now }));
};

const nobody: Tally = { agree: 0, disagree: 0, other: 0 };

/** The witness says on his own phone that the count in the hall was so; again is the same. Refusals: not-found, wrong-state, not-allowed. */
export const decideWitness = (
  meeting: Meeting,
  pollId: PollId,
  by: { readonly memberId: MemberId; readonly now: Instant },
): Result<MeetingIn<'open'> | MeetingIn<'closed'>, PollRefusal | 'not-allowed'> => {
  const poll = pollOf(meeting, pollId);
  if (!poll || (meeting.state !== 'open' && meeting.state !== 'closed')) return refuse('not-found');
  if (poll.state !== 'published') return refuse('wrong-state');
  const { witness } = poll.result;
  if (witness?.memberId !== by.memberId) return refuse('not-allowed');
  if (witness.confirmedAt) return ok(meeting);
  const result = { ...poll.result, witness: { ...witness, confirmedAt: by.now } };
  const polls = meeting.polls.map((one) => (one.pollId === pollId ? { ...poll, result } : one));
  return ok({ ...meeting, polls, version: meeting.version + 1 });
};

/** What everyone sees of the votes: a result only once it is published. Source: product.md R11. */
export const livePolls = (polls: readonly Poll[], day: Day): LivePoll[] =>
  polls.flatMap((poll): LivePoll[] => {
    if (poll.state === 'created') return [];
    const { pollId, question, decision, state } = poll;
    const key = poll.ballotKey === undefined ? {} : { ballotKey: poll.ballotKey };
    const seen = { pollId, question, decision, state, electronic: decisionOn(decision, day).electronic, ...key };
    return [poll.state === 'published' ? { ...seen, result: seenResult(poll.result) } : seen];
  });

/** All parts of a result together. */
export const wholeTally = ({
  phones,
  hands,
  papers = nobody,
}: Pick<PollResult, 'phones' | 'hands' | 'papers'>): Tally => ({
  agree: phones.agree + hands.agree + papers.agree,
  disagree: phones.disagree + hands.disagree + papers.disagree,
  other: phones.other + hands.other + papers.other,
});

const seenResult = (result: PollResult): NonNullable<LivePoll['result']> => ({
  ...wholeTally(result),
  base: result.base.members,
  passed: result.passed,
});

/** In a vote of so few, or when all chose the same, everyone knows what each chose. Source: access.md §5. */
export const FEW_VOTERS = 5;
export const isUnanimous = ({ agree, disagree, other }: Tally): boolean =>
  [agree, disagree, other].filter((count) => count > 0).length === 1;
