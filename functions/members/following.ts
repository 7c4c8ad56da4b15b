import { claimStaffName, writeChain, writePerson } from '#runtime/identity.ts';
import { disableStaffUser } from '#runtime/staff-pool.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { branchOn, has } from '#shared/members/model.ts';
import { birthYearOf, grantsOf } from '#shared/members/rules.ts';
import { nameOn, parentOn } from '#shared/members/tree.ts';
import { inTurns, loadMember, loadUnit, subtree } from './store.ts';

/**
 * Tells the guard of every function who a member is now. Reads the record again, so that an old call cannot undo a newer
 * one for long: each change is followed twice, by the request that made it and by its own fact.
 */
export const followMember = async (memberId: MemberId, now: Instant): Promise<void> => {
  const member = await loadMember(memberId);
  if (!member) return;
  const today = dayOf(now);
  await writePerson({
    memberId,
    name: member.name,
    birthYear: birthYearOf(member),
    unitId: branchOn(member, today),
    grants: [...grantsOf(member, today)],
  });
  if (member.staffName !== undefined) {
    await claimStaffName(member.staffName, memberId);
    if (has(member, 'left', today)) await disableStaffUser(member.staffName);
  }
};

/** Writes the place of a unit, and of all that stand below it, where the guard reads it. Safe to repeat. */
export const followUnit = async (unitId: UnitId, now: Instant): Promise<void> => {
  const today = dayOf(now);
  const above = await chainAbove(unitId, now);
  if (!above) return;
  const chains = new Map<UnitId, readonly UnitId[]>();
  const units = await subtree(unitId, today);
  for (const unit of units) {
    const parentId = unit.unitId === unitId ? undefined : parentOn(unit, today);
    chains.set(unit.unitId, [unit.unitId, ...((parentId && chains.get(parentId)) ?? above)]);
  }
  await inTurns(units, 16, async (unit) =>
    writeChain(unit.unitId, chains.get(unit.unitId) ?? [unit.unitId], nameOn(unit, today)),
  );
};

/** The units above one, the nearest first; nothing when there is no such unit. */
const chainAbove = async (unitId: UnitId, now: Instant): Promise<readonly UnitId[] | undefined> => {
  const unit = await loadUnit(unitId);
  if (!unit) return undefined;
  const parentId = parentOn(unit, dayOf(now));
  if (parentId === undefined) return [];
  return [parentId, ...((await chainAbove(parentId, now)) ?? [])];
};
