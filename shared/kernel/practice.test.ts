import { describe, expect, it } from 'vitest';
import type { UnitId } from './ids.ts';
import { idAt, isPractice, practiceExpiry, practiceOf, practisingUnit } from './practice.ts';
import type { Instant } from './time.ts';

const branch = 'cb-thon-nam' as UnitId;
const evening = '2026-11-22T16:59:59.999Z' as Instant;

describe('a practice branch', () => {
  it('is named by its day in Viet Nam and its branch, so that yesterday is another one', () => {
    expect(practiceOf(branch, evening)).toBe('tap-261122-cb-thon-nam');
    expect(practiceOf(branch, '2026-11-22T17:00:00.000Z' as Instant)).toBe('tap-261123-cb-thon-nam');
  });

  it('is known by its name, leads back to its branch, and has none of its own', () => {
    const practice = practiceOf(branch, evening) as UnitId;
    expect([isPractice(practice), isPractice(branch), isPractice('tap-huan')]).toEqual([true, false, false]);
    expect(practisingUnit(practice)).toBe(branch);
    expect(practisingUnit(branch)).toBeUndefined();
    expect(practiceOf(practice, evening)).toBeUndefined();
    expect(practiceOf('b'.repeat(48) as UnitId, evening)).toBeUndefined();
  });

  it('goes a day after its own', () => {
    expect(practiceExpiry('tap-261122-cb-thon-nam')).toBe(Date.parse('2026-11-23T17:00:00.000Z') / 1000);
    for (const name of [branch, 'tap-261399-x', '']) expect(practiceExpiry(name)).toBeUndefined();
  });

  it('gives what is made there an id that goes with it, and nothing else another id', () => {
    const practice = practiceOf(branch, evening) as UnitId;
    expect(idAt(branch, 'a1')).toBe('a1');
    expect(practiceExpiry(idAt(practice, 'a1'))).toBe(practiceExpiry(practice));
  });
});
