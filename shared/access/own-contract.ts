import * as v from 'valibot';
import { ActionId, SessionId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Day, Instant } from '#shared/kernel/time.ts';
import { BirthYear, Device, Nonce, Own, PinState, ReopenNumber, ScannedCode, SessionKind, TypedCode } from './model.ts';

export * from './secrets-contract.ts';

// A file of its own: coming in, and one's own sessions, so that a phone does not carry what only the secretary asks.
const nothing = v.object({});
const done = v.object({});

/** Today, and the days on which a phone was without a network. */
const OPENED_AT_ONCE = 5;

/** A slip is scanned, or typed together with the year of birth. */
const slip = { nonce: Nonce };
const SlipShown = v.variant('way', [
  v.object({ way: v.literal('scanned'), code: ScannedCode, ...slip }),
  v.object({ way: v.literal('typed'), code: TypedCode, birthYear: BirthYear, ...slip }),
]);
const slipRefusals = { 'slip-unknown': 404, 'slip-ended': 410 } as const;

export const signInSettings = operation({
  id: 'access.signInSettings',
  summary: 'Where staff, and members who chose a password, prove who they are',
  method: 'GET',
  path: '/api/access/sign-in-settings',
  allow: 'anyone',
  input: nothing,
  output: v.object({
    region: v.string(),
    staffPool: v.string(),
    staffClient: v.string(),
    memberPool: v.string(),
    memberClient: v.string(),
    /** Only where the user pools are not AWS’s own. */
    endpoint: v.optional(v.string()),
  }),
  refusals: {},
});

export const lookAtSlip = operation({
  id: 'access.lookAtSlip',
  summary: 'Whose slip this is, before it is used',
  method: 'POST',
  path: '/api/access/slips/look',
  allow: 'anyone',
  input: SlipShown,
  output: v.object({ name: v.string(), unitName: v.string() }),
  refusals: slipRefusals,
});

export const exchangeSlip = operation({
  id: 'access.exchangeSlip',
  summary:
    'Sign in with a slip or a code to go on in another browser; the same nonce within 10 minutes gets the same answer',
  method: 'POST',
  path: '/api/access/slips/exchange',
  allow: 'anyone',
  input: SlipShown,
  output: Own,
  refusals: slipRefusals,
});

export const exchangeToken = operation({
  id: 'access.exchangeToken',
  summary:
    'Exchange the proof of a user pool, at most 5 minutes old and only once, for a session: of staff for 12 hours, of a member for 90 days',
  method: 'POST',
  path: '/api/access/token/exchange',
  allow: 'anyone',
  input: v.object({ idToken: v.pipe(v.string(), v.maxLength(8_000)) }),
  output: Own,
  refusals: { 'token-refused': 401, 'token-old': 410, 'token-used': 410, 'no-such-person': 403 },
});

export const renewSession = operation({
  id: 'access.renewSession',
  summary:
    'A fresh pass for the session of this browser, and who one is; tells the days on which a page was seen, today among them',
  method: 'POST',
  path: '/api/session/renew',
  allow: 'session',
  input: v.object({ opened: v.optional(v.pipe(v.array(Day), v.maxLength(OPENED_AT_ONCE))) }),
  output: Own,
  refusals: {},
});

export const endSession = operation({
  id: 'access.endSession',
  summary: 'Sign out on this browser',
  method: 'POST',
  path: '/api/session/end',
  allow: 'session',
  input: nothing,
  output: done,
  refusals: {},
});

export const listSessions = operation({
  id: 'access.listSessions',
  summary: 'The devices one is signed in on',
  method: 'GET',
  path: '/api/access/sessions',
  allow: 'signed-in',
  input: nothing,
  output: v.object({
    sessions: v.array(
      v.object({
        sessionId: SessionId,
        kind: SessionKind,
        device: Device,
        startedAt: Instant,
        seenAt: Instant,
        until: Instant,
        here: v.boolean(),
        /** Who let it in, where somebody did. */
        letInBy: v.optional(v.string()),
      }),
    ),
    pin: PinState,
    /** The phone number that goes with one’s password, where there is one. */
    signInPhone: v.optional(v.string()),
  }),
  refusals: {},
});

export const revokeSession = operation({
  id: 'access.revokeSession',
  summary: 'Sign out another of one’s own devices',
  method: 'POST',
  path: '/api/access/sessions/{sessionId}/revoke',
  allow: 'signed-in',
  input: v.object({ sessionId: SessionId }),
  output: done,
  refusals: {},
});

export const moveToBrowser = operation({
  id: 'access.moveToBrowser',
  summary: 'A code, good once and for 2 minutes, to go on in another browser',
  method: 'POST',
  path: '/api/access/sessions/move',
  allow: 'signed-in',
  input: v.object({ actionId: ActionId }),
  output: v.object({ code: v.string(), url: v.string(), until: Instant }),
  refusals: {},
});

export const askReopen = operation({
  id: 'access.askReopen',
  summary: 'A phone without a session asks to be let in; it shows the number to its owner’s secretary',
  method: 'POST',
  path: '/api/access/reopen',
  allow: 'anyone',
  input: v.object({ nonce: Nonce }),
  output: v.object({ number: ReopenNumber, until: Instant }),
  refusals: {},
});

export const pollReopen = operation({
  id: 'access.pollReopen',
  summary: 'Whether the secretary has approved, and as whom',
  method: 'POST',
  path: '/api/access/reopen/poll',
  allow: 'anyone',
  input: v.object({ number: ReopenNumber, nonce: Nonce }),
  output: v.variant('state', [
    v.object({ state: v.literal('waiting') }),
    v.object({ state: v.literal('approved'), name: v.string(), unitName: v.string(), by: v.string() }),
  ]),
  refusals: { 'reopening-ended': 410 },
});

export const exchangeReopen = operation({
  id: 'access.exchangeReopen',
  summary: 'Sign in on the approved phone, after its owner said "that is me"',
  method: 'POST',
  path: '/api/access/reopen/exchange',
  allow: 'anyone',
  input: v.object({ number: ReopenNumber, nonce: Nonce }),
  output: Own,
  refusals: { 'reopening-ended': 410, 'not-approved': 409 },
});
