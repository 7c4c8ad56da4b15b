import { type Route, route } from '#runtime/http.ts';
import { type Actor, chainOf, claimStaffName } from '#runtime/identity.ts';
import { createStaffUser, firstPassword, resetStaffUser } from '#runtime/staff-pool.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { addDays, type Day, dayOf, type Instant, instantAt } from '#shared/kernel/time.ts';
import * as contract from '#shared/members/contract.ts';
import { branchOn, type Member } from '#shared/members/model.ts';
import { decideEndOfRole, decideGrant, isStaffRole, reachOf } from '#shared/members/rules.ts';
import { followMember } from './following.ts';
import { inTurns, loadMember, recordMember, rolesAt } from './store.ts';

/** Who may do what, and the accounts of staff. */
export const roleRows: readonly Route[] = [
  route(contract.listRoles, async ({ input, now }) => {
    const lines = await rolesAt(input.unitId);
    const roles = await inTurns(lines, 16, async ({ memberId, name, grant }) => {
      const member = await loadMember(memberId);
      const memberUnitId = member ? branchOn(member, dayOf(now)) : grant.unitId;
      return { memberId, memberUnitId, name, hasAccount: member?.staffName !== undefined, ...grant };
    });
    return ok({ roles });
  }),

  route(contract.grantRole, async ({ input, actor, now }) => {
    const { unitId, memberId, role } = input;
    const [reach, member] = await Promise.all([granting(actor, unitId, now), loadMember(memberId)]);
    if (!member || !reach) return refuse('not-found');
    const from = input.from === undefined || input.from === dayOf(now) ? now : startOf(input.from);
    const until = input.until === undefined ? undefined : startOf(addDays(input.until, 1));
    const decided = decideGrant(reach, member, { role, unitId, from, until }, now);
    if (!decided.ok) return decided;
    return recordRoles(decided.value, member, actor, now);
  }),

  route(contract.endRole, async ({ input, actor, now }) => {
    const { unitId, memberId, role } = input;
    const [reach, member] = await Promise.all([granting(actor, unitId, now), loadMember(memberId)]);
    if (!member || !reach) return refuse('not-found');
    const decided = decideEndOfRole(reach, member, { role, unitId }, now);
    return decided.ok ? recordRoles(decided.value, member, actor, now) : decided;
  }),

  route(contract.createStaffAccount, async ({ input, actor, now }) => {
    const { unitId, memberId, staffName } = input;
    const member = await loadMember(memberId);
    if (!member || !hasStaffRole(member, unitId, now)) return refuse(member ? 'no-staff-role' : 'not-found');
    if ((await granting(actor, unitId, now))?.reach !== 'below') return refuse('not-yours-to-give');
    if (member.staffName !== undefined) return refuse('has-account');
    if (!(await claimStaffName(staffName, memberId))) return refuse('name-taken');
    const password = firstPassword();
    // an account without its record was left by a cut-off try: nobody has seen its password
    if (!(await createStaffUser(staffName, password))) await resetStaffUser(staffName, password);
    const after = { ...member, staffName, version: member.version + 1 };
    const written = await recordMember(after, member, { now, memberId: actor.memberId });
    if (written !== 'done') return refuse('changed-meanwhile');
    return ok({ staffName, password });
  }),

  route(contract.resetStaffPassword, async ({ input, actor, now }) => {
    const member = await loadMember(input.memberId);
    if (!member || !hasStaffRole(member, input.unitId, now)) return refuse('not-found');
    if ((await granting(actor, input.unitId, now))?.reach !== 'below') return refuse('not-yours-to-give');
    if (member.staffName === undefined) return refuse('no-account');
    const password = firstPassword();
    await resetStaffUser(member.staffName, password);
    return ok({ staffName: member.staffName, password });
  }),
];

const startOf = (day: Day): Instant => instantAt(day, '00:00');

const granting = async (actor: Actor, unitId: UnitId, now: Instant) => {
  const reach = reachOf(actor.grants, await chainOf(unitId, now), now);
  const isAdmin = actor.grants.some(
    ({ role, from, until }) => role === 'system_admin' && from <= now && (until ?? '9') > now,
  );
  return reach && { memberId: actor.memberId, reach, isAdmin };
};

const recordRoles = async (after: Member, before: Member, actor: Actor, now: Instant) => {
  if (after !== before) {
    const written = await recordMember(after, before, { now, memberId: actor.memberId });
    if (written !== 'done') return refuse('changed-meanwhile');
  }
  await followMember(after.memberId, now);
  return ok({ roles: after.roles });
};

const hasStaffRole = (member: Member, unitId: UnitId, now: Instant): boolean =>
  member.roles.some(
    (grant) => isStaffRole(grant.role) && grant.unitId === unitId && grant.from <= now && (grant.until ?? '9') > now,
  );
