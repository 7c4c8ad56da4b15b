import { describe, expect, it } from 'vitest';
import type { UnitId } from '#shared/kernel/ids.ts';
import { addDays, type Day, instantAt } from '#shared/kernel/time.ts';
import { definitions, type Figure, figureIds } from './model.ts';
import { correctionsOf, decideClosing, decidePeriod, MOST_DAYS, unitsToReport, usualPeriod } from './rules.ts';
import { partsSaid, said, sentenceOf } from './wording.ts';

const day = (text: string) => text as Day;
const noon = (text: string) => instantAt(day(text), '12:00');

describe('the usual period', () => {
  it('runs from the 28th to the 26th and is the last that is over', () => {
    expect(usualPeriod(day('2026-09-27'))).toEqual({ from: '2026-08-28', to: '2026-09-26' });
    expect(usualPeriod(day('2026-09-26'))).toEqual({ from: '2026-07-28', to: '2026-08-26' });
    expect(usualPeriod(day('2026-01-05'))).toEqual({ from: '2025-11-28', to: '2025-12-26' });
    expect(usualPeriod(day('2026-03-28'))).toEqual({ from: '2026-02-28', to: '2026-03-26' });
  });

  it('is a period that may be asked for, on every day of two years', () => {
    for (let today = day('2026-01-01'); today < '2028-01-01'; today = addDays(today, 1)) {
      const usual = usualPeriod(today);
      expect(decidePeriod(usual, noon(today)).ok).toBe(true);
      expect(usual.to < today && addDays(usual.to, 40) > today).toBe(true);
    }
  });
});

describe('a period', () => {
  const span = { from: day('2026-08-28'), to: day('2026-09-26') };

  it('is cut off at the last instant of its last day, or now while it runs', () => {
    expect(decidePeriod(span, noon('2026-10-05'))).toEqual({
      ok: true,
      value: { ...span, cutOff: '2026-09-26T16:59:59.999Z' },
    });
    expect(decidePeriod(span, noon('2026-09-10'))).toMatchObject({ value: { cutOff: noon('2026-09-10') } });
  });

  it.each([
    [{ ...span, from: day('2026-09-27') }, 'period-wrong'],
    [{ ...span, from: addDays(span.to, -MOST_DAYS - 1) }, 'period-wrong'],
    [{ from: day('2026-10-06'), to: day('2026-10-26') }, 'period-wrong'],
    [{ ...span, cutOff: noon('2026-10-06') }, 'cut-off-wrong'],
    [{ ...span, cutOff: noon('2026-08-27') }, 'cut-off-wrong'],
  ])('%o is refused as %s', (asked, code) => {
    expect(decidePeriod(asked, noon('2026-10-05'))).toEqual({ ok: false, code });
  });

  it('is closed once, after it is over, with one cut-off', () => {
    const period = { ...span, cutOff: noon('2026-09-26') };
    const closing = { period, closedAt: noon('2026-09-28'), closedBy: 'a', hash: '' } as unknown as Parameters<
      typeof decideClosing
    >[1];
    const now = noon('2026-09-28');
    expect(decideClosing(period, undefined, { asked: undefined, now }).ok).toBe(true);
    expect(decideClosing(period, closing, { asked: undefined, now }).ok).toBe(true);
    expect(decideClosing(period, closing, { asked: period.cutOff, now }).ok).toBe(true);
    expect(decideClosing(period, closing, { asked: noon('2026-09-25'), now })).toEqual({
      ok: false,
      code: 'closed-otherwise',
    });
    expect(decideClosing(period, undefined, { asked: undefined, now: noon('2026-09-26') })).toEqual({
      ok: false,
      code: 'not-over',
    });
  });
});

describe('corrections', () => {
  it('name each figure that has another value, part or state, and no other', () => {
    const was: Figure[] = [
      { state: 'recorded', id: 'accesses', value: 5 },
      { state: 'recorded', id: 'roles', value: 1, parts: [{ part: 'helper', value: 1 }] },
      { state: 'recorded', id: 'branches-met', value: 2, of: 4 },
      { state: 'not-recorded', id: 'news' },
      { state: 'recorded', id: 'accounts', value: 5, of: 9, since: day('2026-09-01') },
    ];
    const now: Figure[] = [
      { state: 'recorded', id: 'accesses', value: 6 },
      { state: 'recorded', id: 'roles', value: 1, parts: [{ part: 'branch_secretary', value: 1 }] },
      { state: 'recorded', id: 'branches-met', value: 2, of: 5 },
      { state: 'recorded', id: 'news', value: 0 },
      { state: 'recorded', id: 'accounts', value: 5, of: 9 },
    ];
    expect(correctionsOf(was, now).map(({ id }) => id)).toEqual(['accesses', 'roles', 'branches-met', 'news']);
    expect(correctionsOf(was, was)).toEqual([]);
  });
});

describe('words of figures', () => {
  it('say the part, the whole, the share, and since when', () => {
    expect(said({ state: 'recorded', id: 'accounts', value: 5966, of: 6005 })).toBe('5.966/6.005 (99,4%)');
    expect(said({ state: 'recorded', id: 'accesses-total', value: 75030, since: day('2024-03-01') })).toBe(
      '75.030 (ghi nhận từ 1/3/2024)',
    );
    expect(said({ state: 'recorded', id: 'ratings', value: 0, of: 0 })).toBe('0/0');
    expect(said({ state: 'not-recorded', id: 'news' })).toBe('không có số liệu');
    expect(
      partsSaid({
        state: 'recorded',
        id: 'repairs',
        value: 3,
        parts: [
          { part: 'new-phone', value: 2 },
          { part: '?', value: 1 },
        ],
      }),
    ).toBe('đổi điện thoại 2, lý do khác 1');
    expect(sentenceOf({ state: 'recorded', id: 'news', value: 24 })).toBe('Tin, bài đã đăng trong kỳ: 24.');
  });

  it('every figure has its definition, and nothing else has one', () => {
    expect(definitions.map(({ id }) => id)).toEqual([...figureIds]);
  });
});

describe('units to report on', () => {
  it('are those of the own chain where it is allowed, the widest first', () => {
    const chain = ['cb', 'xa', 'tinh'].map((unitId) => ({ unitId: unitId as UnitId, name: unitId }));
    const may = (units: readonly UnitId[]) => units.includes('xa' as UnitId);
    expect(unitsToReport(chain, may).map(({ unitId }) => unitId)).toEqual(['xa', 'cb']);
  });
});
