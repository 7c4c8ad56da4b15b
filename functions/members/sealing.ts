import * as v from 'valibot';
import { auditOn, unitsAudited } from '#runtime/audit.ts';
import { hashOf, json, keepForever, openBucket } from '#runtime/files.ts';
import { openTable } from '#runtime/table.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { addDays, Day } from '#shared/kernel/time.ts';
import {
  DaySeal,
  daysToSeal,
  faultsOfChain,
  faultsOfDay,
  type SealedUnit,
  type SealFault,
  sealDay,
  sealedUnit,
  textOf,
} from '#shared/members/seal.ts';
import { inTurns } from './store.ts';

const table = openTable('AUDIT_TABLE');
const seals = openBucket('SEAL_BUCKET');

const paths = {
  day: (day: Day) => `audit/${day}/seal.json`,
  unit: (day: Day, unitId: UnitId) => `audit/${day}/${unitId}.json`,
};
const how = { contentType: json, cacheControl: keepForever };

/** Days sealed in one night at most, after nights on which nothing ran. */
const DAYS_AT_ONCE = 31;

/** Seals every day that is over and waits. Safe to repeat: a day that has its seal keeps it. Answers the days sealed. */
export const sealDaysOver = async (today: Day): Promise<readonly Day[]> => {
  const [, last] = await sealedDays();
  const days = daysToSeal(last, today, DAYS_AT_ONCE);
  for (const day of days) await sealOne(day, await sealOf(addDays(day, -1)));
  return days;
};

const sealOne = async (day: Day, previous: DaySeal | undefined): Promise<void> => {
  const units: Record<string, SealedUnit> = {};
  await inTurns(await unitsAudited(day), 8, async (unitId) => {
    const entries = await auditOn(unitId, day);
    await seals.write(paths.unit(day, unitId), textOf(entries), how);
    units[unitId] = sealedUnit(entries, hashOf);
  });
  // written last and only once: before it stands, the day is not sealed
  const seal = sealDay(day, previous, units, hashOf);
  await seals.write(paths.day(day), JSON.stringify(seal), { ...how, ifNew: true });
  await table.put({ pk: 'SEALED', sk: day });
};

/** The first and the last day that have their seal. Only where to go on: what is true stands in the seals themselves. */
export const sealedDays = async (): Promise<readonly [Day?, Day?]> => {
  const [[first], [last]] = await Promise.all([
    table.query('SEALED', { limit: 1 }),
    table.query('SEALED', { limit: 1, descending: true }),
  ]);
  return first && last ? [v.parse(Day, first.sk), v.parse(Day, last.sk)] : [];
};

/** The seal of a day, if it has one. */
export const sealOf = async (day: Day): Promise<DaySeal | undefined> => {
  const file = await seals.read(paths.day(day));
  return file && v.parse(DaySeal, JSON.parse(new TextDecoder().decode(file.body)));
};

/** What is wrong with these sealed days: their chain, and the log of every organisation against its seal. */
export const faultsBetween = async (from: Day, until: Day): Promise<readonly SealFault[]> => {
  const found: DaySeal[] = [];
  const faults: SealFault[] = [];
  for (let day = from; day <= until; day = addDays(day, 1)) {
    const seal = await sealOf(day);
    if (!seal) {
      faults.push({ day, what: 'seal-missing' });
      continue;
    }
    found.push(seal);
    const ids = new Set([...(await unitsAudited(day)), ...(Object.keys(seal.units) as UnitId[])]);
    const now: Record<string, SealedUnit> = {};
    await inTurns([...ids], 8, async (unitId) => {
      now[unitId] = sealedUnit(await auditOn(unitId, day), hashOf);
    });
    faults.push(...faultsOfDay(seal, now, hashOf));
  }
  return [...faults, ...faultsOfChain(found).filter(({ what }) => what !== 'seal-missing')];
};

/** Whether the entries of one organisation on a day are as they were sealed; nothing when the day has no seal yet. */
export const isAsSealed = async (
  unitId: UnitId,
  day: Day,
  entries: readonly object[],
): Promise<boolean | undefined> => {
  const seal = await sealOf(day);
  if (!seal) return undefined;
  const mine = seal.units[unitId];
  const ofUnit = { ...seal, units: mine ? { [unitId]: mine } : {} };
  return faultsOfDay(ofUnit, { [unitId]: sealedUnit(entries, hashOf) }, hashOf).every((fault) => !('unitId' in fault));
};
