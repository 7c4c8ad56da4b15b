import * as v from 'valibot';
import { MemberId, PollId } from '#shared/kernel/ids.ts';
import { Instant } from '#shared/kernel/time.ts';
import { DecisionId, Tally } from './shown.ts';

/** Who counts in a vote and who does not, each of them with the rule that says so. */
export const VotingBase = v.object({
  members: v.number(),
  /** Of the base, those who are in the hall: no more can raise a hand or press a key. */
  present: v.number(),
  out: v.array(v.object({ memberId: MemberId, rule: v.string() })),
});
export type VotingBase = v.InferOutput<typeof VotingBase>;

/** The result of a vote, each part kept. Passing is measured by the base, not by those who voted. */
export const PollResult = v.object({
  phones: Tally,
  /** Raised hands or cards, counted in the hall. */
  hands: Tally,
  /** Paper ballots, counted in the hall. */
  papers: v.optional(Tally),
  /** Who watched the counting in the hall, and when he confirmed it on his own phone. */
  witness: v.optional(v.object({ memberId: MemberId, confirmedAt: v.optional(Instant) })),
  base: VotingBase,
  passed: v.boolean(),
});
export type PollResult = v.InferOutput<typeof PollResult>;

const asked = {
  pollId: PollId,
  question: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(300)),
  decision: DecisionId,
  createdAt: Instant,
  /** Nobody can know who chose what; a ballot is a phone's own until it is in the box. */
  secret: v.optional(v.literal(true)),
};
const opened = {
  ...asked,
  openedAt: Instant,
  /** Items over which the ballots are spread; 0 when phones have no part in it. */
  shards: v.number(),
  /** As it stood at the opening; the result has it as it stood at the end. */
  base: VotingBase,
  /** Name of the key that signs the ballots of a secret vote. */
  ballotKey: v.optional(v.string()),
};

/** A vote by name: it only moves on, and its result is nobody's before it is published. Source: access.md §5. */
export const Poll = v.variant('state', [
  v.object({ state: v.literal('created'), ...asked }),
  v.object({ state: v.literal('open'), ...opened }),
  v.object({ state: v.literal('closed'), ...opened, closedAt: Instant }),
  v.object({
    state: v.literal('published'),
    ...opened,
    closedAt: Instant,
    result: PollResult,
    publishedAt: Instant,
    /** Taken with hands in a hall without a network, at `publishedAt`, and came in only now. */
    sentLater: v.optional(Instant),
  }),
]);
export type Poll = v.InferOutput<typeof Poll>;
export type PollIn<S extends Poll['state']> = Extract<Poll, { state: S }>;
