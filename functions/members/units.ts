import { type Route, route } from '#runtime/http.ts';
import { type Actor, chainOf, mayAt } from '#runtime/identity.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { type Day, dayOf, type Instant, instantAt } from '#shared/kernel/time.ts';
import * as contract from '#shared/members/contract.ts';
import type { Unit } from '#shared/members/model.ts';
import { decideUnitChange, isClosedOn, mayStandBelow } from '#shared/members/tree.ts';
import { followUnit } from './following.ts';
import { memberRows, unitRow } from './showing.ts';
import { loadUnit, membersListed, recordUnit, subtree, unitsBelow } from './store.ts';

/** Organisations: the tree, and what changes in it. */
export const unitRows: readonly Route[] = [
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
];

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
  const now = instantAt(today, '00:00');
  return (
    below.every((one) => isClosedOn(one, today) || one.parents.at(-1)?.parentId !== unit.unitId) &&
    memberRows(members, unit.unitId, now).length === 0
  );
};
