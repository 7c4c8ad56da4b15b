import { auditOn } from '#runtime/audit.ts';
import { httpApi, route } from '#runtime/http.ts';
import { type Actor, chainOf, claimStaffName, mayAt, personOf } from '#runtime/identity.ts';
import { createStaffUser, firstPassword, resetStaffUser } from '#runtime/staff-pool.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { addDays, type Day, dayOf, type Instant, instantAt } from '#shared/kernel/time.ts';
import * as contract from '#shared/members/contract.ts';
import { branchOn, type Member, type Unit } from '#shared/members/model.ts';
import {
  checkSummary,
  decideAsking,
  decideCorrection,
  decideMemberChange,
  type MemberChange,
  readItem,
} from '#shared/members/record.ts';
import { decideEndOfRole, decideGrant, isStaffRole, reachOf } from '#shared/members/rules.ts';
import { decideUnitChange, isClosedOn, mayStandBelow, nameOn } from '#shared/members/tree.ts';
import { followMember, followUnit } from './following.ts';
import { type Import, takeRows, takeUnits } from './importing.ts';
import { isAsSealed } from './sealing.ts';
import { auditRows, fullRecord, memberRows, rollRows, unitRow } from './showing.ts';
import {
  correctionsOf,
  inTurns,
  loadCorrection,
  loadMember,
  loadUnit,
  membersListed,
  ownCorrections,
  recordAsking,
  recordDecision,
  recordMember,
  recordUnit,
  rolesAt,
  subtree,
  unitsBelow,
} from './store.ts';

/** Days of the log that one look covers at most. */
const AUDIT_DAYS = 31;

export const handler = httpApi('members', [
  route(contract.listUnits, async ({ input, actor, now }) => {
    if (!(await seesFrom(actor, input.unitId, now))) return refuse('not-allowed');
    const today = dayOf(now);
    const units = await subtree(input.unitId, today, input.levels);
    return units.length === 0 ? refuse('not-found') : ok({ units: units.map((unit) => unitRow(unit, today)) });
  }),

  route(contract.unitOf, async ({ input, actor, now }) => {
    const ownChain = await chainOf(actor.unitId, now);
    if (!ownChain.includes(input.unitId) && !(await seesFrom(actor, input.unitId, now))) return refuse('not-allowed');
    const today = dayOf(now);
    const chain = await chainOf(input.unitId, now);
    const [unit, ...above] = await Promise.all([input.unitId, ...chain.slice(1)].map(loadUnit));
    if (!unit) return refuse('not-found');
    const known = above.filter((one) => one !== undefined);
    return ok({ unit: unitRow(unit, today), above: known.map((one) => unitRow(one, today)), version: unit.version });
  }),

  route(contract.createUnit, async ({ input, now }) => {
    const today = dayOf(now);
    const from = input.from ?? today;
    // the act's own id is the unit's: sent again, it finds what it made
    const unitId = input.actionId as string as UnitId;
    const [parent, known] = await Promise.all([loadUnit(input.unitId), loadUnit(unitId)]);
    if (known) {
      await followUnit(unitId, now);
      return ok({ unit: unitRow(known, today) });
    }
    if (!parent) return refuse('not-found');
    if (isClosedOn(parent, today)) return refuse('closed');
    if (!mayStandBelow(input.kind, parent.kind)) return refuse('wrong-place');
    if (from > today) return refuse('date-wrong');
    const unit: Unit = {
      unitId,
      kind: input.kind,
      ...(input.code !== undefined && { code: input.code }),
      names: [{ from, name: input.name }],
      parents: [{ from, parentId: input.unitId }],
      version: 1,
    };
    const written = await recordUnit(unit, undefined, now);
    if (written === 'name-taken' || written === 'code-taken') return refuse('name-taken');
    await followUnit(unitId, now);
    return ok({ unit: unitRow(unit, today) });
  }),

  route(contract.changeUnit, async ({ input, actor, now }) => {
    const { unitId, change } = input;
    const today = dayOf(now);
    const unit = await loadUnit(unitId);
    if (!unit) return refuse('not-found');
    const other =
      change.change === 'move' ? change.parentId : change.change === 'close' ? change.mergedInto : undefined;
    if (other !== undefined && !(await mayAt(actor, 'members.manage', other, now))) return refuse('not-allowed');
    const otherUnit = other === undefined ? undefined : await loadUnit(other);
    const decided = decideUnitChange(unit, change, {
      today,
      ...(change.change === 'move' &&
        otherUnit && { parent: { unit: otherUnit, chain: await chainOf(otherUnit.unitId, now) } }),
      ...(change.change === 'close' && otherUnit && { into: otherUnit }),
      ...(change.change === 'close' && { isEmpty: await isEmpty(unit, today) }),
    });
    if (!decided.ok) return decided;
    if (decided.value !== unit) {
      const written = await recordUnit(decided.value, unit, now);
      if (written !== 'done') return refuse(written === 'code-taken' ? 'name-taken' : written);
    }
    await followUnit(unitId, now);
    return ok({ unit: unitRow(decided.value, today) });
  }),

  route(contract.listMembers, async ({ input, now }) =>
    ok({ members: memberRows(await membersListed(input.unitId), input.unitId, now) }),
  ),

  route(contract.names, async ({ input, now }) => {
    const rows = memberRows(await membersListed(input.unitId), input.unitId, now);
    const own = rows.filter(({ state }) => state !== 'guest');
    return ok({ members: own.map(({ memberId, name }) => ({ memberId, name })) });
  }),

  route(contract.rollOf, async ({ input, now }) => {
    const day = input.day ?? dayOf(now);
    return ok({ day, roll: rollRows(await membersListed(input.unitId), input.unitId, day, now) });
  }),

  route(contract.memberRecord, async ({ input, now }) => {
    const member = await memberOf(input, now);
    return member ? ok(await fullRecord(member, now)) : refuse('not-found');
  }),

  route(contract.branchRecords, async ({ input, now }) => {
    const members = await membersListed(input.unitId);
    const shown = new Set(memberRows(members, input.unitId, now).map(({ memberId }) => memberId));
    const records = await Promise.all(
      members.filter(({ memberId }) => shown.has(memberId)).map((member) => fullRecord(member, now)),
    );
    return ok({
      records: records.map(
        ({ memberId, name, birthDate, sex, admissionDate, officialDate, cardNumber, citizenId, phone, unitName }) => ({
          memberId,
          name,
          birthDate,
          sex,
          admissionDate,
          ...(officialDate && { officialDate }),
          ...(cardNumber && { cardNumber }),
          ...(citizenId && { citizenId }),
          ...(phone && { phone }),
          unitName,
        }),
      ),
    });
  }),

  route(contract.addMember, async ({ input, actor, now }) => {
    const { unitId, actionId, from, ...summary } = input;
    const memberId = actionId as string as MemberId; // the act's own id: sent again, it finds the member it made
    const known = await loadMember(memberId);
    if (known) {
      await followMember(memberId, now);
      return ok({ memberId });
    }
    if ((await loadUnit(unitId))?.kind !== 'branch') return refuse('not-a-branch');
    const checked = checkSummary(summary, dayOf(now));
    if (!checked.ok) return checked;
    const placed = from ?? summary.admissionDate;
    if (placed > dayOf(now)) return refuse('date-wrong');
    const member: Member = {
      memberId,
      ...summary,
      placements: [{ from: placed, unitId }],
      conditions: [],
      roles: [],
      version: 1,
    };
    const written = await recordMember(member, undefined, { now, memberId: actor.memberId });
    if (written !== 'done' && written !== 'changed-meanwhile') return refuse(written);
    await followMember(memberId, now);
    return ok({ memberId });
  }),

  route(contract.changeMember, async ({ input, actor, now }) => {
    const member = await memberOf(input, now);
    if (!member) return refuse('not-found');
    const { change } = input;
    const other = change.change === 'move' ? change.toUnitId : undefined;
    if (other !== undefined && !(await mayAt(actor, 'members.manage', other, now))) return refuse('not-allowed');
    const changed = await changeRecord(member, change, { version: input.version, by: actor.memberId, now });
    return changed.ok ? ok(await fullRecord(changed.value, now)) : changed;
  }),

  route(contract.previewImport, async ({ input, actor, now, newId }) =>
    ok({ lines: await takeRows(input.rows, how(input.unitId, actor, { now, newId, write: false })) }),
  ),
  route(contract.importRows, async ({ input, actor, now, newId }) =>
    ok({ lines: await takeRows(input.rows, how(input.unitId, actor, { now, newId, write: true })) }),
  ),
  route(contract.previewUnits, async ({ input, actor, now, newId }) =>
    ok({ lines: await takeUnits(input.rows, how(input.unitId, actor, { now, newId, write: false })) }),
  ),
  route(contract.importUnits, async ({ input, actor, now, newId }) =>
    ok({ lines: await takeUnits(input.rows, how(input.unitId, actor, { now, newId, write: true })) }),
  ),

  route(contract.listRoles, async ({ input }) => {
    const lines = await rolesAt(input.unitId);
    const roles = await inTurns(lines, 16, async ({ memberId, name, grant }) => ({
      memberId,
      memberUnitId: (await personOf(memberId))?.unitId ?? grant.unitId,
      name,
      ...grant,
    }));
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

  route(contract.ownRecord, async ({ actor, now }) => {
    const [member, corrections] = await Promise.all([loadMember(actor.memberId), ownCorrections(actor.memberId)]);
    if (!member) return refuse('not-found');
    return ok({ record: await fullRecord(member, now), corrections: newestFirst(corrections) });
  }),

  route(contract.askCorrection, async ({ input, actor, now }) => {
    const member = await loadMember(actor.memberId);
    if (!member) return refuse('not-found');
    const { item, proposed, note, actionId } = input;
    const unit = await loadUnit(branchOn(member, dayOf(now)));
    const decided = decideAsking(member, input, unit ? nameOn(unit, dayOf(now)) : '');
    if (!decided.ok) return decided;
    const { memberId } = member;
    const unitId = branchOn(member, dayOf(now));
    const asked = { correctionId: actionId, memberId, unitId, item, ...decided.value, proposed, ...(note && { note }) };
    return ok({ correction: await recordAsking({ ...asked, askedAt: now, state: 'asked' }) });
  }),

  route(contract.listCorrections, async ({ input }) => {
    const corrections = newestFirst(await correctionsOf(input.unitId));
    return ok({
      corrections: await inTurns(corrections, 16, async (correction) => ({
        ...correction,
        name: (await personOf(correction.memberId))?.name ?? '',
      })),
    });
  }),

  route(contract.decideCorrection, async ({ input, actor, now }) => {
    const { unitId, correctionId, decision, answer } = input;
    const correction = await loadCorrection(unitId, correctionId);
    if (!correction) return refuse('not-found');
    const mayApply = await mayAt(actor, 'members.manage', unitId, now);
    const decided = decideCorrection(correction, decision, { memberId: actor.memberId, mayApply, now, answer });
    if (!decided.ok) return decided;
    if (decided.value === correction) return ok({ correction });
    if (decision === 'apply') {
      const [member, items] = [await loadMember(correction.memberId), readItem(correction.item, correction.proposed)];
      if (!member) return refuse('not-found');
      if (!items) return refuse('unreadable');
      const change = { change: 'items', items } as const;
      const changed = await changeRecord(member, change, { version: member.version, by: actor.memberId, now });
      if (!changed.ok) {
        const { code } = changed;
        return code === 'has-left' || code === 'no-such-condition' ? refuse('not-found') : refuse(code);
      }
    }
    return (await recordDecision(decided.value, correction))
      ? ok({ correction: decided.value })
      : refuse('changed-meanwhile');
  }),

  route(contract.auditOf, async ({ input }) => {
    const days: Day[] = [];
    for (let day = input.from; day <= input.until && days.length <= AUDIT_DAYS; day = addDays(day, 1)) days.push(day);
    if (days.length > AUDIT_DAYS) return refuse('span-too-long');
    const logs = await inTurns(days, 8, async (day) => {
      const entries = await auditOn(input.unitId, day);
      return { day, entries, asSealed: await isAsSealed(input.unitId, day, entries) };
    });
    const sealedUntil = logs.findLast(({ asSealed }) => asSealed !== undefined)?.day;
    return ok({
      acts: await auditRows(logs.flatMap(({ entries }) => entries).reverse()),
      ...(sealedUntil && { sealedUntil }),
      broken: logs.filter(({ asSealed }) => asSealed === false).map(({ day }) => day),
    });
  }),
]);

const startOf = (day: Day): Instant => instantAt(day, '00:00');

/** Whoever holds a role at a unit, or above it, sees the organisations from there down. */
const seesFrom = async (actor: Actor, unitId: UnitId, now: Instant): Promise<boolean> => {
  const chain = await chainOf(unitId, now);
  return actor.grants.some(
    (grant) =>
      grant.from <= now &&
      (grant.until ?? '9') > now &&
      (grant.role === 'member' ? unitId === grant.unitId : chain.includes(grant.unitId)),
  );
};

/** Whether nobody and nothing belongs to a unit any more. */
const isEmpty = async (unit: Unit, today: Day): Promise<boolean> => {
  const [below, members] = await Promise.all([unitsBelow(unit.unitId), membersListed(unit.unitId)]);
  const now = startOf(today);
  return (
    below.every((one) => isClosedOn(one, today) || one.parents.at(-1)?.parentId !== unit.unitId) &&
    memberRows(members, unit.unitId, now).length === 0
  );
};

/** The member, if he belongs to the unit of the path today: the permission was asked there. */
const memberOf = async (
  { unitId, memberId }: { readonly unitId: UnitId; readonly memberId: MemberId },
  now: Instant,
): Promise<Member | undefined> => {
  const member = await loadMember(memberId);
  return member && branchOn(member, dayOf(now)) === unitId ? member : undefined;
};

const changeRecord = async (
  member: Member,
  change: MemberChange,
  { version, by, now }: { readonly version: number; readonly by: MemberId; readonly now: Instant },
): Promise<
  Result<
    Member,
    | 'changed-meanwhile'
    | 'card-held-by-other'
    | 'citizen-id-held-by-other'
    | Extract<ReturnType<typeof decideMemberChange>, { ok: false }>['code']
  >
> => {
  const target =
    change.change === 'move'
      ? change.toUnitId
      : change.change === 'begin' && change.condition.kind === 'elsewhere'
        ? change.condition.hostUnitId
        : undefined;
  const unitKind = target === undefined ? undefined : (await loadUnit(target))?.kind;
  const decided = decideMemberChange(member, change, { today: dayOf(now), unitKind });
  if (!decided.ok) return decided;
  // a change that is in the record already needs no version: it was sent again
  if (decided.value !== member) {
    if (version !== member.version) return refuse('changed-meanwhile');
    const written = await recordMember(decided.value, member, { now, memberId: by });
    if (written !== 'done') return refuse(written);
  }
  await followMember(member.memberId, now);
  return decided;
};

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

const newestFirst = <T extends { readonly askedAt: Instant }>(all: readonly T[]): T[] =>
  [...all].sort((a, b) => (a.askedAt < b.askedAt ? 1 : -1));

const how = (unitId: UnitId, actor: Actor, rest: Omit<Import, 'unitId' | 'by'>): Import => ({
  unitId,
  by: actor.memberId,
  ...rest,
});
