import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { auditOn } from '#runtime/audit.ts';
import { openTable } from '#runtime/table.ts';
import { call, type SignedIn, signedIn } from '#runtime/testing.ts';
import * as contract from '#shared/access/contract.ts';
import type { SessionId, UnitId } from '#shared/kernel/ids.ts';
import { DAY_MS, dayOf, instantOf } from '#shared/kernel/time.ts';
import { handler } from './api.ts';
import {
  aBranchWithSecretary,
  aNonce,
  aPerson,
  as,
  Browser,
  exchange,
  memberOf,
  minutesLater,
  newcomer,
  scanned,
  slipFor,
  branch as unitId,
} from './testing.ts';

const _table = openTable('IDENTITY_TABLE');
let secretary: SignedIn;
beforeAll(async () => {
  secretary = await aBranchWithSecretary();
});
afterEach(() => vi.useRealTimers());

describe('opening sign-in again beside the secretary', () => {
  const ask = async (nonce = aNonce()) => {
    const asked = await call(handler, contract.askReopen, { nonce });
    expect(asked.status).toBe(200);
    return { number: asked.body.number as string, nonce };
  };
  const approve = (memberId: string, number: string, who: SignedIn = secretary) =>
    call(handler, contract.approveReopen, { unitId, memberId: memberOf(memberId), number, cause: 'new-phone' }, who);

  test('the phone shows a number, the secretary approves name and number, the phone asks "is that me" and is in', async () => {
    await aPerson('thao', unitId);
    const phone = await ask();
    expect((await call(handler, contract.pollReopen, phone)).body).toEqual({ state: 'waiting' });
    expect((await call(handler, contract.exchangeReopen, phone)).body).toMatchObject({ code: 'not-approved' });
    const seen = await call(handler, contract.lookAtReopen, { unitId, number: phone.number }, secretary);
    expect(seen.body.device).toEqual({ machine: 'android', browser: 'chrome' });
    const approved = await approve('thao', phone.number);
    expect(approved).toMatchObject({ status: 200, body: { name: 'Đồng chí thao' } });
    expect(JSON.stringify(approved.body)).not.toContain(phone.number);
    expect((await approve('thao', phone.number)).status).toBe(200);
    expect((await call(handler, contract.pollReopen, phone)).body).toMatchObject({
      state: 'approved',
      name: 'Đồng chí thao',
    });
    const entered = await call(handler, contract.exchangeReopen, phone);
    expect(entered.body).toMatchObject({ memberId: 'thao', kind: 'member' });
    const again = await call(handler, contract.exchangeReopen, phone);
    expect(new Browser().take(again).value('__Secure-session')).toBe(
      new Browser().take(entered).value('__Secure-session'),
    );
    const entries = await auditOn(unitId, dayOf(instantOf(Date.now())));
    expect(
      entries.some(({ operation, record }) => operation === 'access.approveReopen' && record['memberId'] === 'thao'),
    ).toBe(true);
  });

  test('another phone with the number gets nothing', async () => {
    await aPerson('thu', unitId);
    const phone = await ask();
    await approve('thu', phone.number);
    const other = { number: phone.number, nonce: aNonce() };
    for (const op of [contract.pollReopen, contract.exchangeReopen])
      expect(await call(handler, op, other)).toMatchObject({ status: 410, body: { code: 'reopening-ended' } });
  });

  test('one approval is for one person; a misheard, late or staff one is refused', async () => {
    await Promise.all([aPerson('tien', unitId), aPerson('tin', unitId), aPerson('truong', unitId, 'office_officer')]);
    const phone = await ask();
    await approve('tien', phone.number);
    expect(await approve('tin', phone.number)).toMatchObject({ status: 410, body: { code: 'reopening-ended' } });
    const misheard = `${phone.number.slice(0, -1)}${(Number(phone.number.at(-1)) + 1) % 10}`;
    expect((await approve('tin', misheard)).status).toBe(410);
    expect(await approve('truong', (await ask()).number)).toMatchObject({ status: 409, body: { code: 'staff-only' } });
    const late = await ask();
    minutesLater(15);
    expect((await approve('tin', late.number)).status).toBe(410);
  });

  test('a helper lets in members without a role, within the days of his own; who was let in is told by whom', async () => {
    await Promise.all([aPerson('ut', unitId), aPerson('uy-vien', unitId, 'member', 'branch_committee_member')]);
    const first = await slipFor('ut');
    const before = new Browser().take(await exchange(scanned(first.scanned, aNonce())));
    const helping = (until?: string) =>
      signedIn({
        memberId: 'nguoi-giup',
        unitId,
        name: 'Lê Thị Giúp',
        stepUp: true,
        grants: [{ role: 'member' }, { role: 'helper', ...(until && { until: until as never }) }],
      });
    const phone = await ask();
    const over = await helping(instantOf(Date.now() - 1000));
    expect(await approve('ut', phone.number, over)).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
    const helper = await helping(instantOf(Date.now() + DAY_MS));
    for (const id of ['uy-vien', 'bi-thu'])
      expect(await approve(id, phone.number, helper)).toMatchObject({ status: 403, body: { code: 'secretary-only' } });
    expect((await approve('ut', phone.number, helper)).status).toBe(200);
    expect((await call(handler, contract.pollReopen, phone)).body).toMatchObject({
      name: 'Đồng chí ut',
      by: 'Lê Thị Giúp',
    });
    expect((await call(handler, contract.exchangeReopen, phone)).body.letIn).toBeUndefined();
    const other = await call(handler, contract.renewSession, {}, before.to('/api/session/renew'));
    expect(other.body.letIn).toMatchObject([{ by: 'Lê Thị Giúp' }]);
    const { body } = await call(handler, contract.listSessions, {}, as(before));
    expect(body.sessions.map(({ letInBy }: { letInBy?: string }) => letInBy)).toContain('Lê Thị Giúp');
    const entries = await auditOn(unitId, dayOf(instantOf(Date.now())));
    const ofHelper = entries.filter(({ actorId }) => actorId === 'nguoi-giup').map(({ outcome }) => outcome);
    expect(ofHelper).toEqual(['not-allowed', 'secretary-only', 'secretary-only', 'done']);
    // he may do nothing else of a secretary's
    const input = { unitId, memberId: memberOf('ut') };
    for (const op of [contract.accountOf, contract.endSessionsOf, contract.revokeSlip])
      expect((await call(handler, op, input, helper)).status).toBe(403);
  });

  test('needs the PIN of the secretary, and his own branch', async () => {
    await Promise.all([aPerson('tuan', unitId), aPerson('xa', 'chi-bo-2')]);
    const { number } = await ask();
    const plain = await signedIn({ memberId: 'bi-thu-2', unitId, grants: [{ role: 'branch_secretary' }] });
    expect(await approve('tuan', number, plain)).toMatchObject({ status: 403, body: { code: 'step-up-needed' } });
    expect(await approve('xa', number)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });
});

describe('how a member signs in', () => {
  test('is seen by the branch, and ended device by device', async () => {
    const { browser } = await newcomer('yen');
    const second = await slipFor('yen');
    const here = { unitId, memberId: memberOf('yen') };
    const { body } = await call(handler, contract.accountOf, here, secretary);
    expect(body).toMatchObject({ pin: 'none', sessions: [{ device: { machine: 'android' } }] });
    expect(body.slipUntil).toBe(second.slip.until);
    const other = new Browser().take(await exchange(scanned(second.scanned, aNonce())));
    const two = (await call(handler, contract.accountOf, here, secretary)).body;
    expect(two.sessions).toHaveLength(2);
    expect(two.slipUntil).toBeUndefined();
    const [first] = body.sessions as { sessionId: SessionId }[];
    const one = await call(
      handler,
      contract.endSessionsOf,
      { ...here, sessionId: first?.sessionId } as never,
      secretary,
    );
    expect(one.body).toEqual({ ended: 1 });
    expect((await call(handler, contract.listSessions, {}, as(browser))).status).toBe(401);
    expect((await call(handler, contract.listSessions, {}, as(other))).status).toBe(200);
    const elsewhere = { ...here, unitId: 'chi-bo-2' as UnitId };
    expect((await call(handler, contract.accountOf, elsewhere, secretary)).status).toBe(403);
  });
});
