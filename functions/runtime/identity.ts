import * as v from 'valibot';
import { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { allows, Grant, type Permission } from '#shared/kernel/permissions.ts';
import { Instant, millisecondsOf } from '#shared/kernel/time.ts';
import { type Pass, readPass } from './pass.ts';
import { type Key, openTable } from './table.ts';

/**
 * The identity table: what every function may read and only `members` writes. Its keys live here, because the guard
 * reads it for every context.
 */
export const identityKeys = {
  person: (memberId: MemberId): Key => ({ pk: `PERSON#${memberId}`, sk: 'IDENTITY' }),
  unit: (unitId: UnitId): Key => ({ pk: `UNIT#${unitId}`, sk: 'CHAIN' }),
  passKeys: (): Key => ({ pk: 'PASS-KEYS', sk: 'PUBLIC' }),
};

/** A session as the guard sees it. */
export const LiveSession = v.object({
  version: v.number(),
  kind: v.picklist(['member', 'staff']),
  /** Acts that bind others are allowed until then. */
  stepUpUntil: v.optional(Instant),
});

/** One person: who, unit, roles, live sessions. One read answers all that the guard asks. */
export const Identity = v.object({
  memberId: MemberId,
  /** As on the party card; shown on the slip before a sign-in, and to the secretary who approves a device. */
  name: v.string(),
  birthYear: v.number(),
  unitId: UnitId,
  grants: v.array(Grant),
  sessions: v.record(v.string(), LiveSession),
});
export type Identity = v.InferOutput<typeof Identity>;

/** Who acts: the identity together with the session he acts in. */
export interface Actor {
  readonly memberId: MemberId;
  readonly unitId: UnitId;
  readonly grants: readonly Grant[];
  readonly sessionId: Pass['sessionId'];
  readonly kind: 'member' | 'staff';
  readonly stepUpUntil?: Instant | undefined;
}

const table = openTable('IDENTITY_TABLE');
const PassKeys = v.object({ keys: v.record(v.string(), v.string()) });
const Chain = v.object({ chain: v.array(UnitId) });

let passKeys: { keys: Readonly<Record<string, string>>; at: number } | undefined;
const PASS_KEYS_AGE_MS = 5 * 60_000;
const UNKNOWN_KEY_PAUSE_MS = 5_000;

/** The pass in this cookie, if it is genuine and in time. An unknown key id is looked up again, at most every 5 s. */
export const passOf = async (cookie: string, now: Instant): Promise<Pass | undefined> => {
  const at = millisecondsOf(now);
  if (!passKeys || at - passKeys.at > PASS_KEYS_AGE_MS || at < passKeys.at) await loadPassKeys(at);
  const first = readPass(cookie, passKeys?.keys ?? {}, now);
  if (first !== 'unknown-key') return first;
  if (at - (passKeys?.at ?? 0) > UNKNOWN_KEY_PAUSE_MS) await loadPassKeys(at);
  const second = readPass(cookie, passKeys?.keys ?? {}, now);
  return second === 'unknown-key' ? undefined : second;
};

const loadPassKeys = async (at: number): Promise<void> => {
  const item = await table.get(identityKeys.passKeys());
  passKeys = { keys: item ? v.parse(PassKeys, item).keys : {}, at };
};

/** The actor of a genuine pass, or nothing when his session was ended or renewed to a later version. */
export const actorOf = async (pass: Pass): Promise<Actor | undefined> => {
  const item = await table.get(identityKeys.person(pass.memberId));
  if (!item) return undefined;
  const identity = v.parse(Identity, item);
  const session = identity.sessions[pass.sessionId];
  if (session === undefined || session.version !== pass.version) return undefined;
  return {
    memberId: identity.memberId,
    unitId: identity.unitId,
    grants: identity.grants,
    sessionId: pass.sessionId,
    kind: session.kind,
    stepUpUntil: session.stepUpUntil,
  };
};

// the tree changes a few times a year; a minute's age bounds how long an old chain can answer
const chains = new Map<UnitId, { chain: readonly UnitId[]; at: number }>();
const CHAIN_AGE_MS = 60_000;
const CHAINS_KEPT = 500;

/** A unit and its parents up to the root; empty when there is no such unit. */
export const chainOf = async (unitId: UnitId, now: Instant): Promise<readonly UnitId[]> => {
  const at = millisecondsOf(now);
  const known = chains.get(unitId);
  if (known && Math.abs(at - known.at) < CHAIN_AGE_MS) return known.chain;
  const item = await table.get(identityKeys.unit(unitId));
  if (!item) return [];
  const { chain } = v.parse(Chain, item);
  if (chains.size >= CHAINS_KEPT) chains.clear();
  chains.set(unitId, { chain, at });
  return chain;
};

/** Whether the actor may do this at the unit. His own unit needs no look at the tree. */
export const mayAt = async (actor: Actor, permission: Permission, unitId: UnitId, now: Instant): Promise<boolean> =>
  allows(actor.grants, permission, [unitId], now) || allows(actor.grants, permission, await chainOf(unitId, now), now);
