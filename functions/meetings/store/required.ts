import * as v from 'valibot';
import { exists, isNew, type OnlyIf } from '#runtime/table.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { RequiredItem } from '#shared/meetings/required.ts';
import { Rhythm } from '#shared/meetings/rhythm.ts';
import { Unit } from '#shared/members/model.ts';
import { key, table } from './keys.ts';

/** When the branch said that it usually meets; nothing while it has not. */
export const rhythmOf = async (unitId: UnitId): Promise<Rhythm | undefined> => {
  const item = await table.get(key.rhythm(unitId));
  return item && v.parse(Rhythm, item);
};

export const recordRhythm = async (unitId: UnitId, rhythm: Rhythm): Promise<void> => {
  await table.put({ ...key.rhythm(unitId), ...rhythm });
};

/** Everything an organisation asked of the branches below it, taken back or not. */
export const requiredOf = async (unitId: UnitId): Promise<readonly RequiredItem[]> =>
  (await table.query(`ABOVE#${unitId}`, { prefix: 'REQUIRED#' })).map((item) => v.parse(RequiredItem, item));

/** Keeps an item once; the same act again answers what stands. */
export const recordRequired = async (item: RequiredItem): Promise<RequiredItem> => {
  const written = await table.put({ ...key.required(item.unitId, item.requiredId), ...item }, isNew);
  return written.done || !written.existing ? item : v.parse(RequiredItem, written.existing);
};

/** Takes an item back; again answers the first time. Nothing when there is no such item. */
export const recordTakenBack = async (
  unitId: UnitId,
  requiredId: string,
  withdrawnAt: Instant,
): Promise<RequiredItem | undefined> => {
  const written = await table.change(key.required(unitId, requiredId), {
    set: { withdrawnAt },
    onlyIf: { expression: `${exists.expression} AND attribute_not_exists(#withdrawnAt)` },
  });
  const item = written.done ? written.item : written.existing;
  return item && v.parse(RequiredItem, item);
};

const isNewer = (version: number): OnlyIf => ({
  expression: 'attribute_not_exists(#pk) OR #version < :version',
  values: { version },
});

/** The tree as a dated record: the unit itself, and a copy below every unit it ever stood under. An older fact changes nothing. */
export const keepUnit = async (unit: Unit, parents: readonly UnitId[]): Promise<void> => {
  await table.put({ ...key.unit(unit.unitId), ...unit }, isNewer(unit.version));
  for (const parentId of parents)
    await table.put({ ...key.unitBelow(parentId, unit.unitId), ...unit }, isNewer(unit.version));
};

export const unitAbout = async (unitId: UnitId): Promise<Unit | undefined> => {
  const item = await table.get(key.unit(unitId));
  return item && v.parse(Unit, item);
};

/** Every unit that ever stood directly below, each with its whole history. */
export const unitsBelow = async (unitId: UnitId): Promise<readonly Unit[]> =>
  (await table.query(`ABOVE#${unitId}`, { prefix: 'UNIT#' })).map((item) => v.parse(Unit, item));
