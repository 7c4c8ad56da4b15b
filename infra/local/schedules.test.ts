import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from './functions.ts';
import { startSchedules } from './schedules.ts';
import { openState } from './state.ts';
import type { ScheduleSpec } from './template-events.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'schedules-test-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const nightly: ScheduleSpec = {
  logicalId: 'Nightly1234',
  expression: 'cron(17 3 * * ? *)',
  timeZone: 'Asia/Ho_Chi_Minh',
  target: { kind: 'function', name: 'close-the-day' },
  input: '{"at":"<aws.scheduler.scheduled-time>"}',
  maximumRetries: 2,
  deadLetterQueue: 'aside',
};

/** A cloud whose clock only the test moves, on a state of its own. */
const aClock = (folder: string, start: string, answer: () => Outcome = () => ({ ok: true, payload: 'null' })) => {
  let now = Date.parse(start);
  const state = openState(join(home, folder));
  const runs: unknown[] = [];
  const sent: [string, string][] = [];
  const schedules = startSchedules([nightly], {
    functions: {
      invoke: async (_, event) => {
        runs.push(event);
        return answer();
      },
    },
    state,
    send: (queue, body) => sent.push([queue, body]),
    now: () => now,
    tickMs: 2,
  });
  const stop = async () => {
    await schedules.stop();
    state.close();
  };
  const moveTo = (text: string) => {
    now = Date.parse(text);
  };
  return { runs, sent, schedules, moveTo, stop };
};

describe('schedules', () => {
  test('run once when their minute comes, with the time in their input', async () => {
    const { runs, moveTo, stop } = aClock('once', '2026-11-20T20:00:00Z');
    moveTo('2026-11-20T20:17:02Z');
    await expect.poll(() => runs).toEqual([{ at: '2026-11-20T20:17:00.000Z' }]);
    moveTo('2026-11-20T20:17:50Z');
    moveTo('2026-11-20T21:00:00Z');
    await stop();
    expect(runs).toHaveLength(1);
  });

  test('a run missed while the machine was off is made up for once, not once a day', async () => {
    const before = aClock('missed', '2026-11-20T12:00:00Z');
    await before.stop();
    const after = aClock('missed', '2026-11-23T12:00:00Z');
    await expect.poll(() => after.runs).toEqual([{ at: '2026-11-22T20:17:00.000Z' }]);
    await after.stop();
    const again = aClock('missed', '2026-11-23T12:01:00Z');
    await again.stop();
    expect(again.runs).toEqual([]);
  });

  test('can be run by name at any time', async () => {
    const { schedules, runs, stop } = aClock('by-name', '2026-11-20T12:00:00Z');
    expect(await schedules.run('Nightly')).toMatchObject({ ok: true });
    expect(runs).toEqual([{ at: '2026-11-20T12:00:00.000Z' }]);
    expect(await schedules.run('Unheard')).toMatchObject({ ok: false, reason: 'unknown' });
    await stop();
  });

  test('a run that keeps failing is tried again and then set aside', async () => {
    const { schedules, runs, sent, stop } = aClock('failing', '2026-11-20T12:00:00Z', () => ({
      ok: false,
      reason: 'threw',
      message: 'no',
    }));
    await schedules.run('Nightly');
    expect(runs).toHaveLength(3);
    expect(sent).toEqual([['aside', '{"at":"2026-11-20T12:00:00.000Z"}']]);
    await stop();
  });
});
