import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { UnitId } from './ids.ts';
import { operation, pathFields, requestOf } from './operation.ts';
import { allows, type Grant, permissions, rights, roles } from './permissions.ts';
import { addDays, Day, dayOf, Instant, instantAt, instantOf } from './time.ts';
import { byVietnameseName, fold, tidyName } from './vietnamese.ts';

const anInstant = fc.integer({ min: 0, max: 4_102_444_800_000 }).map(instantOf);

describe('time in Viet Nam', () => {
  it('begins a day at midnight of Viet Nam, which is 17:00 UTC of the day before', () => {
    expect(dayOf('2026-11-20T16:59:59.999Z' as Instant)).toBe('2026-11-20');
    expect(dayOf('2026-11-20T17:00:00.000Z' as Instant)).toBe('2026-11-21');
    expect(instantAt('2026-11-21' as Day, '19:30')).toBe('2026-11-21T12:30:00.000Z');
  });

  it('puts every instant into the day whose midnights enclose it', () => {
    fc.assert(
      fc.property(anInstant, (instant) => {
        const day = dayOf(instant);
        expect(instantAt(day, '00:00') <= instant).toBe(true);
        expect(instant < instantAt(addDays(day, 1), '00:00')).toBe(true);
      }),
    );
  });

  it('takes only days and instants that exist', () => {
    for (const text of ['2026-02-30', '2026-13-01', '26-01-01', '2026-1-1', 'hôm nay', '']) {
      expect(v.is(Day, text)).toBe(false);
    }
    expect(v.is(Day, '2028-02-29')).toBe(true);
    for (const text of ['2026-11-21', '2026-11-21T25:00:00.000Z', '2026-11-21T10:00:00Z', '2026-02-30T00:00:00.000Z']) {
      expect(v.is(Instant, text)).toBe(false);
    }
  });
});

describe('Vietnamese text', () => {
  it('is found without its marks, in either way of writing them', () => {
    expect(fold('  ĐẢNG BỘ   Quận Bình ')).toBe('dang bo quan binh');
    expect(fold('hoà')).toBe(fold('hòa'));
    expect(fold('đ'.normalize('NFD'))).toBe('d');
  });

  it('is folded the same a second time, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('sorts people by their given name', () => {
    const names = ['Trần Thị Hoa', 'Nguyễn Văn An', 'Lê Thị Bình', 'Đỗ Văn An'];
    expect(names.toSorted(byVietnameseName)).toEqual(['Đỗ Văn An', 'Nguyễn Văn An', 'Lê Thị Bình', 'Trần Thị Hoa']);
  });

  it('keeps one form of each letter of a name', () => {
    expect(tidyName(' Nguyễn  Văn\tẤn '.normalize('NFD'))).toBe('Nguyễn Văn Ấn');
  });
});

describe('rights', () => {
  const [province, commune, branch, sibling] = ['p', 'c', 'b', 's'] as UnitId[] as [UnitId, UnitId, UnitId, UnitId];
  const now = '2026-11-21T00:00:00.000Z' as Instant;
  const grant = (role: Grant['role'], unitId: UnitId, until?: Instant): Grant => ({
    role,
    unitId,
    from: '2026-01-01T00:00:00.000Z' as Instant,
    ...(until && { until }),
  });

  it('reach the unit itself or what is below, never above or beside', () => {
    expect(allows([grant('branch_secretary', branch)], 'meetings.run', [branch, commune, province], now)).toBe(true);
    expect(allows([grant('branch_secretary', branch)], 'meetings.run', [sibling, commune, province], now)).toBe(false);
    expect(allows([grant('branch_secretary', commune)], 'meetings.run', [branch, commune, province], now)).toBe(false);
    expect(allows([grant('office_officer', commune)], 'reports.see', [branch, commune, province], now)).toBe(true);
    expect(allows([grant('office_officer', commune)], 'reports.see', [province], now)).toBe(false);
  });

  it('end with the role, at that very instant', () => {
    expect(allows([grant('member', branch, now)], 'meetings.attend', [branch], now)).toBe(false);
    expect(allows([{ ...grant('member', branch), from: now }], 'meetings.attend', [branch], now)).toBe(true);
  });

  it('are none without a role, for an unknown role and for a unit that does not exist', () => {
    const unknown = { ...grant('member', branch), role: 'owner' } as unknown as Grant;
    for (const permission of permissions) {
      expect(allows([], permission, [branch], now)).toBe(false);
      expect(allows([unknown], permission, [branch], now)).toBe(false);
      for (const role of roles) expect(allows([grant(role, branch)], permission, [], now)).toBe(false);
    }
  });

  it('let no administrator see or run a meeting', () => {
    expect(Object.keys(rights.system_admin).filter((permission) => permission.startsWith('meetings.'))).toEqual([]);
  });
});

describe('an operation', () => {
  it('becomes a path with its fields filled in and the rest', () => {
    const op = operation({
      id: 'meetings.look',
      summary: '',
      method: 'GET',
      path: '/api/meetings/{unitId}/{meetingId}',
      allow: 'meetings.attend',
      input: v.object({ unitId: v.string(), meetingId: v.string(), since: v.string() }),
      output: v.object({}),
      refusals: {},
    });
    expect(pathFields(op.path)).toEqual(['unitId', 'meetingId']);
    expect(requestOf(op, { unitId: 'a/b', meetingId: 'm', since: 'x' })).toEqual({
      path: '/api/meetings/a%2Fb/m',
      rest: { since: 'x' },
    });
  });
});
