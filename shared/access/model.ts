import * as v from 'valibot';
import { MemberId, SessionId, UnitId } from '#shared/kernel/ids.ts';
import { Grant } from '#shared/kernel/permissions.ts';
import { Day, Instant } from '#shared/kernel/time.ts';

/** Letters and digits of typed codes: of those that look alike on paper only one is used. */
export const codeAlphabet = '23456789ACDEFHJKLMNPRTUWXY';
export const CODE_LENGTH = 8;

/** What a reader may take a printed sign for, and which sign it was. */
const lookAlikes: Readonly<Record<string, string>> = {
  0: 'D',
  O: 'D',
  Q: 'D',
  1: 'L',
  I: 'L',
  Z: '2',
  S: '5',
  G: '6',
  B: '8',
  V: 'U',
};

/** A code as it was typed: spaces, dashes, small letters and look-alikes do not matter. */
export const TypedCode = v.pipe(
  v.string(),
  v.maxLength(40),
  v.transform((text) =>
    text
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .replace(/./g, (sign) => lookAlikes[sign] ?? sign),
  ),
  v.regex(new RegExp(`^[${codeAlphabet}]{${CODE_LENGTH}}$`)),
);

/** The part of a slip's address after `#`: 192 random bits, at least 128 are asked for. Source: access.md §2. */
export const ScannedCode = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{32}$/));

/** Made by the phone before it sends a code, kept until it has the answer: whoever has it is the phone that began. */
export const Nonce = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

export const BirthYear = v.pipe(v.number(), v.integer(), v.minValue(1900), v.maxValue(2100));

/** Shown on the phone that waits, read out to the secretary: seven random digits and one that catches a slip of the tongue. */
export const ReopenNumber = v.pipe(v.string(), v.regex(/^\d{8}$/));

export const Pin = v.pipe(v.string(), v.regex(/^\d{6}$/));

/** The name to sign in with: one's own phone number, however it is written. */
export const SignInPhone = v.pipe(
  v.string(),
  v.maxLength(30),
  v.transform((text) => text.replace(/[^\d+]/g, '').replace(/^(\+|00)84/, '0')),
  v.regex(/^0\d{9}$/),
);
/** One form of each letter, whichever keyboard wrote it; whether it is good enough is said in words of its own. */
export const Password = v.pipe(
  v.string(),
  v.maxLength(128),
  v.transform((text) => text.normalize('NFC').trim()),
);

export const PinState = v.picklist(['none', 'set', 'blocked']);
export type PinState = v.InferOutput<typeof PinState>;

/** Why an account needed repair; counted in the progress report. */
export const RepairCause = v.picklist(['slip-lost', 'new-phone', 'signed-out', 'pin-forgotten', 'other']);
export type RepairCause = v.InferOutput<typeof RepairCause>;

export const SignInWay = v.picklist(['slip', 'moved', 'approved', 'password', 'staff']);
export type SignInWay = v.InferOutput<typeof SignInWay>;

/** What a session runs on, as far as the browser tells. */
export const Device = v.object({
  machine: v.picklist(['android', 'iphone', 'ipad', 'windows', 'mac', 'linux', 'other']),
  browser: v.picklist(['chrome', 'safari', 'firefox', 'edge', 'samsung', 'coccoc', 'zalo', 'facebook', 'other']),
});
export type Device = v.InferOutput<typeof Device>;

export const SessionKind = v.picklist(['member', 'staff']);
export type SessionKind = v.InferOutput<typeof SessionKind>;

/** A session as it is kept with its person. The secret itself is known to the browser only. */
export const Session = v.object({
  version: v.number(),
  kind: SessionKind,
  secretHash: v.string(),
  device: Device,
  startedAt: Instant,
  /** Day it was last renewed; written once a day. */
  seenAt: Instant,
  until: Instant,
  stepUpUntil: v.optional(Instant),
  /** Who let this device in, where somebody did: its owner is told. */
  letInBy: v.optional(v.object({ memberId: MemberId, name: v.string() })),
});
export type Session = v.InferOutput<typeof Session>;

/** One slip or move code of one person. `used` remembers which phone used it, by the hash of its nonce. */
export const Slip = v.object({
  slipId: v.string(),
  memberId: MemberId,
  way: v.picklist(['slip', 'moved']),
  until: Instant,
  /** Wrong years of birth so far; typed codes only. */
  wrongYears: v.number(),
  /** A moved session lasts no longer than the one it came from, and is of its kind. */
  session: v.optional(v.object({ kind: SessionKind, until: Instant })),
  used: v.optional(v.object({ at: Instant, nonceHash: v.string() })),
});
export type Slip = v.InferOutput<typeof Slip>;

/** A phone that waits for the secretary. */
export const Reopening = v.object({
  number: ReopenNumber,
  nonceHash: v.string(),
  device: Device,
  askedAt: Instant,
  until: Instant,
  approved: v.optional(v.object({ memberId: MemberId, by: MemberId, byName: v.optional(v.string(), ''), at: Instant })),
  usedAt: v.optional(Instant),
});
export type Reopening = v.InferOutput<typeof Reopening>;

/** What a signed-in person knows of himself: the answer of every door. */
export const Own = v.object({
  memberId: MemberId,
  name: v.string(),
  unitId: UnitId,
  /** Own unit first, then its parents. */
  units: v.array(v.object({ unitId: UnitId, name: v.string() })),
  grants: v.array(Grant),
  kind: SessionKind,
  sessionId: SessionId,
  stepUpUntil: v.optional(Instant),
  passUntil: v.optional(Instant),
  sessionUntil: v.optional(Instant),
  /** Of the days a phone told with its renewal, those that are counted now. */
  opened: v.optional(v.array(Day)),
  /** Other devices of his that somebody let in within the last days. */
  letIn: v.optional(v.array(v.object({ by: v.string(), at: Instant }))),
});
export type Own = v.InferOutput<typeof Own>;

/** Someone signed in: once per member and day. */
export const SignedIn = v.object({
  type: v.literal('signed-in'),
  memberId: MemberId,
  unitId: UnitId,
  way: SignInWay,
  at: Instant,
});
export type SignedIn = v.InferOutput<typeof SignedIn>;

/** A page was seen: once per member and day, and for that day whenever it is told. */
export const Opened = v.object({
  type: v.literal('opened'),
  memberId: MemberId,
  unitId: UnitId,
  day: Day,
  at: Instant,
});
export type Opened = v.InferOutput<typeof Opened>;

/** A person's way in was made anew by his branch or the organisation above. */
export const AccountRepaired = v.object({
  type: v.literal('account-repaired'),
  repairId: v.string(),
  memberId: MemberId,
  unitId: UnitId,
  cause: RepairCause,
  by: MemberId,
  at: Instant,
});
export type AccountRepaired = v.InferOutput<typeof AccountRepaired>;

/** News for the edge: this pass (`<session>.<version>`) opens nothing any more. Epoch seconds after which it is moot. */
export const PassEnded = v.object({ type: v.literal('pass-ended'), pass: v.string(), expiresAt: v.number() });
export type PassEnded = v.InferOutput<typeof PassEnded>;
