import { describe, expect, it } from 'vitest';
import type { UnitId } from '#shared/kernel/ids.ts';
import type { Day } from '#shared/kernel/time.ts';
import { unitKinds } from './model.ts';
import { aUnit } from './testing.ts';
import { decideUnitChange, isClosedOn, kindSaid, mayStandBelow, nameOn, parentOn } from './tree.ts';

const day = (text: string) => text as Day;
const today = day('2026-11-21');
const other = aUnit({ unitId: 'xa-khac' as UnitId, kind: 'grassroots_party_body' });
const parent = { unit: other, chain: [other.unitId, 'tinh' as UnitId] };

describe('the dated tree', () => {
  it('keeps the old name for the days before a renaming', () => {
    const renamed = decideUnitChange(
      aUnit(),
      { change: 'rename', name: 'Chi bộ tổ 5', from: day('2026-08-01') },
      { today },
    );
    if (!renamed.ok) throw new Error(renamed.code);
    expect(nameOn(renamed.value, day('2026-07-31'))).toBe('Chi bộ thôn Nam');
    expect(nameOn(renamed.value, day('2026-08-01'))).toBe('Chi bộ tổ 5');
    expect(renamed.value.version).toBe(2);
  });

  it('keeps the old superior for the days before a move', () => {
    const moved = decideUnitChange(
      aUnit(),
      { change: 'move', parentId: other.unitId, from: day('2026-08-01') },
      { today, parent },
    );
    if (!moved.ok) throw new Error(moved.code);
    expect(parentOn(moved.value, day('2026-07-31'))).toBe('xa-dong-hai');
    expect(parentOn(moved.value, day('2026-08-01'))).toBe('xa-khac');
  });

  it('changes nothing when the same is asked again', () => {
    for (const change of [
      { change: 'rename', name: 'Chi bộ tổ 5', from: day('2026-08-01') },
      { change: 'move', parentId: other.unitId, from: day('2026-08-01') },
      { change: 'close', from: day('2026-08-01') },
    ] as const) {
      const once = decideUnitChange(aUnit(), change, { today, parent, isEmpty: true });
      if (!once.ok) throw new Error(once.code);
      expect(decideUnitChange(once.value, change, { today, parent, isEmpty: true })).toEqual(once);
    }
  });

  it('refuses a day to come, one before the last change, and any change of a closed organisation', () => {
    const rename = (from: string) => ({ change: 'rename', name: 'Khác', from: day(from) }) as const;
    expect(decideUnitChange(aUnit(), rename('2026-11-22'), { today })).toEqual({ ok: false, code: 'date-wrong' });
    expect(decideUnitChange(aUnit(), rename('2025-06-30'), { today })).toEqual({ ok: false, code: 'date-wrong' });
    const closed = aUnit({ closed: { from: day('2026-01-01') } });
    expect(decideUnitChange(closed, rename('2026-02-01'), { today })).toEqual({ ok: false, code: 'closed' });
    expect(isClosedOn(closed, day('2025-12-31'))).toBe(false);
  });

  it('refuses to put an organisation below itself, below a closed one or below a narrower one', () => {
    const move = { change: 'move', parentId: other.unitId, from: today } as const;
    const body = aUnit({ kind: 'section_party_body' });
    const refused = { ok: false, code: 'wrong-place' };
    expect(decideUnitChange(body, move, { today })).toEqual(refused);
    const beneath = { unit: other, chain: [other.unitId, body.unitId] };
    expect(decideUnitChange(body, move, { today, parent: beneath })).toEqual(refused);
    const gone = { ...parent, unit: { ...other, closed: { from: today } } };
    expect(decideUnitChange(body, move, { today, parent: gone })).toEqual(refused);
    const branch = { ...parent, unit: aUnit({ unitId: other.unitId }) };
    expect(decideUnitChange(body, move, { today, parent: branch })).toEqual(refused);
  });

  it('closes only what is empty, and merges only into one of its own kind', () => {
    const close = { change: 'close', from: today, mergedInto: 'cb-khac' as UnitId } as const;
    const into = aUnit({ unitId: 'cb-khac' as UnitId });
    expect(decideUnitChange(aUnit(), close, { today, into, isEmpty: false })).toEqual({ ok: false, code: 'not-empty' });
    expect(decideUnitChange(aUnit(), close, { today, into: other, isEmpty: true })).toEqual({
      ok: false,
      code: 'wrong-place',
    });
    expect(decideUnitChange(aUnit(), close, { today, into, isEmpty: true }).ok).toBe(true);
    const root = aUnit({ kind: 'province', parents: [] });
    expect(decideUnitChange(root, { change: 'close', from: today }, { today, isEmpty: true })).toEqual({
      ok: false,
      code: 'is-root',
    });
  });

  it('lets no kind stand below itself or below a branch, but cell groups below a branch', () => {
    for (const kind of unitKinds) {
      expect(mayStandBelow(kind, kind)).toBe(false);
      expect(mayStandBelow(kind, 'branch')).toBe(kind === 'party_cell_group');
    }
    expect(mayStandBelow('branch', 'province')).toBe(true);
  });

  it('hears the kind in words of a file', () => {
    expect(kindSaid('Chi bộ thôn Nam')).toBe('branch');
    expect(kindSaid('ĐẢNG BỘ XÃ ĐÔNG HẢI')).toBe('grassroots_party_body');
    expect(kindSaid('Đảng bộ bộ phận Trường THPT')).toBe('section_party_body');
    expect(kindSaid('Đảng bộ tỉnh')).toBe('province');
    expect(kindSaid('Hội nông dân')).toBeUndefined();
  });
});
