import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { env } from '#runtime/env.ts';
import { grantsIn, passNameOf, unitOf } from '#runtime/identity.ts';
import { signPass } from '#runtime/pass.ts';
import type { Own, Session } from '#shared/access/model.ts';
import { letInLately, passUntil, unitsOpened, weekOf } from '#shared/access/rules.ts';
import type { MemberId, SessionId, UnitId } from '#shared/kernel/ids.ts';
import { audiencesOf } from '#shared/kernel/permissions.ts';
import { addMilliseconds, DAY_MS, type Instant, instantOf, MINUTE_MS, millisecondsOf } from '#shared/kernel/time.ts';
import { contentKeyId, contentKeyOf, passKeyId, passKeyOf } from './keys.ts';
import { ensureKeys } from './published-keys.ts';
import type { KnownPerson } from './store.ts';

/** Names, paths and attributes of the three cookies. Source: access.md §3. */
const cookie = (name: string, path: string, value: string, maxAgeSeconds: number): string =>
  `${name}${env('COOKIE_SUFFIX')}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=Lax`;
const SESSION = ['__Secure-session', '/api/session'] as const;
const PASS = ['__Host-pass', '/'] as const;
const CONTENT = ['__Secure-content', '/content'] as const;

/** What the session cookie holds: whose and which session it is, and its secret. */
export interface SessionCookie {
  readonly memberId: MemberId;
  readonly sessionId: SessionId;
  readonly secret: string;
}

/** The session cookie of this request, if there is one of the right form. */
export const sessionCookieOf = (cookies: Readonly<Record<string, string>>): SessionCookie | undefined => {
  const found = /^([a-z0-9-]{1,48})\.([a-z0-9-]{1,48})\.([A-Za-z0-9_-]{43})$/.exec(
    cookies[`${SESSION[0]}${env('COOKIE_SUFFIX')}`] ?? '',
  );
  // the pattern is that of the ids
  return found
    ? { memberId: found[1] as MemberId, sessionId: found[2] as SessionId, secret: found[3] ?? '' }
    : undefined;
};

/** What is kept of a session's secret: it has 256 random bits, so a plain hash gives nothing away. */
export const secretHashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export const sameText = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

interface Answering {
  readonly person: KnownPerson;
  readonly sessionId: SessionId;
  readonly session: Session;
  /** Where the session cookie is set anew. */
  readonly secret?: string;
  readonly now: Instant;
  readonly setCookie: (cookie: string) => void;
}

/** Gives a fresh pass and content cookie, and tells the person who he is here. */
export const answerOwn = async (answering: Answering): Promise<Own> => {
  const { person, sessionId, session, secret, now, setCookie } = answering;
  await ensureKeys(now);
  const { memberId, name, unitId } = person;
  const grants = grantsIn(session.kind, person.grants).filter(({ until }) => until === undefined || until > now);
  // what a role opens ends with the role: the pass is renewed then
  const ends = grants.flatMap((grant) => (grant.until === undefined ? [] : [grant.until]));
  const until = [passUntil(session, now), ...ends].sort()[0] ?? now;
  const seconds = (instant: Instant) => Math.floor((millisecondsOf(instant) - millisecondsOf(now)) / 1000);
  const expires = Math.floor(millisecondsOf(until) / 1000);
  const units = await namedChain(unitId, now);
  const elsewhere = [...new Set(grants.filter(({ from }) => from <= now).map((grant) => grant.unitId))];
  const chains = await Promise.all(elsewhere.filter((id) => id !== unitId).map((id) => namedChain(id, now)));
  // who left, or may not take part for a time, holds no role today: he may see who he is, and nothing of any unit
  const holds = grants.some(({ from }) => from <= now);
  const opened = holds ? unitsOpened([units, ...chains].map((chain) => chain.map((unit) => unit.unitId))) : [];
  const letIn = letInLately(person.sessions, sessionId, now);
  const week = weekOf(now);
  const pass = { memberId, sessionId, version: session.version, kind: session.kind, expires };
  setCookie(cookie(...PASS, signPass(pass, passKeyId(week), (await passKeyOf(week)).secret), seconds(until)));
  const claims = {
    pass: passNameOf(sessionId, session.version),
    expires,
    units: [...opened, ...audiencesOf(grants, now)],
  };
  setCookie(cookie(...CONTENT, await contentCookie(week, claims), seconds(until)));
  if (secret !== undefined) {
    const sessionSeconds = Math.min(seconds(session.until), (90 * DAY_MS) / 1000);
    setCookie(cookie(...SESSION, `${memberId}.${sessionId}.${secret}`, sessionSeconds));
  }
  return {
    memberId,
    name,
    unitId,
    units: [...units],
    grants,
    kind: session.kind,
    sessionId,
    stepUpUntil: session.stepUpUntil,
    passUntil: instantOf(expires * 1000),
    sessionUntil: session.until,
    ...(letIn.length > 0 && { letIn: [...letIn] }),
  };
};

/** Life of a grant for one object. Source: access.md §3. */
const GRANT_MS = 2 * MINUTE_MS;

/** An address that opens one object for two minutes, for who may see it but does not carry its unit. */
export const grantedAddress = async (path: string, now: Instant): Promise<{ url: string; until: Instant }> => {
  const week = weekOf(now);
  const until = addMilliseconds(now, GRANT_MS);
  const text = `grant.${contentKeyId(week)}.${Math.floor(millisecondsOf(until) / 1000)}`;
  const seal = createHmac('sha256', await contentKeyOf(week))
    .update(`${text}.${path}`)
    .digest('base64url');
  return { url: `${path}?grant=${text}.${seal}`, until };
};

/** The edge checks it with the same key and the same words: functions/edge/content.js. */
const contentCookie = async (week: number, claims: object): Promise<string> => {
  const payload = `${contentKeyId(week)}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${payload}.${createHmac('sha256', await contentKeyOf(week))
    .update(payload)
    .digest('base64url')}`;
};

/** The name of a unit as it is today; empty when there is no such unit. */
export const unitName = async (unitId: UnitId, now: Instant): Promise<string> =>
  (await unitOf(unitId, now))?.name ?? '';

const namedChain = async (unitId: UnitId, now: Instant): Promise<readonly { unitId: UnitId; name: string }[]> => {
  const unit = await unitOf(unitId, now);
  if (!unit) return [{ unitId, name: '' }];
  return Promise.all(unit.chain.map(async (id) => ({ unitId: id, name: await unitName(id, now) })));
};

export const clearCookies = (setCookie: (cookie: string) => void): void => {
  for (const [name, path] of [SESSION, PASS, CONTENT]) setCookie(cookie(name, path, '', 0));
};
