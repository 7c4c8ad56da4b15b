import * as v from 'valibot';
import { ActionId, MemberId, SessionId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Instant } from '#shared/kernel/time.ts';
import { Device, PinState, ReopenNumber, RepairCause } from './model.ts';
import { SLIPS_AT_ONCE } from './rules.ts';

export * from './own-contract.ts';

const done = v.object({});
const aMember = v.object({ unitId: UnitId, memberId: MemberId });

export const openContent = operation({
  id: 'access.openContent',
  summary: 'An address, good for two minutes, of one file of a unit below that one’s own chain does not hold',
  method: 'POST',
  path: '/api/access/{unitId}/content',
  allow: 'meetings.oversee',
  audited: true,
  input: v.object({
    unitId: UnitId,
    kind: v.picklist(['live', 'pack', 'docs', 'page', 'news']),
    name: v.pipe(v.string(), v.maxLength(100), v.regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9]+)?$/)),
  }),
  output: v.object({ url: v.string(), until: Instant }),
  refusals: {},
});

export const accountOf = operation({
  id: 'access.accountOf',
  summary:
    'How a member signs in: his devices, whether a slip of his is out, the state of his PIN, whether he has a password',
  method: 'GET',
  path: '/api/access/{unitId}/members/{memberId}/account',
  allow: 'members.admit',
  input: aMember,
  output: v.object({
    sessions: v.array(
      v.object({
        sessionId: SessionId,
        device: Device,
        startedAt: Instant,
        seenAt: Instant,
        letInBy: v.optional(v.string()),
      }),
    ),
    pin: PinState,
    hasPassword: v.boolean(),
    /** An unused slip, and until when it opens. */
    slipUntil: v.optional(Instant),
  }),
  refusals: {},
});

export const clearPin = operation({
  id: 'access.clearPin',
  summary: 'Let a member choose PIN and password anew when he forgot them; for the organisation above',
  method: 'POST',
  path: '/api/access/{unitId}/members/{memberId}/clear-pin',
  allow: 'members.manage',
  stepUp: true,
  audited: true,
  input: aMember,
  output: done,
  refusals: {},
});

export const issueSlips = operation({
  id: 'access.issueSlips',
  summary: 'Account slips for printing: their codes are told once; an earlier slip of the same member is void',
  method: 'POST',
  path: '/api/access/{unitId}/slips',
  allow: 'members.admit',
  stepUp: true,
  audited: true,
  input: v.object({
    unitId: UnitId,
    /** The same id sent again within 10 minutes gives the same codes. */
    actionId: ActionId,
    memberIds: v.pipe(v.array(MemberId), v.minLength(1), v.maxLength(SLIPS_AT_ONCE)),
    cause: v.optional(RepairCause),
  }),
  output: v.object({
    slips: v.array(
      v.object({
        memberId: MemberId,
        name: v.string(),
        unitName: v.string(),
        /** For typing, in two groups of four. */
        code: v.string(),
        /** For the QR. */
        url: v.string(),
        until: Instant,
      }),
    ),
    left: v.array(v.object({ memberId: MemberId, code: v.picklist(['not-here', 'staff']) })),
  }),
  refusals: { 'issued-before': 409 },
});

export const revokeSlip = operation({
  id: 'access.revokeSlip',
  summary: 'Void the slip of a member',
  method: 'POST',
  path: '/api/access/{unitId}/members/{memberId}/revoke-slip',
  allow: 'members.admit',
  audited: true,
  input: aMember,
  output: done,
  refusals: {},
});

export const endSessionsOf = operation({
  id: 'access.endSessionsOf',
  summary: 'Sign a member out everywhere, for a lost phone, or on one device',
  method: 'POST',
  path: '/api/access/{unitId}/members/{memberId}/end-sessions',
  allow: 'members.admit',
  audited: true,
  input: v.object({ ...aMember.entries, sessionId: v.optional(SessionId) }),
  output: v.object({ ended: v.number() }),
  refusals: {},
});

export const lookAtReopen = operation({
  id: 'access.lookAtReopen',
  summary: 'Which phone shows this number',
  method: 'GET',
  path: '/api/access/{unitId}/reopen/{number}',
  allow: 'members.help',
  input: v.object({ unitId: UnitId, number: ReopenNumber }),
  output: v.object({ device: Device, askedAt: Instant }),
  refusals: { 'reopening-ended': 410 },
});

export const approveReopen = operation({
  id: 'access.approveReopen',
  summary: 'Let the phone with this number sign in as this member; a helper does it for members without a role only',
  method: 'POST',
  path: '/api/access/{unitId}/members/{memberId}/reopen',
  allow: 'members.help',
  stepUp: true,
  audited: true,
  input: v.object({ unitId: UnitId, memberId: MemberId, number: ReopenNumber, cause: RepairCause }),
  output: v.object({ name: v.string() }),
  refusals: { 'reopening-ended': 410, 'staff-only': 409, 'secretary-only': 403 },
});
