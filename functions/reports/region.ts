import { abreast } from '#runtime/abreast.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import type { Day } from '#shared/kernel/time.ts';
import type { Unit } from '#shared/members/model.ts';
import { knownOn, type Placed, regionBelow } from '#shared/members/region.ts';
import { nameOn, parentOn } from '#shared/members/tree.ts';
import type { Period, UnitTraces } from '#shared/reports/model.ts';
import { childrenOf, daysOf, membersOf, openedUntil, postedUntil, recordingsOf, signedOf, unitAbout } from './store.ts';

/** A unit with all below it, as the tree was on one day. */
export interface Region {
  readonly unit: Unit;
  readonly name: string;
  readonly superiorName?: string;
  readonly units: readonly Placed[];
}

/** The region below a unit on a day, or nothing when the unit is not known here. */
export const regionOf = async (unitId: UnitId, asked: Day): Promise<Region | undefined> => {
  const unit = await unitAbout(unitId);
  if (!unit) return undefined;
  const day = knownOn(unit, asked);
  const parentId = parentOn(unit, day);
  const superior = parentId && (await unitAbout(parentId));
  const superiorName = superior && nameOn(superior, day);
  const units = await regionBelow({ unit, above: superiorName ?? '' }, day, (ids) => abreast(ids, childrenOf));
  return { unit, name: nameOn(unit, day), ...(superiorName && { superiorName }), units };
};

/** Everything a report of the period needs, of the unit and all below it. */
export const tracesOfPeriod = async ({ units }: Region, period: Period): Promise<UnitTraces[]> =>
  abreast(units, async ({ unit, name, above }) => {
    const { unitId } = unit;
    const isBranch = unit.kind === 'branch';
    const [since, members, signed, opened, posted, days] = await Promise.all([
      recordingsOf(unitId),
      membersOf(unitId),
      signedOf(unitId),
      openedUntil(unitId, period.to),
      postedUntil(unitId, period.to),
      daysOf(unitId, period.from, period.to),
    ]);
    return { unitId, name, above, isBranch, since, members, signed, opened, posted, ...days };
  });

/** What one day's view needs: the branches alone, and two reads of each. */
export const tracesOfDay = async ({ units }: Region, day: Day): Promise<UnitTraces[]> =>
  abreast(
    units.filter(({ unit }) => unit.kind === 'branch'),
    async ({ unit: { unitId }, name, above }) => {
      const [members, days] = await Promise.all([membersOf(unitId), daysOf(unitId, day, day)]);
      return { unitId, name, above, isBranch: true, since: {}, members, signed: [], opened: [], posted: [], ...days };
    },
  );
