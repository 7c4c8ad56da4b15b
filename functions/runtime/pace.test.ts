import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SessionId } from '#shared/kernel/ids.ts';
import { mayAsk } from './pace.ts';

let sessions = 0;
const session = () => `s-${sessions++}` as SessionId;

test('a session asks as much as two hundred acts of an evening at once, and is then held to some a second', () => {
  const [wild, calm] = [session(), session()];
  const allowed = (now: number) =>
    Array.from({ length: 2_000 }, () => mayAsk(wild, 'member', now)).filter(Boolean).length;
  expect(allowed(0)).toBe(600);
  expect(allowed(0)).toBe(0);
  expect(allowed(2_000)).toBe(10);
  expect(mayAsk(calm, 'member', 2_000)).toBe(true);
  expect(allowed(3_600_000)).toBe(600);
});

test('whatever the order of the moments, no more goes through than the pace allows', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60_000), { minLength: 1, maxLength: 3_000 }), (moments) => {
      const wild = session();
      const through = moments.filter((now) => mayAsk(wild, 'member', now)).length;
      // each step back may be followed by one forward, which counts again: the bound of moments in order holds for those
      const forward = moments.reduce((sum, now, at) => sum + Math.max(0, now - (moments[at - 1] ?? now)), 0);
      expect(through).toBeLessThanOrEqual(600 + (forward / 1_000) * 5 + 1);
    }),
    { numRuns: 50 },
  );
});

test('of very many sessions those that were silent longest are forgotten, and no other', () => {
  const [tired, first] = [session(), session()];
  for (let n = 0; n < 601; n++) mayAsk(tired, 'member', 0);
  for (let n = 0; n < 601; n++) mayAsk(first, 'member', 0);
  for (let n = 0; n < 4_998; n++) mayAsk(session(), 'member', 0);
  expect(mayAsk(tired, 'member', 0)).toBe(false);
  mayAsk(session(), 'member', 0);
  expect(mayAsk(tired, 'member', 0)).toBe(false);
  expect(mayAsk(first, 'member', 0)).toBe(true);
});
