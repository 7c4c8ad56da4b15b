import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivals, chance } from './arrivals.ts';

describe('arrivals of a meeting hour', () => {
  it('are all within the time, in order, and the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 6 }), fc.nat(), (count, peak, seed) => {
        const drawn = arrivals(count, 60_000, peak, chance(seed));
        expect(drawn).toHaveLength(count);
        expect(drawn.every((at) => at >= 0 && at <= 60_000)).toBe(true);
        expect(drawn).toEqual(drawn.toSorted((a, b) => a - b));
        expect(arrivals(count, 60_000, peak, chance(seed))).toEqual(drawn);
      }),
    );
  });

  it('peak at three times the mean when told so', () => {
    const drawn = arrivals(60_000, 600_000, 3, chance(7));
    const perTenSeconds = Array.from({ length: 60 }, () => 0);
    for (const at of drawn) perTenSeconds[Math.min(59, Math.floor(at / 10_000))]! += 1;
    const mean = drawn.length / 60;
    expect(Math.max(...perTenSeconds) / mean).toBeGreaterThan(2.7);
    expect(Math.max(...perTenSeconds) / mean).toBeLessThan(3.3);
  });

  it('are even when the peak is one', () => {
    const drawn = arrivals(10_000, 100_000, 1, chance(3));
    expect(drawn.filter((at) => at < 50_000).length / drawn.length).toBeCloseTo(0.5, 1);
  });
});
