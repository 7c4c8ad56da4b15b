import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chance } from './arrivals.ts';
import { handbook, limits, type Measured, naive, priceOf } from './simulate-designs.ts';
import { type Design, gatheredRuns, type Limit, lanesFrom, play, quantile, sharedTimes } from './simulate-model.ts';

const door = (perSecond: number): Limit[] => [{ name: 'door', perSecond, burst: perSecond }];
const patient = (calls: number): Design => ({
  name: 'patient',
  callsOf: () => Array.from({ length: calls }, (_, at) => ({ after: at, takes: { door: 1 } })),
  background: {},
  waitAfter: (tries, random) => random() * Math.min(60, 2 ** tries),
});
const impatient = (calls: number): Design => ({
  ...patient(calls),
  waitAfter: (tries) => (tries < 3 ? 0.2 : undefined),
});
const evening = (members: number, perSecond: number, seed = 1) => ({
  members,
  seconds: 60,
  peak: 3,
  limits: door(perSecond),
  random: chance(seed),
});

describe('the model of an evening', () => {
  test('keeps everybody: whoever comes is done or has given up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        fc.boolean(),
        (members, perSecond, calls, seed, waits) => {
          const design = waits ? patient(calls) : impatient(calls);
          const played = play(design, evening(members, perSecond, seed));
          expect(played.done + played.givenUp).toBe(members);
          if (waits) expect(played.givenUp).toBe(0);
          const refused = Object.values(played.refused).reduce((sum, count) => sum + count, 0);
          expect(played.tries).toBe(refused + played.done * calls + (played.tries - refused - played.done * calls));
          expect(played.tries - refused).toBeGreaterThanOrEqual(played.done * calls);
          expect(played.tries - refused).toBeLessThanOrEqual(members * calls);
          expect(played.waits.every((wait) => wait >= 0)).toBe(true);
          expect(played.broke === undefined).toBe(refused === 0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('lets nobody wait where the limit is above what is asked, and never lets through more than the limit', () => {
    const easy = play(patient(1), evening(200, 1_000));
    expect([easy.waits.at(-1), easy.broke]).toEqual([0, undefined]);
    const tight = play(patient(1), evening(600, 5));
    // 600 through a door of 5 a second, after the arrivals' minute: at least a minute more for the last
    expect(tight.waits.at(-1)).toBeGreaterThan(30);
    expect(tight.use['door']).toBeGreaterThan(1);
  });

  test('grows worse, never better, with fewer units a second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 20 }), fc.nat(), (perSecond, seed) => {
        const at = (rate: number) => quantile(play(patient(2), evening(400, rate, seed)).waits, 0.5);
        expect(at(perSecond * 4)).toBeLessThanOrEqual(at(perSecond) + 0.01);
      }),
      { numRuns: 30 },
    );
  });

  test('gives the same figures for many members as for a few that stand for them', () => {
    const whole = play(patient(2), { ...evening(4_000, 40), most: 4_000 });
    const few = play(patient(2), { ...evening(4_000, 40), most: 800 });
    expect(few.done).toBe(4_000);
    expect(few.use['door'] ?? 0).toBeCloseTo(whole.use['door'] ?? 0, -1);
    expect(quantile(few.waits, 0.95) / quantile(whole.waits, 0.95)).toBeGreaterThan(0.6);
    expect(quantile(few.waits, 0.95) / quantile(whole.waits, 0.95)).toBeLessThan(1.6);
  });

  test('has those who are there take what their polls take', () => {
    const polling: Design = { ...patient(1), background: { door: 0.1 } };
    expect(play(polling, evening(300, 20)).use['door'] ?? 0).toBeGreaterThan(
      play(patient(1), evening(300, 20)).use['door'] ?? 0,
    );
  });
});

describe('a function that gathers', () => {
  test('runs at most once a record and once a lane and window, and the readers follow from the runs', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1_000, noNaN: true }), fc.integer({ min: 1, max: 50 }), (rate, lanes) => {
        const runs = gatheredRuns(rate, { window: 1, lanes });
        expect(runs).toBeLessThanOrEqual(rate);
        expect(runs).toBeLessThanOrEqual(lanes + 1e-9);
        expect(gatheredRuns(rate * 2, { window: 1, lanes })).toBeGreaterThanOrEqual(runs);
        expect(lanesFrom(rate, runs, 1)).toBeCloseTo(lanes, 3);
      }),
    );
  });
});

describe('a machine that all requests share', () => {
  test('gives a lone request one processor, and two that meet on one half of it each', () => {
    expect(sharedTimes([5], [10], 2)).toEqual([10]);
    expect(sharedTimes([0, 0], [10, 10], 2)).toEqual([10, 10]);
    expect(sharedTimes([0, 4], [10, 2], 1)).toEqual([12, 4]);
  });

  test('lets nobody be done before his own work takes, and nobody wait longer for one processor more', () => {
    const comes = fc.array(fc.double({ min: 0, max: 1_000, noNaN: true }), { minLength: 1, maxLength: 80 });
    const works = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 80, maxLength: 80 });
    fc.assert(
      fc.property(comes, works, fc.integer({ min: 1, max: 4 }), (given, each, processors) => {
        const sorted = given.toSorted((a, b) => a - b);
        const times = sharedTimes(sorted, each, processors);
        const more = sharedTimes(sorted, each, processors + 1);
        for (const [index, time] of times.entries()) {
          expect(time).toBeGreaterThanOrEqual((each[index] as number) - 1e-6);
          expect(more[index]).toBeLessThanOrEqual(time + 1e-6);
        }
      }),
    );
  });

  test('works all the time that one has work, and does all of it', () => {
    const many = Array.from({ length: 200 }, (_, index) => index);
    const works = many.map((index) => 5 + (index % 7));
    const times = sharedTimes(many, works, 2);
    const last = Math.max(...times.map((time, index) => (many[index] as number) + time));
    // two processors, never idle after the first moments: the end is the work by two, but for the last one's lone part
    const all = works.reduce((sum, work) => sum + work, 0);
    expect(last).toBeGreaterThanOrEqual(all / 2);
    expect(last).toBeLessThanOrEqual(all / 2 + 11);
  });
});

const measured: Measured = {
  learntFrom: 100,
  perMember: {
    apiRequests: 6,
    edgeRequests: 3,
    followingRuns: 4,
    readUnits: 10,
    writeUnits: 5,
    filePuts: 0.5,
    bytes: 30_000,
    bytesOfLooks: 50_000,
  },
  desk: { membersPerHall: 30, readUnits: 5.5, writeUnits: 16 },
};

describe('the two ways of building', () => {
  const at = (design: Design, members: number) =>
    play(design, { members, seconds: 600, peak: 3, limits, random: chance(5), most: 1_000 });

  test('the usual one breaks at the doors of identity with a town of members', () => {
    const small = at(naive().design, 13_000);
    expect(['cognito devices', 'identity pool']).toContain(small.broke?.limit);
    expect(at(naive().design, 100_000).givenUp).toBeGreaterThan(10_000);
  });

  test('the handbook holds a province without a refusal, and loses nobody beyond', () => {
    expect(at(handbook(measured).design, 100_000).broke).toBeUndefined();
    expect(at(handbook(measured).design, 5_400_000).givenUp).toBe(0);
  });

  test('the desks of small halls weigh more on each member, in calls, units and dollars', () => {
    const small = handbook({ ...measured, desk: { ...measured.desk, membersPerHall: 6 } });
    const large = handbook(measured);
    for (const name of ['api requests', 'function requests', 'table reads', 'table writes'])
      expect(small.amounts[name]).toBeGreaterThan(large.amounts[name] ?? 0);
    // an hour of looks, three to a minute while people come and go
    expect((large.amounts['function requests'] ?? 0) - 6 - 4).toBeCloseTo((60 + 400 / 3) / 30);
    expect(large.design.background['function requests']).toBeCloseTo((60 + 400 / 3) / 30 / 3_600);
  });

  test('the price of an evening grows with its members, and the usual one is dearer many times', () => {
    const ours = handbook(measured).amounts;
    expect(priceOf(ours, 2_000)).toBeCloseTo(2 * priceOf(ours, 1_000));
    expect(priceOf(naive().amounts, 1e6) / priceOf(ours, 1e6)).toBeGreaterThan(10);
    // what the arithmetic by hand gives for a million sessions of the usual way: 3,171 dollars
    expect(priceOf(naive().amounts, 1e6) / 3_171).toBeGreaterThan(0.9);
    expect(priceOf(naive().amounts, 1e6) / 3_171).toBeLessThan(1.1);
  });
});
