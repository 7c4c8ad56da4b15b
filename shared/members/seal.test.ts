import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, type Day } from '#shared/kernel/time.ts';
import { type DaySeal, daysToSeal, faultsOfChain, faultsOfDay, sealDay, sealedUnit } from './seal.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const first = '2026-11-20' as Day;
const entry = fc.record({ at: fc.string(), operation: fc.string(), record: fc.dictionary(fc.string(), fc.string()) });
const log = fc.dictionary(fc.constantFrom('cb-1', 'cb-2', 'xa-1'), fc.array(entry, { minLength: 1, maxLength: 5 }));
type Log = Readonly<Record<string, readonly object[]>>;

const sealedLog = (one: Log) =>
  Object.fromEntries(Object.entries(one).map(([unitId, entries]) => [unitId, sealedUnit(entries, hashOf)]));
const chainOf = (days: readonly Log[]): DaySeal[] => {
  const seals: DaySeal[] = [];
  for (const [at, one] of days.entries()) seals.push(sealDay(addDays(first, at), seals.at(-1), sealedLog(one), hashOf));
  return seals;
};

describe('the seal of a day', () => {
  test('holds as long as nothing is touched, whatever the order of fields', () => {
    fc.assert(
      fc.property(fc.array(log, { minLength: 1, maxLength: 5 }), (days) => {
        const seals = chainOf(days);
        expect(faultsOfChain(seals)).toEqual([]);
        for (const [at, seal] of seals.entries()) {
          const turned = Object.fromEntries(
            Object.entries(days[at] as Log).map(([unitId, entries]) => [
              unitId,
              entries.map((one) => Object.fromEntries(Object.entries(one).reverse())),
            ]),
          );
          expect(faultsOfDay(seal, sealedLog(turned), hashOf)).toEqual([]);
        }
      }),
    );
  });

  test('finds an entry that was changed, taken away or added, and where', () => {
    const entries = [
      { at: '1', who: 'lan' },
      { at: '2', who: 'tam' },
    ] as const;
    const [seal] = chainOf([{ 'cb-1': entries, 'cb-2': entries }]) as [DaySeal];
    const found = (one: readonly object[]) => faultsOfDay(seal, sealedLog({ 'cb-1': one, 'cb-2': entries }), hashOf);
    const at = { day: first, unitId: 'cb-1' };
    expect(found([entries[0], { ...entries[1], who: 'an' }])).toEqual([{ ...at, what: 'entry-changed' }]);
    expect(found([entries[1], entries[0]])).toEqual([{ ...at, what: 'entry-changed' }]);
    expect(found([entries[0]])).toEqual([{ ...at, what: 'entry-missing' }]);
    expect(found([...entries, { at: '3' }])).toEqual([{ ...at, what: 'entry-added' }]);
    expect(faultsOfDay(seal, sealedLog({ 'cb-2': entries }), hashOf)).toEqual([{ ...at, what: 'entry-missing' }]);
    expect(faultsOfDay(seal, sealedLog({ 'cb-1': entries, 'cb-2': entries, 'cb-3': entries }), hashOf)).toEqual([
      { day: first, unitId: 'cb-3', what: 'entry-added' },
    ]);
  });

  test('rewritten to fit a changed log breaks the chain at the day after', () => {
    const seals = chainOf([{ 'cb-1': [{ at: '1' }] }, {}, { 'cb-1': [{ at: '2' }] }]);
    const forged = sealDay(first, undefined, sealedLog({ 'cb-1': [{ at: 'other' }] }), hashOf);
    expect(faultsOfChain([forged, ...seals.slice(1)])).toEqual([{ day: addDays(first, 1), what: 'chain-broken' }]);
    expect(faultsOfDay({ ...(seals[0] as DaySeal), units: forged.units }, forged.units, hashOf)).toEqual([
      { day: first, what: 'seal-changed' },
    ]);
    expect(faultsOfChain([seals[0] as DaySeal, seals[2] as DaySeal])).toEqual([
      { day: addDays(first, 1), what: 'seal-missing' },
    ]);
  });
});

test('each night seals every day that waits, up to yesterday', () => {
  const today = '2026-11-22' as Day;
  expect(daysToSeal(undefined, today, 31)).toEqual(['2026-11-21']);
  expect(daysToSeal('2026-11-21' as Day, today, 31)).toEqual([]);
  expect(daysToSeal('2026-11-18' as Day, today, 31)).toEqual(['2026-11-19', '2026-11-20', '2026-11-21']);
  expect(daysToSeal('2026-11-18' as Day, today, 2)).toEqual(['2026-11-19', '2026-11-20']);
});
