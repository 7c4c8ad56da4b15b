import { env } from '#runtime/env.ts';
import { log } from '#runtime/log.ts';
import type { Part } from '#runtime/table.ts';
import { CODE_LENGTH, codeAlphabet, type Session, type SignInWay, type Slip } from '#shared/access/model.ts';
import {
  decideSlip,
  deviceOf,
  type FailureScope,
  prefixOf,
  sessionsToDrop,
  sessionUntil,
  withinBudget,
} from '#shared/access/rules.ts';
import type { SessionId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { drawn, sealed } from './keys.ts';
import { secretHashOf } from './own.ts';
import { countFailure, countWrongYear, failuresOf, slipBehind } from './slip-store.ts';
import { type KnownPerson, openSession, personOf } from './store.ts';

/** A code as a phone shows it. */
export type Shown =
  | { readonly way: 'scanned'; readonly code: string; readonly nonce: string }
  | { readonly way: 'typed'; readonly code: string; readonly birthYear: number; readonly nonce: string };

export interface Through {
  readonly slip: Slip;
  readonly person: KnownPerson;
  readonly nonceHash: string;
  readonly how: 'first' | 'again';
}

/** Finds the slip behind a code and whether this phone may pass; counts what was typed wrong, never by address. */
export const throughDoor = async (
  shown: Shown,
  now: Instant,
): Promise<Result<Through, 'slip-unknown' | 'slip-ended' | 'too-many'>> => {
  const failures = await failuresSoFar(shown, now);
  if (!withinBudget(failures)) return tooMany(failures);
  const slip = await slipBehind(await sealed('door', `${shown.way}:${shown.code}`));
  const person = slip && (await personOf(slip.memberId));
  if (shown.way === 'typed' && person) {
    const branch = { branch: await failuresOf('branch', person.unitId, now) };
    if (!withinBudget(branch)) return tooMany(branch);
  }
  const nonceHash = await sealed('nonce', shown.nonce);
  const birthYear = shown.way === 'typed' ? shown.birthYear : undefined;
  const decision = decideSlip(slip, person, { nonceHash, birthYear }, now);
  if (decision.ok && slip && person) return ok({ slip, person, nonceHash, how: decision.value });
  if (!decision.ok && decision.code === 'slip-ended') return decision;
  await countWrong(shown, slip, person, now);
  return refuse('slip-unknown');
};

/** A scanned code cannot be guessed, so nothing bounds its tries; typed ones share their budgets. */
const failuresSoFar = async (shown: Shown, now: Instant): Promise<Partial<Record<FailureScope, number>>> => {
  if (shown.way === 'scanned') return {};
  const [prefix, province] = await Promise.all([
    failuresOf('prefix', prefixOf(shown.code), now),
    failuresOf('province', 'all', now),
  ]);
  return { prefix, province };
};

const tooMany = (failures: Partial<Record<FailureScope, number>>) => {
  log({ level: 'warn', event: 'wrong-codes-over-budget', code: Object.keys(failures).join(' ') });
  return refuse('too-many');
};

const countWrong = async (shown: Shown, slip: Slip | undefined, person: KnownPerson | undefined, now: Instant) => {
  if (shown.way === 'scanned') return;
  await Promise.all([
    countFailure('prefix', prefixOf(shown.code), now),
    countFailure('province', 'all', now),
    ...(person ? [countFailure('branch', person.unitId, now)] : []),
    ...(slip ? [countWrongYear(slip)] : []),
  ]);
};

/** The two codes of a slip. They follow from the server's key and the slip's id, so that printing again within minutes gives the same. */
export const codesOf = async (slipId: string): Promise<{ typed: string; scanned: string; doors: string[] }> => {
  const bytes = await drawn('slip', slipId, 40);
  const scanned = bytes.subarray(0, 24).toString('base64url');
  let left = bytes.readBigUInt64BE(24) * 2n ** 64n + bytes.readBigUInt64BE(32);
  let typed = '';
  for (let sign = 0; sign < CODE_LENGTH; sign++) {
    typed += codeAlphabet[Number(left % BigInt(codeAlphabet.length))];
    left /= BigInt(codeAlphabet.length);
  }
  const doors = await Promise.all([sealed('door', `scanned:${scanned}`), sealed('door', `typed:${typed}`)]);
  return { typed, scanned, doors };
};

/** How a code is shown: two groups of four to type, an address to scan. What follows `#` never reaches a server's log. */
export const codeShown = (typed: string): string => `${typed.slice(0, 4)} ${typed.slice(4)}`;
export const slipUrl = (scanned: string): string => `${env('SITE_ORIGIN')}/slip#${scanned}`;

export interface Entering {
  readonly person: KnownPerson;
  readonly way: SignInWay;
  readonly kind: Session['kind'];
  /** The session and its secret follow from it: the same ticket and nonce give the same session. */
  readonly seed: string;
  readonly until?: Instant;
  readonly ticket: readonly Part[];
  readonly userAgent: string;
  /** Until when it may do binding acts, where the way in proved who he is. */
  readonly stepUpUntil?: Instant;
  /** Who let the phone in, where somebody did. */
  readonly letInBy?: NonNullable<Session['letInBy']>;
}

export interface Entered {
  readonly sessionId: SessionId;
  readonly secret: string;
  readonly session: Session;
}

/** Opens a session, or answers nothing when its ticket was used up by someone faster. */
export const enter = async (entering: Entering, now: Instant): Promise<Entered | undefined> => {
  const { person, way, kind, seed, ticket, userAgent } = entering;
  const { sessionId, secret } = await sessionOf(seed);
  const session: Session = {
    version: 1,
    kind,
    secretHash: secretHashOf(secret),
    device: deviceOf(userAgent),
    startedAt: now,
    seenAt: now,
    until: entering.until ?? sessionUntil(kind, now),
    ...(entering.stepUpUntil && { stepUpUntil: entering.stepUpUntil }),
    ...(entering.letInBy && { letInBy: entering.letInBy }),
  };
  const drop = sessionsToDrop(person.sessions, now);
  const opened = await openSession({ person, sessionId, session, way, drop, ticket }, now);
  return opened ? { sessionId, secret, session } : undefined;
};

/** The session that this ticket and nonce opened before, if it still stands. */
export const enteredBefore = async (person: KnownPerson, seed: string): Promise<Entered | undefined> => {
  const { sessionId, secret } = await sessionOf(seed);
  const session = person.sessions[sessionId];
  return session && { sessionId, secret, session };
};

const sessionOf = async (seed: string): Promise<{ sessionId: SessionId; secret: string }> => {
  const bytes = await drawn('session', seed, 40);
  // hex letters and digits are within the pattern of ids
  const sessionId = `s-${bytes.subarray(0, 8).toString('hex')}` as SessionId;
  return { sessionId, secret: bytes.subarray(8).toString('base64url') };
};
