import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GivesWay } from '#shared/kernel/operation.ts';
import { mustGiveWay, noteTableCall } from './pressure.ts';

const order: readonly GivesWay[] = ['statistics', 'polls', 'uploads', 'opinions'];
const giving = (now: number) => order.filter((what) => mustGiveWay(what, now));

describe('under load', () => {
  it('statistics give way first, then polls, uploads and opinions; calm opens all again', () => {
    let now = 1_000_000;
    const feel = (milliseconds: number, times = 80) => {
      for (let call = 0; call < times; call++) noteTableCall(milliseconds, now++);
      return giving(now);
    };
    expect(feel(20)).toEqual([]);
    expect(feel(1_000)).toEqual(['statistics']);
    expect(feel(1_500)).toEqual(['statistics', 'polls']);
    expect(feel(2_200)).toEqual(['statistics', 'polls', 'uploads']);
    expect(feel(6_000)).toEqual(order);
    expect(feel(20)).toEqual([]);
  });

  it('one slow call among quick ones closes nothing, and what is long past is forgotten', () => {
    let now = 2_000_000;
    for (let call = 0; call < 50; call++) noteTableCall(10, now++);
    noteTableCall(6_000, now);
    expect(giving(now)).toEqual([]);
    for (let call = 0; call < 80; call++) noteTableCall(6_000, now++);
    expect(giving(now)).toEqual(order);
    expect(giving(now + 10_001)).toEqual([]);
  });

  it('what gives way later never does so before what gives way earlier', () => {
    let now = 3_000_000;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6_000 }), { maxLength: 60 }), (calls) => {
        for (const call of calls) noteTableCall(call, now++);
        const shut = giving(now);
        expect(shut).toEqual(order.slice(0, shut.length));
      }),
    );
  });
});
