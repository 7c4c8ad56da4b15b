import type { UnitId } from '#shared/kernel/ids.ts';
import type { Grant } from '#shared/kernel/permissions.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import {
  addDays,
  addMilliseconds,
  DAY_MS,
  type Day,
  dayOf,
  HOUR_MS,
  type Instant,
  instantOf,
  MINUTE_MS,
  millisecondsOf,
} from '#shared/kernel/time.ts';
import type { Device, Reopening, Session, SessionKind, Slip } from './model.ts';

/** Lives of things. Source: access.md §1–§3. */
export const lives = {
  slip: 7 * DAY_MS,
  /** A code to go on in another browser. */
  move: 2 * MINUTE_MS,
  /** A reply lost in the hall may be asked for again with the same nonce. */
  repeat: 10 * MINUTE_MS,
  reopening: 15 * MINUTE_MS,
  memberSession: 90 * DAY_MS,
  staffSession: 12 * HOUR_MS,
  pass: 12 * HOUR_MS,
  stepUp: 12 * HOUR_MS,
  token: 5 * MINUTE_MS,
} as const;

/** Sessions one person may have; the one longest unused makes room. */
export const SESSIONS_AT_MOST = 8;
/** Slips in one go: a branch. */
export const SLIPS_AT_ONCE = 100;
/** Wrong years of birth after which a slip is void. */
export const WRONG_YEARS = 5;
/** Wrong PINs after which only an officer of the organisation above can help. */
export const PIN_TRIES = 5;

/**
 * Wrong codes allowed per hour, by what they have in common; never by address, since a hall sits behind one.
 * A guess must name one of 26^8 codes and its owner's year of birth, and a wrong year is answered like a wrong code: with
 * 100 000 slips out, a week of guessing at the whole budget finds one with a chance of about 3 in 1 000, under an alarm.
 */
export const failureBudget = { prefix: 20, branch: 60, province: 2_000 } as const;
export type FailureScope = keyof typeof failureBudget;

/** Phones that may wait for a secretary, per hour and province. */
export const REOPENINGS_PER_HOUR = 3_000;

/** First letters of a typed code, under which wrong ones are counted. */
export const prefixOf = (code: string): string => code.slice(0, 3);

export const withinBudget = (failures: Readonly<Partial<Record<FailureScope, number>>>): boolean =>
  (Object.keys(failureBudget) as FailureScope[]).every((scope) => (failures[scope] ?? 0) < failureBudget[scope]);

/** What a phone brings to a slip. A scanned code needs no year: its 192 bits are enough. */
export interface Brought {
  readonly nonceHash?: string | undefined;
  readonly birthYear?: number | undefined;
}

/**
 * Whether this phone may go through: for the first time, or again with the same nonce after its answer was lost.
 * A wrong year is answered like a wrong code, so that it tells nothing. Source: access.md §2.
 */
export const decideSlip = (
  slip: Slip | undefined,
  person: { readonly birthYear: number } | undefined,
  brought: Brought,
  now: Instant,
): Result<'first' | 'again', 'slip-unknown' | 'slip-ended'> => {
  if (!slip || !person) return refuse('slip-unknown');
  if (slip.wrongYears >= WRONG_YEARS) return refuse('slip-ended');
  if (brought.birthYear !== undefined && brought.birthYear !== person.birthYear) return refuse('slip-unknown');
  if (slip.used) {
    const same = brought.nonceHash !== undefined && brought.nonceHash === slip.used.nonceHash;
    return same && now < addMilliseconds(slip.used.at, lives.repeat) ? ok('again') : refuse('slip-ended');
  }
  return now < slip.until ? ok('first') : refuse('slip-ended');
};

export const sessionUntil = (kind: SessionKind, now: Instant): Instant =>
  addMilliseconds(now, kind === 'staff' ? lives.staffSession : lives.memberSession);

/**
 * End of a pass given now: up to an hour before 12 hours, drawn from the session's own secret, so that a hall that came
 * together does not renew together; and never after the session's.
 */
export const passUntil = (session: Pick<Session, 'until' | 'secretHash'>, now: Instant): Instant => {
  const share = Number.parseInt(session.secretHash.slice(0, 4), 16) / 0x1_0000;
  const wanted = millisecondsOf(now) + Math.round(lives.pass - (Number.isNaN(share) ? 0 : share) * HOUR_MS);
  return instantOf(Math.min(wanted, millisecondsOf(session.until)));
};

/**
 * What a renewal does to the session. A member's 90 days begin anew with each day of use, since twice a month is how often
 * the handbook is opened; a staff session ends after its 12 hours.
 */
export const decideRenewal = (
  session: Session | undefined,
  secretHash: string,
  now: Instant,
): Result<{ readonly seen?: Pick<Session, 'seenAt' | 'until'> }, 'session-ended'> => {
  if (!session || session.secretHash !== secretHash || session.until <= now) return refuse('session-ended');
  if (millisecondsOf(now) - millisecondsOf(session.seenAt) < DAY_MS) return ok({});
  return ok({ seen: { seenAt: now, until: session.kind === 'staff' ? session.until : sessionUntil('member', now) } });
};

/** Days that an opening may wait on a phone without a network and still count on its own day. Source: product.md §2, idea 2 (72 h). */
const LATE_DAYS = 3;

/** The days on which openings count, each once: the days the phone says, but today for those ahead or more than three days back. */
export const daysOfOpenings = (said: readonly Day[], now: Instant): readonly Day[] => {
  const today = dayOf(now);
  return [...new Set(said.map((day) => (day <= today && day >= addDays(today, -LATE_DAYS) ? day : today)))];
};

/** Sessions that must go so that one more has room: the ended ones, then the longest unused. */
export const sessionsToDrop = (
  sessions: Readonly<Record<string, Pick<Session, 'until' | 'seenAt'>>>,
  now: Instant,
): readonly string[] => {
  const ended = Object.keys(sessions).filter((id) => (sessions[id]?.until ?? '') <= now);
  const live = Object.entries(sessions)
    .filter(([id]) => !ended.includes(id))
    .sort(([, a], [, b]) => (a.seenAt < b.seenAt ? -1 : 1));
  return [...ended, ...live.slice(0, Math.max(0, live.length - SESSIONS_AT_MOST + 1)).map(([id]) => id)];
};

/** Units whose content a pass opens: own chain, and the chain of each role elsewhere (a temporary transfer is a role). */
export const unitsOpened = (chains: readonly (readonly UnitId[])[]): readonly UnitId[] =>
  [...new Set(chains.flatMap((chain) => chain.slice(0, 6)))].slice(0, 12);

/** Whether a token of a user pool is fresh enough to be exchanged. Times in epoch seconds. Source: access.md §1. */
export const decideToken = (
  token: { readonly authTime: number; readonly expires: number },
  now: Instant,
): Result<true, 'token-old'> => {
  const at = millisecondsOf(now);
  const authAt = token.authTime * 1000;
  const fresh = at - authAt <= lives.token && authAt - at <= MINUTE_MS && token.expires * 1000 > at;
  return fresh ? ok(true) : refuse('token-old');
};

/** Whether this phone may sign in as the member the secretary named. */
export const decideReopening = (
  reopening: Reopening | undefined,
  nonceHash: string,
  now: Instant,
): Result<Reopening['approved'], 'reopening-ended'> =>
  reopening && reopening.nonceHash === nonceHash && now < reopening.until
    ? ok(reopening.approved)
    : refuse('reopening-ended');

/**
 * Whether a phone may be let in as this person: whoever admits members lets in anyone of the branch; a helper only those
 * who hold no other role, so that nobody comes to a secretary's rights through a helper. Source: access.md §2.
 */
export const mayLetIn = (admits: boolean, grants: readonly Grant[], now: Instant): boolean =>
  admits ||
  grants.every(({ role, from, until }) => role === 'member' || from > now || (until !== undefined && until <= now));

/** Days for which the other devices of a person say that somebody let one in. */
const TOLD_DAYS = 7;

/** Devices of a person that somebody let in lately, for all his others to say. */
export const letInLately = (
  sessions: Readonly<Record<string, Pick<Session, 'letInBy' | 'startedAt' | 'until'>>>,
  here: string,
  now: Instant,
): readonly { readonly by: string; readonly at: Instant }[] =>
  Object.entries(sessions).flatMap(([id, { letInBy, startedAt, until }]) =>
    id !== here && letInBy && until > now && startedAt > addMilliseconds(now, -TOLD_DAYS * DAY_MS)
      ? [{ by: letInBy.name, at: startedAt }]
      : [],
  );

/** Damm's quasigroup: its check digit finds every single wrong digit and every swap of neighbours. Source: Damm 2004. */
const damm = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
] as const;
const checkOf = (digits: string): number =>
  [...digits].reduce((row, digit) => Number(damm[row]?.[Number(digit)] ?? 0), 0);

/** The number a waiting phone shows: seven digits and their check digit. A misheard digit never names another phone. */
export const reopenNumber = (sevenDigits: string): string => `${sevenDigits}${checkOf(sevenDigits)}`;
export const isReopenNumber = (number: string): boolean => /^\d{8}$/.test(number) && checkOf(number) === 0;

/** Six digits that are guessed first: all alike, counting up or down, or with the year of birth in them. */
export const isSimplePin = (pin: string, birthYear: number): boolean => {
  const steps = [...pin].slice(1).map((digit, at) => Number(digit) - Number(pin[at]));
  return [0, 1, -1].some((step) => steps.every((one) => one === step)) || pin.includes(String(birthYear));
};

/**
 * Whether a PIN or password may be chosen in this session. The first of the two is free, as the slip or the device let its
 * owner in; whoever holds his phone later must not come to binding acts by choosing a second one.
 */
export const mayChooseSecret = (
  has: { readonly pin: boolean; readonly password: boolean },
  stepUpUntil: Instant | undefined,
  now: Instant,
): boolean => (!has.pin && !has.password) || (stepUpUntil !== undefined && stepUpUntil > now);

/** Weeks are counted from 1970; keys of passes and content cookies change with them. */
export const weekOf = (now: Instant): number => Math.floor(millisecondsOf(now) / (7 * DAY_MS));
/** Last week's key still reads the passes of its last evening; next week's is known before it signs. */
export const weeksKnown = (now: Instant): readonly number[] => [weekOf(now) - 1, weekOf(now), weekOf(now) + 1];

/** Order matters: each name also appears in the words of those after it. */
const browsers = [
  ['zalo', /zalo/i],
  ['facebook', /FBAN|FBAV|FB_IAB/],
  ['coccoc', /coc_coc/i],
  ['samsung', /SamsungBrowser/],
  ['edge', /Edg/],
  ['firefox', /Firefox|FxiOS/],
  ['chrome', /Chrome|CriOS/],
  ['safari', /Safari/],
] as const;
const machines = [
  ['iphone', /iPhone/],
  ['ipad', /iPad/],
  ['android', /Android/],
  ['windows', /Windows/],
  ['mac', /Macintosh/],
  ['linux', /Linux/],
] as const;

/** What a session runs on, from the browser's own words. */
export const deviceOf = (userAgent: string): Device => ({
  machine: machines.find(([, words]) => words.test(userAgent))?.[0] ?? 'other',
  browser: browsers.find(([, words]) => words.test(userAgent))?.[0] ?? 'other',
});
