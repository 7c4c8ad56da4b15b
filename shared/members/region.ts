import type { UnitId } from '#shared/kernel/ids.ts';
import type { Day } from '#shared/kernel/time.ts';
import type { Unit } from './model.ts';
import { isClosedOn, nameOn, parentOn } from './tree.ts';

/** An organisation on one day, with the name of the one it stood below. */
export interface Placed {
  readonly unit: Unit;
  readonly name: string;
  readonly above: string;
}

/**
 * An organisation and all below it as the tree was on one day, level by level. Before the handbook came to know the
 * organisation, what stood below it is what stood there when it did. Where the children are kept is the caller's.
 */
export const regionBelow = async (
  { unit, above }: { readonly unit: Unit; readonly above: string },
  asked: Day,
  childrenOf: (units: readonly UnitId[]) => Promise<readonly (readonly Unit[])[]>,
): Promise<Placed[]> => {
  const day = knownOn(unit, asked);
  const found: Placed[] = [{ unit, name: nameOn(unit, day), above }];
  for (let level = found.filter(hasBelow); level.length > 0; ) {
    const below = await childrenOf(level.map((placed) => placed.unit.unitId));
    const next = level.flatMap((parent, at) =>
      (below[at] ?? [])
        .filter((child) => stoodOn(child, day) && parentOn(child, day) === parent.unit.unitId)
        .map((child) => ({ unit: child, name: nameOn(child, day), above: parent.name })),
    );
    found.push(...next);
    level = next.filter(hasBelow);
  }
  return found;
};

/** The asked day, or the first on which the handbook knew the organisation. */
export const knownOn = ({ names }: Pick<Unit, 'names'>, asked: Day): Day => {
  const [{ from } = { from: asked }] = names;
  return asked > from ? asked : from;
};

const hasBelow = ({ unit: { kind } }: Placed): boolean => kind !== 'branch' && kind !== 'party_cell_group';

/** It had been founded by that day and not closed. */
const stoodOn = (unit: Unit, day: Day): boolean => !isClosedOn(unit, day) && unit.names.some(({ from }) => from <= day);
