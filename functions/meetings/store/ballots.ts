import * as v from 'valibot';
import type { Item, Part } from '#runtime/table.ts';
import type { MemberId, PollId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { Instant } from '#shared/kernel/time.ts';
import type { Meeting } from '#shared/meetings/model.ts';
import type { Poll, PollIn } from '#shared/meetings/poll.ts';
import { Ballot } from '#shared/meetings/shown.ts';
import { shardOf } from '#shared/meetings/voting.ts';
import { evening, key, type MeetingRef, table } from './keys.ts';
import { innerPart } from './meetings.ts';

const Shard = v.object({ ballots: v.record(v.string(), Ballot) });

/** Opens a vote: its shards, each with those who may vote in it, come to be together with the meeting's own change. */
export const recordOpenPoll = async (
  meeting: Meeting,
  poll: PollIn<'open'>,
  voters: readonly MemberId[],
  now: Instant,
): Promise<boolean> => {
  const shards: Part[] = Array.from({ length: poll.shards }, (_, shard) => ({
    put: {
      ...key.shard(meeting, poll.pollId, shard),
      state: 'open',
      voters: Object.fromEntries(
        voters.filter((memberId) => shardOf(memberId, poll.shards) === shard).map((memberId) => [memberId, 1]),
      ),
      ballots: {},
      given: {},
    },
  }));
  return (await table.together([innerPart(meeting, now), ...shards])).done;
};

/** Ends a vote at one instant: the state of all its shards changes in one transaction with the meeting's own. */
export const recordClosePoll = async (meeting: Meeting, poll: PollIn<'closed'>, now: Instant): Promise<boolean> => {
  const shards: Part[] = Array.from({ length: poll.shards }, (_, shard) => ({
    change: key.shard(meeting, poll.pollId, shard),
    to: { set: { state: 'closed' }, onlyIf: { expression: '#state = :open', values: { open: 'open' } } },
  }));
  return (await table.together([innerPart(meeting, now), ...shards])).done;
};

/**
 * One write: sets my ballot if the vote is open, I am of its voters and have none. A vote that loses the race with the
 * closing was never thanked for; one that wins is in the tally, since both change the same item. Source: access.md §5.
 */
export const recordBallot = async (
  ref: MeetingRef,
  poll: PollIn<'open'>,
  memberId: MemberId,
  ballot: Ballot,
): Promise<Result<Ballot, 'poll-not-open' | 'no-vote' | 'already-voted'>> => {
  const mine = nameOf(memberId);
  const written = await table.change(key.shard(ref, poll.pollId, shardOf(memberId, poll.shards)), {
    set: { [`ballots.${memberId}`]: ballot },
    onlyIf: {
      expression: `#state = :open AND attribute_exists(#voters.${mine}) AND attribute_not_exists(#ballots.${mine})`,
      values: { open: 'open' },
    },
  });
  if (written.done) return ok(ballot);
  const shard = written.existing && v.parse(ShardFull, written.existing);
  const standing = shard?.ballots[memberId];
  if (standing) return standing.choice === ballot.choice ? ok(standing) : refuse('already-voted');
  if (shard?.voters[memberId] === undefined) return refuse('no-vote');
  return refuse('poll-not-open');
};

const ShardFull = v.object({
  ...Shard.entries,
  voters: v.record(v.string(), v.number()),
  given: v.record(v.string(), v.string()),
});

/**
 * One write: notes that this member got his ballot in a secret vote, if he is of its voters and has none. The blinded ballot's
 * hash is kept, so that the same one may be signed again when the answer was lost. No time stands in it.
 */
export const recordGiven = async (
  ref: MeetingRef,
  poll: PollIn<'open'>,
  memberId: MemberId,
  blindedHash: string,
): Promise<Result<true, 'poll-not-open' | 'no-vote' | 'ballot-given'>> => {
  const mine = nameOf(memberId);
  const written = await table.change(key.shard(ref, poll.pollId, shardOf(memberId, poll.shards)), {
    set: { [`given.${memberId}`]: blindedHash },
    onlyIf: {
      expression: `#state = :open AND attribute_exists(#voters.${mine}) AND attribute_not_exists(#given.${mine})`,
      values: { open: 'open' },
    },
  });
  if (written.done) return ok(true);
  const shard = written.existing && v.parse(ShardFull, written.existing);
  const standing = shard?.given[memberId];
  if (standing !== undefined) return standing === blindedHash ? ok(true) : refuse('ballot-given');
  return shard?.voters[memberId] === undefined ? refuse('no-vote') : refuse('poll-not-open');
};

/** A member's id as the name of an attribute in an expression. */
const nameOf = (memberId: MemberId): string => `#${memberId.replace(/[^A-Za-z0-9_]/g, '_')}`;

/** All ballots of a vote. */
export const ballotsOf = async (ref: MeetingRef, pollId: PollId): Promise<readonly Ballot[]> =>
  ballotsIn(await table.query(evening(ref), { prefix: shardsOf(pollId) }), pollId);

const shardsOf = (pollId: PollId): string => `POLL#${pollId}#SHARD#`;

/** How many members have got a ballot of a secret vote. */
export const givenIn = (items: readonly Item[], pollId: PollId): number =>
  items
    .filter(({ sk }) => sk.startsWith(shardsOf(pollId)))
    .reduce((sum, item) => sum + Object.keys(v.parse(ShardFull, item).given).length, 0);

export const ballotsIn = (items: readonly Item[], pollId: PollId): readonly Ballot[] =>
  items
    .filter(({ sk }) => sk.startsWith(shardsOf(pollId)))
    .flatMap((item) => Object.values(v.parse(Shard, item).ballots));

/** A member's ballot as it stands now, whatever became of the vote since. */
export const standingBallotOf = async (
  ref: MeetingRef,
  poll: Poll,
  memberId: MemberId,
): Promise<Ballot | undefined> => {
  if (poll.state === 'created' || poll.shards === 0) return undefined;
  const item = await table.get(key.shard(ref, poll.pollId, shardOf(memberId, poll.shards)));
  return item && v.parse(Shard, item).ballots[memberId];
};

/** One member's ballots in these votes. */
export const ownBallotsOf = async (
  ref: MeetingRef,
  polls: readonly Poll[],
  memberId: MemberId,
): Promise<Readonly<Record<string, Ballot>>> => {
  const found = await Promise.all(
    polls.map(async (poll) => {
      if (poll.state === 'created' || poll.shards === 0) return [];
      const item = await table.get(key.shard(ref, poll.pollId, shardOf(memberId, poll.shards)), { eventually: true });
      const ballot = item && v.parse(Shard, item).ballots[memberId];
      return ballot ? [[poll.pollId, ballot] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
};
