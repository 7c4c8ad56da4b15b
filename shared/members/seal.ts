import * as v from 'valibot';
import { UnitId } from '#shared/kernel/ids.ts';
import { addDays, Day } from '#shared/kernel/time.ts';

/** What one organisation's log of one day came to: how many acts, and the hash of them all. */
export const SealedUnit = v.object({ count: v.number(), hash: v.string() });
export type SealedUnit = v.InferOutput<typeof SealedUnit>;

/**
 * One day of the province's audit log, sealed: what each organisation's log came to, and the hash of the day before. So
 * whoever changes one line of one day has to change every day after it. Source: product.md §4.6.
 */
export const DaySeal = v.object({
  day: Day,
  /** Hash of the day before; none for the very first day. */
  previous: v.optional(v.string()),
  units: v.record(UnitId, SealedUnit),
  hash: v.string(),
});
export type DaySeal = v.InferOutput<typeof DaySeal>;

/** SHA-256 in hex. */
export type HashOf = (text: string) => string;

/** One text for the same log, whatever the order in which the fields of an entry are read. */
export const textOf = (entries: readonly object[]): string => JSON.stringify(entries.map(inOrder));

const inOrder = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, one]) => [name, inOrder(one)]),
      )
    : value;

export const sealedUnit = (entries: readonly object[], hashOf: HashOf): SealedUnit => ({
  count: entries.length,
  hash: hashOf(textOf(entries)),
});

const hashOfDay = ({ day, previous, units }: Omit<DaySeal, 'hash'>, hashOf: HashOf): string =>
  hashOf(textOf([{ day, previous: previous ?? '', units }]));

export const sealDay = (
  day: Day,
  previous: DaySeal | undefined,
  units: Readonly<Record<string, SealedUnit>>,
  hashOf: HashOf,
): DaySeal => {
  // keys of `units` were written by the log under ids of units
  const open = { day, ...(previous && { previous: previous.hash }), units: units as DaySeal['units'] };
  return { ...open, hash: hashOfDay(open, hashOf) };
};

/** What is wrong with a day: `seal` itself or its place in the chain, or the log of one organisation against it. */
export type SealFault =
  | { readonly day: Day; readonly what: 'seal-missing' | 'seal-changed' | 'chain-broken' }
  | { readonly day: Day; readonly unitId: UnitId; readonly what: 'entry-missing' | 'entry-added' | 'entry-changed' };

/** Compares the log of each organisation on a sealed day with its seal. */
export const faultsOfDay = (
  seal: DaySeal,
  now: Readonly<Record<string, SealedUnit>>,
  hashOf: HashOf,
): readonly SealFault[] => {
  const { day } = seal;
  const own: SealFault[] = hashOfDay(seal, hashOf) === seal.hash ? [] : [{ day, what: 'seal-changed' }];
  const ids = [...new Set([...Object.keys(seal.units), ...Object.keys(now)])] as UnitId[];
  const inUnits = ids.flatMap((unitId): SealFault[] => {
    const [was, is] = [seal.units[unitId] ?? nothing, now[unitId] ?? nothing];
    if (was.hash === is.hash || (was.count === 0 && is.count === 0)) return [];
    const what = is.count < was.count ? 'entry-missing' : is.count > was.count ? 'entry-added' : 'entry-changed';
    return [{ day, unitId, what }];
  });
  return [...own, ...inUnits];
};
const nothing: SealedUnit = { count: 0, hash: '' };

/** Days of the chain that are missing, or do not follow from the day before. The first given day is trusted as it is. */
export const faultsOfChain = (seals: readonly DaySeal[]): readonly SealFault[] =>
  seals.slice(1).flatMap((seal, at): SealFault[] => {
    const before = seals[at] as DaySeal; // one less than where the slice began
    if (addDays(before.day, 1) !== seal.day) return [{ day: addDays(before.day, 1), what: 'seal-missing' }];
    return seal.previous === before.hash ? [] : [{ day: seal.day, what: 'chain-broken' }];
  });

/** Days that wait for their seal: from the day after the last sealed one until yesterday, oldest first. */
export const daysToSeal = (last: Day | undefined, today: Day, atMost: number): readonly Day[] => {
  const days: Day[] = [];
  let day = last === undefined ? addDays(today, -1) : addDays(last, 1);
  while (day < today && days.length < atMost) {
    days.push(day);
    day = addDays(day, 1);
  }
  return days;
};
