import { describe, expect, it } from 'vitest';
import type { UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import type { UnitRow } from '#shared/members/contract.ts';
import { rootsOf, trailOf, treesOf, within } from './units.ts';

const unit = (unitId: string, kind: UnitRow['kind'], name: string, parentId?: string): UnitRow => ({
  unitId: unitId as UnitId,
  kind,
  name,
  ...(parentId && { parentId: parentId as UnitId }),
});
const units = [
  unit('cb-2', 'branch', 'Chi bộ thôn Nam', 'xa'),
  unit('xa', 'grassroots_party_body', 'Đảng bộ xã Đông Hải', 'tinh'),
  unit('cb-1', 'branch', 'Chi bộ thôn Bắc', 'xa'),
  unit('cb-0', 'branch', 'Chi bộ Văn phòng', 'tinh'),
  unit('tinh', 'province', 'Đảng bộ tỉnh'),
];
const now = '2026-11-21T12:00:00.000Z' as Instant;
const from = '2026-01-01T00:00:00.000Z' as Instant;

describe('the organisations one may look into', () => {
  it('begin where a role allows it, as long as the role lasts', () => {
    const at = 'xa' as UnitId;
    expect(rootsOf([{ role: 'member', unitId: at, from }], now)).toEqual([]);
    expect(rootsOf([{ role: 'branch_secretary', unitId: at, from }], now)).toEqual(['xa']);
    expect(rootsOf([{ role: 'branch_secretary', unitId: at, from, until: now }], now)).toEqual([]);
  });

  it('stand as a tree, wider kinds first and then by name, whatever the order of the list', () => {
    const shape = treesOf(units).map((tree) => [
      tree.unit.unitId,
      ...tree.below.map((one) => [one.unit.unitId, ...one.below.map(({ unit: { unitId } }) => unitId)]),
    ]);
    expect(shape).toEqual([['tinh', ['xa', 'cb-1', 'cb-2'], ['cb-0']]]);
    expect(treesOf(units.filter(({ unitId }) => unitId !== 'tinh')).map((tree) => tree.unit.unitId)).toEqual([
      'xa',
      'cb-0',
    ]);
  });

  it('are found below one and above one', () => {
    expect(within(units, 'xa' as UnitId).map(({ unitId }) => unitId)).toEqual(['cb-2', 'xa', 'cb-1']);
    expect(trailOf(units, units[0]).map(({ unitId }) => unitId)).toEqual(['tinh', 'xa']);
  });
});
