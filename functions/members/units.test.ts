import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { chainOf } from '#runtime/identity.ts';
import { call, signedIn } from '#runtime/testing.ts';
import type { ActionId, UnitId } from '#shared/kernel/ids.ts';
import { dayOf, instantOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/members/contract.ts';
import { handler } from './api.ts';
import { loadUnit, unitsBelow } from './store.ts';
import { anOffice, aRecord, office } from './testing.ts';

const unit = (id: string) => id as UnitId;
const today = dayOf(instantOf(Date.now()));
const anAct = () => randomUUID() as ActionId;

beforeAll(anOffice);

describe('the tree', () => {
  it('shows an officer his commune and all below, and nobody what is beside or above his own', async () => {
    const { body } = await call(handler, contract.listUnits, { unitId: unit('xa-1') }, office.officer);
    expect(body.units.map(({ unitId }: { unitId: string }) => unitId)).toEqual(['xa-1', 'cb-1', 'cb-2']);
    expect((await call(handler, contract.listUnits, { unitId: unit('tinh') }, office.officer)).status).toBe(403);
    expect((await call(handler, contract.listUnits, { unitId: unit('xa-2') }, office.officer)).status).toBe(403);
    expect((await call(handler, contract.listUnits, { unitId: unit('xa-1') }, office.plain)).status).toBe(403);
  });

  it('tells a member the name of his branch and of those above', async () => {
    const { body } = await call(handler, contract.unitOf, { unitId: unit('cb-1') }, office.plain);
    expect(body.unit.name).toBe('Chi bộ thôn Nam');
    expect(body.above.map(({ name }: { name: string }) => name)).toEqual(['Đảng bộ xã Đông Hải', 'Đảng bộ tỉnh']);
    expect((await call(handler, contract.unitOf, { unitId: unit('cb-2') }, office.plain)).status).toBe(403);
  });

  it('gains one branch however often the same act is sent, and the guard knows it at once', async () => {
    const act = { unitId: unit('xa-1'), actionId: anAct(), kind: 'branch' as const, name: ' Chi bộ  trường học ' };
    const first = await call(handler, contract.createUnit, act, office.officer);
    expect(await call(handler, contract.createUnit, act, office.officer)).toEqual(first);
    expect(first.body.unit.name).toBe('Chi bộ trường học');
    expect(await chainOf(first.body.unit.unitId, instantOf(Date.now()))).toEqual([
      first.body.unit.unitId,
      'xa-1',
      'tinh',
    ]);
    const taken = await call(
      handler,
      contract.createUnit,
      { ...act, actionId: anAct(), name: 'CHI BỘ TRƯỜNG HỌC' },
      office.officer,
    );
    expect(taken).toMatchObject({ status: 409, body: { code: 'name-taken' } });
  });

  it('refuses an organisation where it may not stand, and to whoever may not manage there', async () => {
    const act = { unitId: unit('cb-1'), actionId: anAct(), kind: 'branch' as const, name: 'Chi bộ lạ' };
    expect((await call(handler, contract.createUnit, act, office.officer)).body.code).toBe('wrong-place');
    expect((await call(handler, contract.createUnit, { ...act, unitId: unit('tinh') }, office.officer)).status).toBe(
      403,
    );
    expect((await call(handler, contract.createUnit, { ...act, unitId: unit('xa-1') }, office.secretary)).status).toBe(
      403,
    );
  });

  it('moves a branch with its history; the guard follows, and the new commune lists it', async () => {
    const boss = await signedIn({
      memberId: 'boss',
      unitId: 'cb-3',
      kind: 'staff',
      grants: [{ role: 'system_admin', unitId: 'tinh' }],
    });
    const made = await call(
      handler,
      contract.createUnit,
      { unitId: unit('xa-1'), actionId: anAct(), kind: 'branch', name: 'Chi bộ chợ' },
      boss,
    );
    const { unitId } = made.body.unit;
    const move = { unitId, change: { change: 'move' as const, parentId: unit('xa-2'), from: today } };
    expect((await call(handler, contract.changeUnit, move, office.officer)).status).toBe(403);
    expect((await call(handler, contract.changeUnit, move, boss)).body.unit.parentId).toBe('xa-2');
    expect((await call(handler, contract.changeUnit, move, boss)).status).toBe(200);
    expect((await loadUnit(unitId))?.version).toBe(2);
    expect((await unitsBelow(unit('xa-2'))).map((one) => one.unitId)).toContain(unitId);
    const { body } = await call(handler, contract.listUnits, { unitId: unit('xa-1') }, boss);
    expect(body.units.map((one: { unitId: string }) => one.unitId)).not.toContain(unitId);
    // the old name is free again where it stood
    const again = await call(
      handler,
      contract.createUnit,
      { unitId: unit('xa-1'), actionId: anAct(), kind: 'branch', name: 'Chi bộ chợ' },
      boss,
    );
    expect(again.status).toBe(200);
  });

  it('closes a branch only when nobody is left in it', async () => {
    await aRecord();
    const close = { unitId: unit('cb-1'), change: { change: 'close' as const, from: today } };
    expect((await call(handler, contract.changeUnit, close, office.officer)).body.code).toBe('not-empty');
  });
});
