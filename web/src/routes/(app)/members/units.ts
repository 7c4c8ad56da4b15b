import type { UnitId } from '#shared/kernel/ids.ts';
import { type Grant, rights } from '#shared/kernel/permissions.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { byVietnameseName } from '#shared/kernel/vietnamese.ts';
import type { UnitRow } from '#shared/members/contract.ts';
import { unitKinds } from '#shared/members/model.ts';

/** The organisations at which somebody may look at members: where his tree begins. */
export const rootsOf = (grants: readonly Grant[], now: Instant): readonly UnitId[] => [
  ...new Set(
    grants
      .filter(
        ({ role, from, until }) => rights[role]['members.read'] !== undefined && from <= now && (until ?? '9') > now,
      )
      .map(({ unitId }) => unitId),
  ),
];

export interface Branching {
  readonly unit: UnitRow;
  readonly below: readonly Branching[];
}

/** The list of organisations as trees: wider kinds first, then by name. */
export const treesOf = (units: readonly UnitRow[]): readonly Branching[] => {
  const known = new Set(units.map(({ unitId }) => unitId));
  const order = (a: UnitRow, b: UnitRow) =>
    unitKinds.indexOf(a.kind) - unitKinds.indexOf(b.kind) || byVietnameseName(a.name, b.name);
  const grow = (unit: UnitRow): Branching => ({
    unit,
    below: units
      .filter(({ parentId }) => parentId === unit.unitId)
      .sort(order)
      .map(grow),
  });
  return units
    .filter(({ parentId }) => parentId === undefined || !known.has(parentId))
    .sort(order)
    .map(grow);
};

/** An organisation and all that stand below it in the list. */
export const within = (units: readonly UnitRow[], unitId: UnitId): readonly UnitRow[] => {
  const inside = new Set([unitId]);
  let before = 0;
  while (before !== inside.size) {
    before = inside.size;
    for (const unit of units) if (unit.parentId !== undefined && inside.has(unit.parentId)) inside.add(unit.unitId);
  }
  return units.filter((unit) => inside.has(unit.unitId));
};

/** Those above an organisation, the widest first, as the trail over a page. */
export const trailOf = (units: readonly UnitRow[], unit: UnitRow | undefined): readonly UnitRow[] => {
  const above = unit && units.find(({ unitId }) => unitId === unit.parentId);
  return above ? [...trailOf(units, above), above] : [];
};

/** The branch itself, or its own branches when they are few enough to be shown together. */
export const BRANCHES_TOGETHER = 60;
