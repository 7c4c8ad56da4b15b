import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { auditOn } from '#runtime/audit.ts';
import { openTable } from '#runtime/table.ts';
import { browserHeaders, call, eventOf, type SignedIn, send, signedIn } from '#runtime/testing.ts';
import * as contract from '#shared/access/contract.ts';
import { failureBudget } from '#shared/access/rules.ts';
import { dayOf, instantOf } from '#shared/kernel/time.ts';
import { handler } from './api.ts';
import { codesOf } from './door.ts';
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
  typed,
  branch as unitId,
} from './testing.ts';

const table = openTable('IDENTITY_TABLE');
let secretary: SignedIn;
beforeAll(async () => {
  secretary = await aBranchWithSecretary();
});
afterEach(() => vi.useRealTimers());

describe('a slip', () => {
  test('shows whose it is before it is used, scanned or typed with the year of birth', async () => {
    const { typed: code, scanned: secret } = await slipFor('an');
    for (const shown of [scanned(secret, aNonce()), typed(code.toLowerCase(), aNonce())]) {
      const { status, body } = await call(handler, contract.lookAtSlip, shown);
      expect({ status, body }).toEqual({ status: 200, body: { name: 'Đồng chí an', unitName: 'Đơn vị chi-bo-1' } });
    }
  });

  test('signs in once: three cookies of the right kind, and who one is', async () => {
    const { browser, own } = await newcomer('binh');
    expect(own).toMatchObject({
      memberId: 'binh',
      unitId,
      kind: 'member',
      units: [{ unitId: 'chi-bo-1' }, { unitId: 'xa-1' }, { unitId: 'tinh' }],
      grants: [{ role: 'member', unitId }],
    });
    const sorted = [...browser.lines].sort();
    const attributes = 'HttpOnly; Secure; SameSite=Lax';
    expect(sorted).toHaveLength(3);
    expect(sorted[0]).toMatch(
      new RegExp(`^__Host-pass=p\\d+\\.[\\w-]+\\.[\\w-]+; Path=/; Max-Age=(39|4\\d)\\d{3}; ${attributes}$`),
    );
    expect(sorted[1]).toMatch(
      new RegExp(`^__Secure-content=c\\d+\\.[\\w-]+\\.[\\w-]+; Path=/content; Max-Age=(39|4\\d)\\d{3}; ${attributes}$`),
    );
    expect(sorted[2]).toMatch(
      new RegExp(`^__Secure-session=binh\\.s-\\w+\\.[\\w-]{43}; Path=/api/session; Max-Age=7776000; ${attributes}$`),
    );
    expect((await call(handler, contract.listSessions, {}, as(browser))).status).toBe(200);
  });

  test('asked again by the same phone within ten minutes gives the same session; another phone is refused', async () => {
    const { scanned: code } = await slipFor('chi');
    const nonce = aNonce();
    const first = await exchange(scanned(code, nonce));
    minutesLater(9);
    const again = await exchange(scanned(code, nonce));
    expect(again.status).toBe(200);
    const session = (answer: typeof first) => new Browser().take(answer).value('__Secure-session');
    expect(session(again)).toBe(session(first));
    expect(await exchange(scanned(code, aNonce()))).toMatchObject({ status: 410, body: { code: 'slip-ended' } });
    minutesLater(2);
    expect(await exchange(scanned(code, nonce))).toMatchObject({ status: 410, body: { code: 'slip-ended' } });
  });

  test('sent twice at the same moment by one phone opens one session', async () => {
    const { scanned: code } = await slipFor('dung');
    const nonce = aNonce();
    const both = await Promise.all([1, 2, 3].map(() => exchange(scanned(code, nonce))));
    expect(both.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { body } = await call(handler, contract.listSessions, {}, as(new Browser().take(both[0] as never)));
    expect(body.sessions).toHaveLength(1);
  });

  test('of two phones racing for it, one gets in', async () => {
    const { scanned: code } = await slipFor('giang');
    const answers = await Promise.all(Array.from({ length: 8 }, () => exchange(scanned(code, aNonce()))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(410)]);
  });

  test('is refused when used up, run out, voided or overtaken by a newer one', async () => {
    const used = await slipFor('ha');
    await exchange(scanned(used.scanned, aNonce()));
    expect(await exchange(typed(used.typed, aNonce()))).toMatchObject({ status: 410, body: { code: 'slip-ended' } });

    const voided = await slipFor('hai');
    const here = { unitId, memberId: memberOf('hai') };
    expect((await call(handler, contract.revokeSlip, here, secretary)).status).toBe(200);
    expect(await exchange(scanned(voided.scanned, aNonce()))).toMatchObject({ status: 410 });

    const old = await slipFor('hanh');
    const next = await slipFor('hanh');
    expect(await exchange(scanned(old.scanned, aNonce()))).toMatchObject({
      status: 404,
      body: { code: 'slip-unknown' },
    });
    expect((await exchange(scanned(next.scanned, aNonce()))).status).toBe(200);

    const late = await slipFor('hien');
    await table.change({ pk: 'PERSON#hien', sk: 'SLIP#slip' }, { set: { until: instantOf(Date.now()) } });
    expect(await exchange(scanned(late.scanned, aNonce()))).toMatchObject({
      status: 410,
      body: { code: 'slip-ended' },
    });
  });

  test('with a wrong year is an unknown slip, and void after five', async () => {
    const { typed: code } = await slipFor('hoa');
    for (let wrong = 1; wrong <= 5; wrong++)
      expect(await exchange(typed(code, aNonce(), 1900 + wrong))).toMatchObject({
        status: 404,
        body: { code: 'slip-unknown' },
      });
    expect(await exchange(typed(code, aNonce()))).toMatchObject({ status: 410, body: { code: 'slip-ended' } });
  });

  test('needs JSON from our own page', async () => {
    const { scanned: code } = await slipFor('hoan');
    const event = () => eventOf(contract.exchangeSlip, scanned(code, aNonce()));
    const bent = [
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of bent) {
      const answer = await send(handler, { ...event(), headers: { ...browserHeaders(), ...headers } });
      expect(answer).toMatchObject({ status: 403, body: { code: 'wrong-origin' } });
    }
    const { 'sec-fetch-site': _, ...older } = browserHeaders();
    const from = (origin: string) => send(handler, { ...event(), headers: { ...older, origin } });
    expect((await from('https://elsewhere.example')).status).toBe(403);
    expect((await send(handler, { ...event(), headers: older })).status).toBe(403);
    expect((await from('https://so-tay.example')).status).toBe(200);
  });

  test('is stored as a seal only: neither code stands in the table', async () => {
    const { typed: code, scanned: secret, actionId } = await slipFor('hong');
    const { doors } = await codesOf(`${actionId}/hong`);
    for (const door of doors) {
      const item = await table.get({ pk: `DOOR#${door}`, sk: 'SLIP' });
      expect(item).toMatchObject({ memberId: 'hong' });
      expect(JSON.stringify(item)).not.toContain(secret);
      expect(JSON.stringify(item)).not.toContain(code.replace(' ', ''));
    }
  });

  test('tells the figures that the member signed in, once a day', async () => {
    await newcomer('hue');
    const item = await table.get({ pk: 'PERSON#hue', sk: `SIGNED-IN#${dayOf(instantOf(Date.now()))}` });
    expect(item?.['fact']).toMatchObject({ type: 'signed-in', memberId: 'hue', unitId, way: 'slip' });
  });
});

describe('a hundred phones behind one address', () => {
  test('all get in, typing, while some mistype', async () => {
    const ids = Array.from({ length: 100 }, (_, at) => memberOf(`phone-${at}`));
    await Promise.all(ids.map((id) => aPerson(id, unitId)));
    const actionId = crypto.randomUUID();
    const issued = await call(handler, contract.issueSlips, { unitId, actionId, memberIds: ids } as never, secretary);
    expect(issued.body.slips).toHaveLength(100);
    const answers = await Promise.all(
      (issued.body.slips as { code: string }[]).map(async ({ code }, at) => {
        if (at % 10 === 0) await exchange(typed(code, aNonce(), 1901));
        return exchange(typed(code, aNonce()));
      }),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(answers.map(({ body }) => body.memberId)).size).toBe(100);
  });
});

describe('guessing codes', () => {
  test('is stopped per first letters, while scanned slips still open', async () => {
    const { typed: code, scanned: secret } = await slipFor('khanh');
    const prefix = code.slice(0, 3);
    const hour = new Date().toISOString().slice(0, 13);
    await table.change({ pk: `COUNT#WRONG-CODE#prefix#${prefix}`, sk: hour }, { set: { count: failureBudget.prefix } });
    expect(await exchange(typed(code, aNonce()))).toMatchObject({ status: 429, body: { code: 'too-many' } });
    expect((await exchange(scanned(secret, aNonce()))).status).toBe(200);
  });

  test('is counted under first letters, branch and province', async () => {
    const { typed: code } = await slipFor('kien');
    const hour = new Date().toISOString().slice(0, 13);
    const count = async (what: string) =>
      Number((await table.get({ pk: `COUNT#WRONG-CODE#${what}`, sk: hour }))?.['count'] ?? 0);
    const scopes = [`prefix#${code.slice(0, 3)}`, 'branch#chi-bo-1', 'province#all'];
    const before = await Promise.all(scopes.map(count));
    await call(handler, contract.lookAtSlip, typed(code, aNonce(), 1901));
    expect(await Promise.all(scopes.map(count))).toEqual(before.map((n) => n + 1));
  });
});

describe('issuing slips', () => {
  const issue = (input: object, who: SignedIn = secretary) =>
    call(handler, contract.issueSlips, { unitId, actionId: crypto.randomUUID(), ...input } as never, who);

  test('needs the secretary, stepped up, at this branch', async () => {
    await aPerson('lam', unitId);
    const plain = await signedIn({ memberId: 'pho', unitId, grants: [{ role: 'branch_secretary' }] });
    expect(await issue({ memberIds: ['lam'] }, plain)).toMatchObject({ status: 403, body: { code: 'step-up-needed' } });
    const member = await signedIn({ memberId: 'thuong', unitId, stepUp: true });
    expect(await issue({ memberIds: ['lam'] }, member)).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
    expect(await issue({ unitId: 'chi-bo-2', memberIds: ['lam'] })).toMatchObject({ status: 403 });
  });

  test('leaves out who is of another branch or signs in with a second factor', async () => {
    await aPerson('cua-xa', unitId, 'organisation_officer');
    await aPerson('khac', 'chi-bo-2');
    const { body } = await issue({ memberIds: ['cua-xa', 'khac', 'nobody'] });
    expect(body.slips).toEqual([]);
    expect(body.left).toEqual([
      { memberId: 'cua-xa', code: 'staff' },
      { memberId: 'khac', code: 'not-here' },
      { memberId: 'nobody', code: 'not-here' },
    ]);
  });

  test('sent again within ten minutes gives the same codes, later none', async () => {
    await aPerson('lan', unitId);
    const act = { actionId: crypto.randomUUID(), memberIds: ['lan'] };
    const first = await issue(act);
    expect((await issue(act)).body).toEqual(first.body);
    minutesLater(10);
    expect(await issue(act)).toMatchObject({ status: 409, body: { code: 'issued-before' } });
  });

  test('stands in the audit log, and a second slip is counted as a repair with its cause', async () => {
    await slipFor('long');
    const act = { actionId: crypto.randomUUID(), memberIds: ['long'], cause: 'new-phone' };
    expect((await issue(act)).status).toBe(200);
    const repair = await table.get({ pk: 'PERSON#long', sk: `REPAIR#${act.actionId}/long` });
    expect(repair?.['fact']).toMatchObject({
      type: 'account-repaired',
      memberId: 'long',
      cause: 'new-phone',
      by: 'bi-thu',
    });
    const entries = await auditOn(unitId, dayOf(instantOf(Date.now())));
    expect(entries.some(({ operation, actorId }) => operation === 'access.issueSlips' && actorId === 'bi-thu')).toBe(
      true,
    );
  });
});
