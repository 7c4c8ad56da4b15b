import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueOf } from './cron.ts';

const at = (text: string) => Date.parse(text);
const zone = 'Asia/Ho_Chi_Minh';

describe('a schedule', () => {
  test.each([
    ['cron(17 3 * * ? *)', '2026-11-20T20:17:00Z', true],
    ['cron(17 3 * * ? *)', '2026-11-21T03:17:00Z', false],
    ['cron(0/15 * * * ? *)', '2026-11-21T05:45:00Z', true],
    ['cron(0/15 * * * ? *)', '2026-11-21T05:46:00Z', false],
    ['cron(0 7 ? * MON-FRI *)', '2026-11-20T00:00:00Z', true],
    ['cron(0 7 ? * MON-FRI *)', '2026-11-21T00:00:00Z', false],
    ['cron(0 0 L * ? *)', '2026-02-27T17:00:00Z', true],
    ['cron(0 0 L * ? *)', '2026-02-26T17:00:00Z', false],
    ['cron(0 9 ? * 2#1 *)', '2026-11-02T02:00:00Z', true],
    ['cron(0 9 ? * 2#1 *)', '2026-11-09T02:00:00Z', false],
    ['cron(0 9 ? * 6L *)', '2026-11-27T02:00:00Z', true],
    ['cron(0 9 ? * 6L *)', '2026-11-20T02:00:00Z', false],
    ['cron(0 9 15W * ? *)', '2026-11-16T02:00:00Z', true],
    ['cron(0 9 1W * ? *)', '2026-08-03T02:00:00Z', true],
    ['cron(0 9 1 JAN,JUL ? 2026-2027)', '2026-07-01T02:00:00Z', true],
    ['cron(0 9 1 JAN,JUL ? 2027)', '2026-07-01T02:00:00Z', false],
    ['at(2026-11-21T19:30:00)', '2026-11-21T12:30:00Z', true],
    ['at(2026-11-21T19:30:00)', '2026-11-21T19:30:00Z', false],
  ])('%s on a clock in Viet Nam at %s: %s', (expression, instant, due) => {
    expect(dueOf(expression, zone, 0)(at(instant))).toBe(due);
  });

  test('by rate is due once in so many minutes after it was first seen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 2_000_000 }), (minutes, first) => {
        const since = first * 60_000 + 12_345;
        const due = dueOf(`rate(${minutes} minutes)`, 'UTC', since);
        const dues = Array.from({ length: minutes * 3 + 1 }, (_, minute) => due((first + minute) * 60_000));
        expect(dues.filter(Boolean)).toHaveLength(3);
        expect(dues[minutes]).toBe(true);
      }),
    );
  });

  test.each(['cron(0 3 * * *)', 'cron(61 3 * * ? *)', 'rate(0 minutes)', 'rate(5 years)', 'every day'])(
    '%s is refused',
    (expression) => {
      expect(() => dueOf(expression, zone, 0)).toThrow();
    },
  );
});
