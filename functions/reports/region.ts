import type { UnitId } from '#shared/kernel/ids.ts';
import type { Day } from '#shared/kernel/time.ts';
import type { Unit } from '#shared/members/model.ts';
import { isClosedOn, nameOn, parentOn } from '#shared/members/tree.ts';
import type { Period, UnitTraces } from '#shared/reports/model.ts';
import { childrenOf, daysOf, membersOf, openedUntil, postedUntil, recordingsOf, signedOf, unitAbout } from './store.ts';

/** A unit with all below it, as the tree was on one day. */
export interface Region {
  readonly unit: Unit;
  readonly name: string;
  readonly superiorName?: string;
  readonly units: readonly { readonly unit: Unit; readonly name: string; readonly above: string }[];
}

/** Units read at the same time: enough to hide the way to the table, few enough not to queue in the client. */
const ABREAST = 24;

/**
 * The region below a unit on a day, or nothing when the unit is not known here. Before the handbook came to know the
 * unit, what stood below it is what stood there when it did.
 */
export const regionOf = async (unitId: UnitId, asked: Day): Promise<Region | undefined> => {
  const unit = await unitAbout(unitId);
  if (!unit) return undefined;
  const [{ from: known } = { from: asked }] = unit.names;
  const day = asked > known ? asked : known;
  const parentId = parentOn(unit, day);
  const superior = parentId && (await unitAbout(parentId));
  const name = nameOn(unit, day);
  const superiorName = superior && nameOn(superior, day);
  const units = [{ unit, name, above: superiorName ?? '' }];
  for (let level = units.filter(hasBelow); level.length > 0; ) {
    const below = await abreast(level, async (above) =>
      (await childrenOf(above.unit.unitId))
        .filter((child) => stoodOn(child, day) && parentOn(child, day) === above.unit.unitId)
        .map((child) => ({ unit: child, name: nameOn(child, day), above: above.name })),
    );
    level = below.flat();
    units.push(...level);
    level = level.filter(hasBelow);
  }
  return { unit, name, ...(superiorName && { superiorName }), units };
};

const hasBelow = ({ unit: { kind } }: { unit: Unit }): boolean => kind !== 'branch' && kind !== 'party_cell_group';

/** It had been founded by that day and not closed. */
const stoodOn = (unit: Unit, day: Day): boolean => !isClosedOn(unit, day) && unit.names.some(({ from }) => from <= day);

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

/** Does something for each, some at a time, and answers in their order. */
const abreast = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(ABREAST, items.length) }, worker));
  return results;
};
