import * as v from 'valibot';
import type { AuditEntry } from '#runtime/audit.ts';
import { personOf, unitOf } from '#runtime/identity.ts';
import { MemberId, type UnitId } from '#shared/kernel/ids.ts';
import { type Day, dayOf, type Instant } from '#shared/kernel/time.ts';
import { byVietnameseName } from '#shared/kernel/vietnamese.ts';
import type { AuditRow, FullRecord, MemberRow, RollRow, UnitRow } from '#shared/members/contract.ts';
import { branchOn, isOnRoll, type Member, type Unit, votingStateAt } from '#shared/members/model.ts';
import { masked } from '#shared/members/record.ts';
import { birthYearOf } from '#shared/members/rules.ts';
import { unitOn } from '#shared/members/tree.ts';

/** A unit as the list of today shows it. */
export const unitRow = (unit: Unit, day: Day): UnitRow => {
  const { closed, ...today } = unitOn(unit, day);
  return { ...today, ...(unit.code !== undefined && { code: unit.code }) };
};

const rolesHeld = (member: Member, now: Instant) => [
  ...new Set(member.roles.filter(({ from, until }) => from <= now && (until ?? '9') > now).map(({ role }) => role)),
];

/** The members of a branch today, by given name, numbers masked; those who left are not shown. */
export const memberRows = (members: readonly Member[], unitId: UnitId, now: Instant): MemberRow[] =>
  inUnit(members, unitId, dayOf(now)).map(({ member, state }) => ({
    memberId: member.memberId,
    unitId,
    name: member.name,
    birthDate: member.birthDate,
    sex: member.sex,
    admissionDate: member.admissionDate,
    ...(member.officialDate && { officialDate: member.officialDate }),
    state,
    ...(member.phone && { phone: masked(member.phone) }),
    ...(member.cardNumber && { cardNumber: masked(member.cardNumber) }),
    ...(member.citizenId && { citizenId: masked(member.citizenId) }),
    roles: rolesHeld(member, now),
  }));

/** The roll of a branch on a day, with phones: whoever runs a meeting may have to call. */
export const rollRows = (members: readonly Member[], unitId: UnitId, day: Day, now: Instant): RollRow[] =>
  inUnit(members, unitId, day).map(({ member, state }) => ({
    memberId: member.memberId,
    name: member.name,
    birthYear: birthYearOf(member),
    state,
    hasPhone: member.phone !== undefined,
    ...(member.phone && { phone: member.phone }),
    roles: rolesHeld(member, now),
  }));

const inUnit = (members: readonly Member[], unitId: UnitId, day: Day) =>
  members
    .flatMap((member) => {
      const state = votingStateAt(member, unitId, day);
      return isOnRoll(state) ? [{ member, state }] : [];
    })
    .sort((a, b) => byVietnameseName(a.member.name, b.member.name));

/** Everything about one member, with the names of the branches. */
export const fullRecord = async (member: Member, now: Instant): Promise<FullRecord> => {
  const today = dayOf(now);
  const unitId = branchOn(member, today);
  const nameOf = async (id: UnitId) => (await unitOf(id, now))?.name ?? '';
  const { placements, conditions, roles, ...summary } = member;
  return {
    ...summary,
    unitId,
    unitName: await nameOf(unitId),
    state: votingStateAt(member, unitId, today) ?? 'not_yet', // his own branch always has a word for him
    placements: await Promise.all(placements.map(async (one) => ({ ...one, unitName: await nameOf(one.unitId) }))),
    conditions,
    roles: await Promise.all(roles.map(async (grant) => ({ ...grant, unitName: await nameOf(grant.unitId) }))),
  };
};

/** Entries of the log with the names of today. */
export const auditRows = async (entries: readonly AuditEntry[]): Promise<AuditRow[]> => {
  const names = new Map<string, Promise<string | undefined>>();
  const nameOf = (id: MemberId) => {
    const known = names.get(id) ?? personOf(id).then((person) => person?.name);
    names.set(id, known);
    return known;
  };
  return Promise.all(
    entries.map(async ({ requestId, at, operation, actorId, record, outcome }) => {
      const about = v.safeParse(MemberId, record['memberId']);
      const memberName = about.success ? await nameOf(about.output) : undefined;
      return {
        requestId,
        at,
        operation,
        actorId,
        actorName: (await nameOf(actorId)) ?? '',
        ...(memberName !== undefined && { memberName }),
        outcome,
      };
    }),
  );
};
