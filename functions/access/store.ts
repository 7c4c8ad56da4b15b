import * as v from 'valibot';
import { endedPass, grantsIn, Identity, identityKeys } from '#runtime/identity.ts';
import { exists, type Item, isNew, type Key, openTable, type Part } from '#runtime/table.ts';
import { type Opened, Session, type SignedIn, type SignInWay } from '#shared/access/model.ts';
import type { MemberId, SessionId } from '#shared/kernel/ids.ts';
import { DAY_MS, type Day, dayOf, type Instant, millisecondsOf } from '#shared/kernel/time.ts';

const table = openTable('IDENTITY_TABLE');

const keys = {
  signedIn: (memberId: MemberId, now: Instant): Key => ({ pk: `PERSON#${memberId}`, sk: `SIGNED-IN#${dayOf(now)}` }),
  opened: (memberId: MemberId, day: Day): Key => ({ pk: `PERSON#${memberId}`, sk: `OPENED#${day}` }),
  token: (tokenHash: string): Key => ({ pk: `TOKEN#${tokenHash}`, sk: 'USED' }),
};

/** Epoch seconds, as the table's own expiry counts. */
export const secondsAt = (instant: Instant, moreMs = 0): number => Math.ceil((millisecondsOf(instant) + moreMs) / 1000);

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

/** Tells that a person saw a page on this day. The same key all day: told twice is told once. */
export const tellOpened = async ({ memberId, unitId }: KnownPerson, day: Day, now: Instant): Promise<void> => {
  const fact: Opened = { type: 'opened', memberId, unitId, day, at: now };
  await table.put({ ...keys.opened(memberId, day), expiresAt: secondsAt(now, 10 * DAY_MS), fact }, isNew);
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
