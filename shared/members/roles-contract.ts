import * as v from 'valibot';
import { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Grant, Role } from '#shared/kernel/permissions.ts';
import { Day } from '#shared/kernel/time.ts';

const here = { unitId: UnitId };
const one = { unitId: UnitId, memberId: MemberId };

/** Who holds which role at an organisation. */
export const RoleHolder = v.object({
  memberId: MemberId,
  memberUnitId: UnitId,
  name: v.string(),
  /** Whether he has an account in the staff pool. */
  hasAccount: v.boolean(),
  ...Grant.entries,
});
export type RoleHolder = v.InferOutput<typeof RoleHolder>;

export const listRoles = operation({
  id: 'members.listRoles',
  summary: 'Who holds which role at an organisation, ended ones included',
  method: 'GET',
  path: '/api/members/{unitId}/roles',
  allow: 'members.read',
  input: v.object(here),
  output: v.object({ roles: v.array(RoleHolder) }),
  refusals: {},
});

export const grantRole = operation({
  id: 'members.grantRole',
  summary: 'Give a role at this organisation with its first and last day',
  method: 'POST',
  path: '/api/members/{unitId}/members/{memberId}/roles',
  allow: 'members.grant',
  stepUp: true,
  audited: true,
  input: v.object({ ...one, role: Role, from: v.optional(Day), until: v.optional(Day) }),
  output: v.object({ roles: v.array(Grant) }),
  refusals: {
    'not-yourself': 403,
    'not-yours-to-give': 403,
    'dates-wrong': 422,
    'has-left': 409,
    'not-in-unit': 409,
    'changed-meanwhile': 409,
  },
});

export const endRole = operation({
  id: 'members.endRole',
  summary: 'End a role at this organisation at once',
  method: 'POST',
  path: '/api/members/{unitId}/members/{memberId}/roles/end',
  allow: 'members.grant',
  stepUp: true,
  audited: true,
  input: v.object({ ...one, role: Role }),
  output: v.object({ roles: v.array(Grant) }),
  refusals: { 'not-yours-to-give': 403, 'changed-meanwhile': 409 },
});

export const createStaffAccount = operation({
  id: 'members.createStaffAccount',
  summary: 'Open a staff account for somebody with a staff role here; the first password is shown once',
  method: 'POST',
  path: '/api/members/{unitId}/members/{memberId}/staff',
  allow: 'members.grant',
  stepUp: true,
  audited: true,
  input: v.object({
    ...one,
    staffName: v.pipe(v.string(), v.trim(), v.toLowerCase(), v.regex(/^[a-z][a-z0-9.-]{3,30}$/)),
  }),
  output: v.object({ staffName: v.string(), password: v.string() }),
  refusals: {
    'no-staff-role': 409,
    'name-taken': 409,
    'has-account': 409,
    'not-yours-to-give': 403,
    'changed-meanwhile': 409,
  },
});

export const resetStaffPassword = operation({
  id: 'members.resetStaffPassword',
  summary: 'Give a staff account a new first password, shown once, and a new second factor',
  method: 'POST',
  path: '/api/members/{unitId}/members/{memberId}/staff/reset',
  allow: 'members.grant',
  stepUp: true,
  audited: true,
  input: v.object(one),
  output: v.object({ staffName: v.string(), password: v.string() }),
  refusals: { 'no-account': 409, 'not-yours-to-give': 403 },
});
