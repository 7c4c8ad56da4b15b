import { addMilliseconds, HOUR_MS, type Instant, instantOf, MINUTE_MS, millisecondsOf } from '#shared/kernel/time.ts';
import { doorOpensAt } from './door.ts';
import type { Meeting } from './model.ts';

// The code on the hall screen: six digits out of a secret and the minute, as in RFC 4226 and 6238 with SHA-256.

/** A code is shown this long: time to read six digits aloud twice to a hall. */
export const CODE_LASTS_MS = MINUTE_MS;
/** A code is still good after it has gone from the screen: for who types slowly, and for a phone that waited for the network. */
const GRACE_STEPS = 2;
/** What was typed without a network may come so much later. Source: the meeting's requirement on halls without internet. */
export const SENT_LATER_MS = 72 * HOUR_MS;
/** A meeting that nobody ended shows codes no longer than this. */
const LONGEST_EVENING_MS = 12 * HOUR_MS;
/** Codes a member may try at one meeting: ten guesses at a million numbers, of which some hundred were ever shown. */
export const MOST_CODE_TRIES = 10;

/** Number of the code that is shown at this moment. */
export const stepAt = (now: Instant): number => Math.floor(millisecondsOf(now) / CODE_LASTS_MS);
/** When the code of this number goes up on the screen. */
export const shownAt = (step: number): Instant => instantOf(step * CODE_LASTS_MS);

/** The six digits of one step. `secret` is base64url, at least 128 bits. Runs on the hall's device and on the server. */
export const codeOf = async (secret: string, step: number): Promise<string> => {
  const bytes = Uint8Array.from(atob(secret.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
    letter.charCodeAt(0),
  );
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter.buffer));
  const word = mac.getUint32(mac.getUint8(mac.byteLength - 1) & 15) & 0x7fff_ffff;
  return String(word % 1_000_000).padStart(6, '0');
};

/** What the server finds a code to be: on the screen just now, shown earlier in this meeting, or never shown. */
export type CodeSeen =
  | { readonly is: 'current' }
  | { readonly is: 'earlier'; readonly shownAt: Instant }
  | { readonly is: 'wrong' };

/**
 * When a code was shown. The code tells it by itself, so no clock of a phone is asked or trusted: one that is two days wrong
 * changes nothing. Only codes from the opening of the door to the end of the meeting are looked at, the latest first.
 */
export const whenShown = async (
  meeting: Exclude<Meeting, { state: 'preparing' }>,
  secret: string,
  code: string,
  now: Instant,
): Promise<CodeSeen> => {
  const latest = stepAt(now);
  // a hall clock that runs a moment before ours shows the next one already
  for (let step = latest + 1; meeting.state !== 'closed' && step >= latest - GRACE_STEPS; step--)
    if ((await codeOf(secret, step)) === code) return { is: 'current' };
  const begun = 'startedAt' in meeting ? meeting.startedAt : meeting.startsAt;
  const opened = [begun, doorOpensAt(meeting.startsAt)].sort()[0] as Instant; // one of the two
  const ended = 'endedAt' in meeting ? meeting.endedAt : addMilliseconds(begun, LONGEST_EVENING_MS);
  const first = Math.max(stepAt(opened), stepAt(addMilliseconds(now, -SENT_LATER_MS)));
  for (let step = Math.min(stepAt(ended), latest); step >= first; step--)
    if ((await codeOf(secret, step)) === code) return { is: 'earlier', shownAt: shownAt(step) };
  return { is: 'wrong' };
};
