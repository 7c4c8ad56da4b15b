import { expect, test } from 'vitest';
import { startWaiting } from './waiting.ts';

test('what falls due while it is being looked for is found at once, not at the deadline', async () => {
  const due = Date.now() + 5;
  const isDue = (now: number) => now >= due;
  /** The question takes so long that the clock passes the due moment before the next one is put. */
  const look = (now: number) => {
    while (!isDue(Date.now()));
    return isDue(now) ? 'there' : undefined;
  };
  const nextDue = (now: number) => (isDue(now) ? undefined : due);
  const deadline = Date.now() + 60_000;
  expect(await startWaiting().until('queue', look, nextDue, deadline)).toBe('there');
  expect(Date.now()).toBeLessThan(due + 40_000);
});
