import * as v from 'valibot';
import { endedPass, grantsIn, Identity, identityKeys } from '#runtime/identity.ts';
import { exists, type Item, isNew, type Key, openTable, type Part } from '#runtime/table.ts';
import { type AccountRepaired, Reopening, Session, type SignedIn, type SignInWay, Slip } from '#shared/access/model.ts';
import { type FailureScope, lives, PIN_TRIES } from '#shared/access/rules.ts';
import { MemberId, type SessionId } from '#shared/kernel/ids.ts';
import { DAY_MS, dayOf, HOUR_MS, type Instant, millisecondsOf } from '#shared/kernel/time.ts';

const table = openTable('IDENTITY_TABLE');

const keys = {
  /** One slip and one move code per person: a new one takes the place of the old. */
  slip: (memberId: MemberId, way: Slip['way']): Key => ({ pk: `PERSON#${memberId}`, sk: `SLIP#${way}` }),
  pin: (memberId: MemberId): Key => ({ pk: `PERSON#${memberId}`, sk: 'PIN' }),
  signedIn: (memberId: MemberId, now: Instant): Key => ({ pk: `PERSON#${memberId}`, sk: `SIGNED-IN#${dayOf(now)}` }),
  repair: (memberId: MemberId, repairId: string): Key => ({ pk: `PERSON#${memberId}`, sk: `REPAIR#${repairId}` }),
  door: (sealedCode: string): Key => ({ pk: `DOOR#${sealedCode}`, sk: 'SLIP' }),
  reopening: (number: string): Key => ({ pk: `REOPEN#${number}`, sk: 'PHONE' }),
  token: (tokenHash: string): Key => ({ pk: `TOKEN#${tokenHash}`, sk: 'USED' }),
  count: (what: string, now: Instant): Key => ({ pk: `COUNT#${what}`, sk: now.slice(0, 13) }),
};

const secondsAt = (instant: Instant, moreMs = 0): number => Math.ceil((millisecondsOf(instant) + moreMs) / 1000);

// --- people and their sessions

/** A person with those of his sessions that this context made. */
export interface KnownPerson extends Omit<Identity, 'sessions'> {
  readonly sessions: Readonly<Record<string, Session>>;
}

export const personOf = async (memberId: MemberId): Promise<KnownPerson | undefined> => {
  const item = await table.get(identityKeys.person(memberId));
  if (!item) return undefined;
  const stored = v.safeParse(v.object({ sessions: v.record(v.string(), v.unknown()) }), item);
  const sessions = Object.entries(stored.success ? stored.output.sessions : {}).flatMap(([id, session]) => {
    const known = v.safeParse(Session, session);
    return known.success ? [[id, known.output] as const] : [];
  });
  return { ...v.parse(Identity, item), sessions: Object.fromEntries(sessions) };
};

/** Whether he holds a role above a branch: such a person signs in with a second factor only. */
export const isStaff = (person: KnownPerson, now: Instant): boolean =>
  person.grants.some(
    (grant) =>
      !grantsIn('member', [grant]).includes(grant) &&
      grant.from <= now &&
      (grant.until === undefined || grant.until > now),
  );

export interface Opening {
  readonly person: KnownPerson;
  readonly sessionId: SessionId;
  readonly session: Session;
  readonly way: SignInWay;
  /** Sessions that make room. */
  readonly drop: readonly string[];
  /** What the session is opened with: the first part must hold, or nothing is done. */
  readonly ticket: readonly Part[];
}

/** Opens a session together with using up its ticket, and tells that the person signed in. False: the ticket was used. */
export const openSession = async (opening: Opening, now: Instant): Promise<boolean> => {
  const { person, sessionId, session, way, drop, ticket } = opening;
  const fact: SignedIn = { type: 'signed-in', memberId: person.memberId, unitId: person.unitId, way, at: now };
  const written = await table.together([
    ...ticket,
    {
      change: identityKeys.person(person.memberId),
      to: {
        set: { [`sessions.${sessionId}`]: session },
        remove: drop.map((id) => `sessions.${id}`),
        onlyIf: exists,
      },
    },
    // the same key all day: told twice is counted once
    { put: { ...keys.signedIn(person.memberId, now), expiresAt: secondsAt(now, 100 * DAY_MS), fact } },
    ...endings(person, drop, now),
  ]);
  return written.done;
};

const endings = (person: KnownPerson, ids: readonly string[], now: Instant): Part[] =>
  ids.flatMap((id) => {
    const session = person.sessions[id];
    return session ? [endedPass(id as SessionId, session.version, now)] : [];
  });

/** Ends sessions for writes at once, and tells the edge. Ending one that is gone changes nothing. */
export const endSessions = async (person: KnownPerson, ids: readonly string[], now: Instant): Promise<void> => {
  if (ids.length === 0) return;
  await table.together([
    {
      change: identityKeys.person(person.memberId),
      to: { remove: ids.map((id) => `sessions.${id}`), onlyIf: exists },
    },
    ...endings(person, ids, now),
  ]);
};

/** Changes fields of a session that still stands; false when it was ended meanwhile. */
export const markSession = async (
  memberId: MemberId,
  sessionId: SessionId,
  fields: Partial<Pick<Session, 'seenAt' | 'until' | 'stepUpUntil'>>,
): Promise<boolean> => {
  const written = await table.change(identityKeys.person(memberId), {
    set: Object.fromEntries(Object.entries(fields).map(([name, value]) => [`sessions.${sessionId}.${name}`, value])),
    // the table names the parts of a path by their letters and digits
    onlyIf: { expression: `attribute_exists(#sessions.#${sessionId.replace(/[^a-z0-9]/g, '_')})` },
  });
  return written.done;
};

// --- slips and codes

export interface NewSlip {
  readonly slip: Slip;
  /** Codes as they are stored: one for scanning, one for typing. */
  readonly doors: readonly string[];
  readonly repaired?: AccountRepaired;
}

/** Writes a slip over any earlier one of the same person, whose doors lead nowhere from now on. */
export const putSlip = async ({ slip, doors, repaired }: NewSlip): Promise<void> => {
  // kept a day longer than it is good for, so that an old one is answered as ended and not as unknown
  const expiresAt = secondsAt(slip.until, DAY_MS);
  const { memberId, way, slipId } = slip;
  await table.together([
    { put: { ...keys.slip(memberId, way), ...slip, expiresAt } },
    ...doors.map((door) => ({ put: { ...keys.door(door), memberId, way, slipId, expiresAt } })),
    ...(repaired ? [{ put: { ...keys.repair(memberId, repaired.repairId), fact: repaired } }] : []),
  ]);
};

export const slipOf = async (memberId: MemberId, way: Slip['way']): Promise<Slip | undefined> => {
  const item = await table.get(keys.slip(memberId, way));
  return item && v.parse(Slip, item);
};

const Door = v.object({ memberId: MemberId, way: v.picklist(['slip', 'moved']), slipId: v.string() });

/** The slip behind a code; an earlier slip of the person counts as used up. */
export const slipBehind = async (door: string): Promise<Slip | undefined> => {
  const item = await table.get(keys.door(door));
  if (!item) return undefined;
  const { memberId, way, slipId } = v.parse(Door, item);
  const slip = await slipOf(memberId, way);
  return slip?.slipId === slipId ? slip : undefined;
};

/** The part of an opening that uses the slip up, for this phone and no other. */
export const useSlip = (slip: Slip, nonceHash: string, now: Instant): Part => ({
  change: keys.slip(slip.memberId, slip.way),
  to: {
    set: { used: { at: now, nonceHash } },
    onlyIf: { expression: '#slipId = :slipId AND attribute_not_exists(#used)', values: { slipId: slip.slipId } },
  },
});

export const countWrongYear = async (slip: Slip): Promise<void> => {
  await table.change(keys.slip(slip.memberId, slip.way), { add: { wrongYears: 1 }, onlyIf: exists });
};

/** Voids an unused slip. Voiding twice, or none, changes nothing. */
export const voidSlip = async (memberId: MemberId, now: Instant): Promise<void> => {
  await table.change(keys.slip(memberId, 'slip'), {
    set: { until: now },
    onlyIf: { expression: 'attribute_exists(#pk) AND attribute_not_exists(#used)' },
  });
};

// --- counting what goes wrong

const Count = v.object({ count: v.number() });
const countName = (scope: FailureScope, of: string): string => `WRONG-CODE#${scope}#${of}`;

/** Wrong codes of this hour under the scope. */
export const failuresOf = async (scope: FailureScope, of: string, now: Instant): Promise<number> => {
  const item = await table.get(keys.count(countName(scope, of), now));
  return item ? v.parse(Count, item).count : 0;
};

export const countFailure = (scope: FailureScope, of: string, now: Instant): Promise<number> =>
  countUp(countName(scope, of), now);

/** Counts one more in this hour and answers how many there are now. */
export const countUp = async (what: string, now: Instant): Promise<number> => {
  const written = await table.change(keys.count(what, now), {
    add: { count: 1 },
    set: { expiresAt: secondsAt(now, 2 * HOUR_MS) },
  });
  return written.done ? v.parse(Count, written.item).count : 0;
};

// --- PIN

/** How a PIN is stored, and the tries since it was last right. A cleared one has no hash. */
const PinRecord = v.object({ salt: v.optional(v.string()), hash: v.optional(v.string()), tries: v.number() });
export interface StoredPin {
  readonly salt: string;
  readonly hash: string;
}

export const pinStateOf = async (memberId: MemberId): Promise<'none' | 'set' | 'blocked'> => {
  const item = await table.get(keys.pin(memberId));
  const pin = item && v.parse(PinRecord, item);
  if (pin?.hash === undefined) return 'none';
  return pin.tries >= PIN_TRIES ? 'blocked' : 'set';
};

/** Counts a try before the PIN is compared, so that tries side by side are counted too. */
export const takePinTry = async (memberId: MemberId): Promise<StoredPin | 'missing' | 'blocked'> => {
  const written = await table.change(keys.pin(memberId), {
    add: { tries: 1 },
    onlyIf: { expression: 'attribute_exists(#hash) AND #tries < :most', values: { most: PIN_TRIES } },
  });
  const { salt, hash } = written.done ? v.parse(PinRecord, written.item) : (written.existing ?? {});
  if (typeof salt !== 'string' || typeof hash !== 'string') return 'missing';
  return written.done ? { salt, hash } : 'blocked';
};

/** The first PIN: false when one stands already. */
export const putFirstPin = async (memberId: MemberId, pin: StoredPin): Promise<boolean> => {
  const written = await table.put(
    { ...keys.pin(memberId), ...pin, tries: 0 },
    { expression: 'attribute_not_exists(#hash)' },
  );
  return written.done;
};

/** After the right PIN: tries begin anew, with another PIN where one was chosen. */
export const settlePin = async (memberId: MemberId, next?: StoredPin): Promise<void> => {
  await table.change(keys.pin(memberId), { set: { tries: 0, ...next }, onlyIf: exists });
};

/** The person may choose a first PIN again. Clearing none changes nothing. */
export const clearStoredPin = async (memberId: MemberId): Promise<void> => {
  await table.change(keys.pin(memberId), { set: { tries: 0 }, remove: ['salt', 'hash'], onlyIf: exists });
};

// --- phones that wait for a secretary

/** False when the number is another waiting phone's. */
export const putReopening = async (reopening: Reopening): Promise<boolean> => {
  const written = await table.put(
    { ...keys.reopening(reopening.number), ...reopening, expiresAt: secondsAt(reopening.until, lives.repeat) },
    {
      expression: 'attribute_not_exists(#pk) OR #until < :now',
      values: { now: reopening.askedAt },
    },
  );
  return written.done;
};

export const reopeningOf = async (number: string): Promise<Reopening | undefined> => {
  const item = await table.get(keys.reopening(number));
  return item && v.parse(Reopening, item);
};

/** Approves the phone for one person. A repeat by the same names is the same approval. */
export const approveReopening = async (
  reopening: Reopening,
  repaired: AccountRepaired,
  now: Instant,
): Promise<boolean> => {
  const written = await table.together([
    {
      change: keys.reopening(reopening.number),
      to: {
        set: { approved: { memberId: repaired.memberId, by: repaired.by, at: now } },
        onlyIf: {
          expression: '#askedAt = :askedAt AND #until > :now AND attribute_not_exists(#approved)',
          values: { askedAt: reopening.askedAt, now },
        },
      },
    },
    { put: { ...keys.repair(repaired.memberId, repaired.repairId), fact: repaired } },
  ]);
  return written.done;
};

/** The part of an opening that uses the approval up. */
export const useReopening = (reopening: Reopening, now: Instant): Part => ({
  change: keys.reopening(reopening.number),
  to: {
    set: { usedAt: now },
    onlyIf: {
      expression: '#askedAt = :askedAt AND attribute_exists(#approved) AND attribute_not_exists(#usedAt)',
      values: { askedAt: reopening.askedAt },
    },
  },
});

// --- staff tokens and public keys

/** The part of an opening that uses a token of the staff pool up. */
export const useToken = (tokenHash: string, now: Instant): Part => ({
  put: { ...keys.token(tokenHash), expiresAt: secondsAt(now, DAY_MS) } satisfies Item,
  onlyIf: isNew,
});

const PublishedKeys = v.object({ keys: v.record(v.string(), v.string()) });

export const publishedPassKeys = async (): Promise<Readonly<Record<string, string>>> => {
  const item = await table.get(identityKeys.passKeys());
  return item ? v.parse(PublishedKeys, item).keys : {};
};

export const publishPassKeys = async (passKeys: Readonly<Record<string, string>>): Promise<void> => {
  await table.put({ ...identityKeys.passKeys(), keys: passKeys });
};
