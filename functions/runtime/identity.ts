import * as v from 'valibot';
import { MemberId, type SessionId, UnitId } from '#shared/kernel/ids.ts';
import { allows, audiencesOf, Grant, type Permission, staffRoles } from '#shared/kernel/permissions.ts';
import { HOUR_MS, Instant, instantOf, millisecondsOf } from '#shared/kernel/time.ts';
import { type Pass, readPass } from './pass.ts';
import { type HowRead, type Item, isNew, type Key, openTable, type Part } from './table.ts';

/**
 * The identity table: what every function may read. `members` writes people and the tree, `access` their sessions. The
 * keys that the guard reads for every context live here.
 */
export const identityKeys = {
  person: (memberId: MemberId): Key => ({ pk: `PERSON#${memberId}`, sk: 'IDENTITY' }),
  unit: (unitId: UnitId): Key => ({ pk: `UNIT#${unitId}`, sk: 'CHAIN' }),
  staff: (staffName: string): Key => ({ pk: `STAFF#${staffName}`, sk: 'PERSON' }),
  passKeys: (): Key => ({ pk: 'PASS-KEYS', sk: 'PUBLIC' }),
  endedPass: (pass: string): Key => ({ pk: `ENDED#${pass}`, sk: 'PASS' }),
};

/** A session as the guard sees it. */
export const LiveSession = v.object({
  version: v.number(),
  kind: v.picklist(['member', 'staff']),
  /** Acts that bind others are allowed until then. */
  stepUpUntil: v.optional(Instant),
});

/** Roles as stored; one that this version does not know grants nothing and harms nothing. */
const StoredGrants = v.pipe(
  v.array(v.unknown()),
  v.transform((stored) =>
    stored.flatMap((grant) => {
      const known = v.safeParse(Grant, grant);
      return known.success ? [known.output] : [];
    }),
  ),
);

/** One person: who, unit, roles, live sessions. One read answers all that the guard asks. */
export const Identity = v.object({
  memberId: MemberId,
  /** As on the party card; shown on the slip before a sign-in, and to the secretary who approves a device. */
  name: v.string(),
  birthYear: v.number(),
  unitId: UnitId,
  grants: StoredGrants,
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
export const actorOf = async (pass: Pass, how: HowRead = {}): Promise<Actor | undefined> => {
  const item = await table.get(identityKeys.person(pass.memberId), how);
  if (!item) return undefined;
  const identity = v.parse(Identity, item);
  const session = identity.sessions[pass.sessionId];
  if (session === undefined || session.version !== pass.version) return undefined;
  return {
    memberId: identity.memberId,
    unitId: identity.unitId,
    grants: grantsIn(session.kind, identity.grants),
    sessionId: pass.sessionId,
    kind: session.kind,
    stepUpUntil: session.stepUpUntil,
  };
};

/**
 * The roles that count in a session. Those above a branch need the second factor of the staff pool: a slip never gives
 * them, whoever holds it. Source: access.md §1.
 */
export const grantsIn = (kind: 'member' | 'staff', grants: readonly Grant[]): readonly Grant[] =>
  kind === 'staff' ? grants : grants.filter(({ role }) => !staffRoles.includes(role));

/** A unit in the tree: itself first, then its parents up to the root. */
const TreeUnit = v.object({ chain: v.array(UnitId), name: v.optional(v.string(), '') });
export type TreeUnit = v.InferOutput<typeof TreeUnit>;

// the tree changes a few times a year; a minute's age bounds how long an old chain can answer
const units = new Map<UnitId, { unit: TreeUnit; at: number }>();
const UNIT_AGE_MS = 60_000;
const UNITS_KEPT = 500;

/** Name and chain of a unit, or nothing when there is no such unit. */
export const unitOf = async (unitId: UnitId, now: Instant): Promise<TreeUnit | undefined> => {
  const at = millisecondsOf(now);
  const known = units.get(unitId);
  if (known && Math.abs(at - known.at) < UNIT_AGE_MS) return known.unit;
  const item = await table.get(identityKeys.unit(unitId));
  if (!item) return undefined;
  const unit = v.parse(TreeUnit, item);
  if (units.size >= UNITS_KEPT) units.clear();
  units.set(unitId, { unit, at });
  return unit;
};

/** A unit and its parents up to the root; empty when there is no such unit. */
export const chainOf = async (unitId: UnitId, now: Instant): Promise<readonly UnitId[]> =>
  (await unitOf(unitId, now))?.chain ?? [];

/** Whether the actor may do this at the unit. His own unit needs no look at the tree. */
export const mayAt = async (actor: Actor, permission: Permission, unitId: UnitId, now: Instant): Promise<boolean> =>
  allows(actor.grants, permission, [unitId], now) || allows(actor.grants, permission, await chainOf(unitId, now), now);

/** Writes a unit's place in the tree. Repeating it is harmless; functions see the change within a minute. */
export const writeChain = async (unitId: UnitId, chain: readonly UnitId[], name: string): Promise<void> => {
  await table.put({ ...identityKeys.unit(unitId), chain, name });
};

const StaffName = v.object({ memberId: MemberId });

/** Whose name this is in the staff pool (`cognito:username` of its token); nothing when it is nobody's. */
export const memberOfStaffName = async (staffName: string): Promise<MemberId | undefined> => {
  const item = await table.get(identityKeys.staff(staffName));
  return item && v.parse(StaffName, item).memberId;
};

/** Gives a staff name to a person, before the pool knows it. False when it is another's; repeating it is harmless. */
export const claimStaffName = async (staffName: string, memberId: MemberId): Promise<boolean> => {
  const claimed = await table.put({ ...identityKeys.staff(staffName), memberId }, isNew);
  return claimed.done || v.parse(StaffName, claimed.existing).memberId === memberId;
};

/** What `members` knows of a person and the guard needs. */
export type Person = Omit<Identity, 'sessions'>;

/** One person by id: where he belongs and which roles he holds; nothing when there is no such person. */
export const personOf = async (memberId: MemberId): Promise<Person | undefined> => {
  const item = await table.get(identityKeys.person(memberId));
  return item && v.parse(Identity, item);
};

/**
 * Writes who a person is and what he may do; his sessions go on. Where he no longer belongs to a unit, the passes he
 * carries end, and his phone renews them by itself. Repeating it is harmless.
 */
export const writePerson = async (person: Person): Promise<void> => {
  const key = identityKeys.person(person.memberId);
  const written = await table.put({ ...key, ...person, sessions: {} }, isNew);
  if (!written.done) await changePerson(person.memberId, () => person);
};

/** Replaces the roles of a person: at his next request they hold. False when there is no such person. */
export const changeGrants = async (memberId: MemberId, grants: readonly Grant[]): Promise<boolean> =>
  changePerson(memberId, (person) => ({ ...person, grants: [...grants] }));

/** Reads, changes and writes under the condition that nobody else did meanwhile. */
const changePerson = async (memberId: MemberId, change: (person: Person) => Person): Promise<boolean> => {
  const key = identityKeys.person(memberId);
  for (let tries = 1; tries <= 8; tries++) {
    const item = await table.get(key);
    if (!item) return false;
    const { sessions, ...before } = v.parse(Identity, item);
    const after = change(before);
    const now = instantOf(Date.now());
    const stillOpen = openedTo(after, now);
    const left = openedTo(before, now).some((name) => !stillOpen.includes(name));
    const ended = left ? Object.entries(sessions) : [];
    const written = await table.together([
      {
        change: key,
        to: {
          set: {
            ...after,
            ...Object.fromEntries(ended.map(([id, { version }]) => [`sessions.${id}.version`, version + 1])),
          },
          onlyIf: {
            expression: '#sessions = :sessions AND #grants = :grants AND #unitId = :unitId',
            values: { sessions: item['sessions'], grants: item['grants'], unitId: item['unitId'] },
          },
        },
      },
      ...ended.map(([id, { version }]) => endedPass(id as SessionId, version, now)),
    ]);
    if (written.done) return true;
  }
  throw new Error(`${memberId} is being changed by too many at once`);
};

/** Units and named audiences whose content the person's passes open now: a role that ended opens nothing, who left nothing at all. */
const openedTo = ({ unitId, grants }: Person, now: Instant): readonly string[] => {
  const held = grants.filter(({ until }) => until === undefined || until > now);
  return held.every(({ from }) => from > now)
    ? []
    : [unitId, ...held.map((grant) => grant.unitId), ...audiencesOf(grants, now)];
};

/** The name by which a pass is known at the edge: one session in one version. */
export const passNameOf = (sessionId: SessionId, version: number): string => `${sessionId}.${version}`;

/** Longest life of a pass and of a content cookie. Source: access.md §3. */
export const PASS_MS = 12 * HOUR_MS;

/** News for the edge that this pass opens nothing any more, written together with what ended it. */
export const endedPass = (sessionId: SessionId, version: number, now: Instant): Part => {
  const pass = passNameOf(sessionId, version);
  const expiresAt = Math.ceil((millisecondsOf(now) + PASS_MS) / 1000);
  return {
    put: { ...identityKeys.endedPass(pass), expiresAt, fact: { type: 'pass-ended', pass, expiresAt } } satisfies Item,
  };
};
