import * as v from 'valibot';
import { exists, isNew, type Key, openTable, type Part } from '#runtime/table.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { BallotOf } from '#shared/meetings/secret.ts';
import { Choice } from '#shared/meetings/shown.ts';

// The box of a secret vote: a table of its own with no stream and no way back in time. What is in it has no member, no
// time and no order; its keys are hashes. Source: access.md §5.
const table = openTable('BALLOTS_TABLE');

// Three partitions, since a grant can name no less: who casts sees the lock, puts into the box and never meets the signer.
const of = (part: 'LOCK' | 'SIGNER' | 'BOX', { unitId, meetingId, pollId }: BallotOf): string =>
  `${part}#${unitId}#${meetingId}#${pollId}`;
const key = {
  /** The public half and the number of lids. */
  lock: (poll: BallotOf): Key => ({ pk: of('LOCK', poll), sk: 'LOCK' }),
  /** The private half, until the closing. */
  signer: (poll: BallotOf): Key => ({ pk: of('SIGNER', poll), sk: 'SIGNER' }),
  /** Whether ballots may still be put in: several, so that a hall does not queue at one. */
  lid: (poll: BallotOf, lid: number): Key => ({ pk: of('LOCK', poll), sk: `LID#${lid}` }),
  ballot: (poll: BallotOf, hash: string): Key => ({ pk: of('BOX', poll), sk: `BALLOT#${hash}` }),
};

const Lock = v.object({ publicKey: v.string(), lids: v.number() });
type Lock = v.InferOutput<typeof Lock>;
const Signer = v.object({ privateKey: v.optional(v.string()) });
const Stored = v.object({ choice: Choice });

/** Voters at one lid. */
const VOTERS_PER_LID = 20;
const lidOf = (hash: string, lids: number): number => Number.parseInt(hash.slice(-4), 16) % lids;

export const lockOf = async (poll: BallotOf): Promise<Lock | undefined> => {
  const item = await table.get(key.lock(poll));
  return item && v.parse(Lock, item);
};

/** Sets up an open box once; a repeat answers the public key of the one that stands. */
export const recordBox = async (
  poll: BallotOf,
  keys: { readonly publicKey: string; readonly privateKey: string },
  voters: number,
): Promise<string> => {
  const lids = Math.max(1, Math.ceil(voters / VOTERS_PER_LID));
  const written = await table.together([
    { put: { ...key.lock(poll), publicKey: keys.publicKey, lids }, onlyIf: isNew },
    { put: { ...key.signer(poll), privateKey: keys.privateKey } },
    ...Array.from({ length: lids }, (_, lid): Part => ({ put: { ...key.lid(poll, lid), open: 1 } })),
  ]);
  return written.done ? keys.publicKey : ((await lockOf(poll))?.publicKey ?? keys.publicKey);
};

/** The private key while the box is open. */
export const signerOf = async (poll: BallotOf): Promise<string | undefined> => {
  const item = await table.get(key.signer(poll));
  return item && v.parse(Signer, item).privateKey;
};

/** Shuts all lids at one instant and throws the private key away: nobody can make a ballot afterwards. Again is the same. */
export const recordBoxShut = async (poll: BallotOf): Promise<void> => {
  const lock = await lockOf(poll);
  if (!lock) return;
  await table.together([
    { change: key.signer(poll), to: { remove: ['privateKey'] } },
    ...Array.from(
      { length: lock.lids },
      (_, lid): Part => ({ change: key.lid(poll, lid), to: { set: { open: 0 }, onlyIf: exists } }),
    ),
  ]);
};

/** Puts a ballot in while the lid is open; the same ballot again is in already. */
export const recordCast = async (
  poll: BallotOf,
  lock: Lock,
  ballot: { readonly hash: string; readonly choice: Choice },
): Promise<Result<true, 'poll-not-open'>> => {
  const written = await table.together([
    {
      check: key.lid(poll, lidOf(ballot.hash, lock.lids)),
      onlyIf: { expression: '#open = :yes', values: { yes: 1 } },
    },
    { put: { ...key.ballot(poll, ballot.hash), choice: ballot.choice }, onlyIf: isNew },
  ]);
  if (written.done || written.failed.some(({ part }) => part === 1)) return ok(true);
  return refuse('poll-not-open');
};

/** All ballots of a box with their hashes, in the order of the hashes. */
export const boxOf = async (poll: BallotOf): Promise<readonly { readonly hash: string; readonly choice: Choice }[]> =>
  (await table.query(of('BOX', poll), { prefix: 'BALLOT#' })).map((item) => ({
    hash: item.sk.slice('BALLOT#'.length),
    choice: v.parse(Stored, item).choice,
  }));
