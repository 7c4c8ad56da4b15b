import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { auditOn } from '#runtime/audit.ts';
import { changeGrants, identityKeys, passNameOf } from '#runtime/identity.ts';
import { openTable } from '#runtime/table.ts';
import { aUnit, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import * as contract from '#shared/access/contract.ts';
import { weekOf } from '#shared/access/rules.ts';
import type { MemberId, SessionId, UnitId } from '#shared/kernel/ids.ts';
import { committeeOf, type Role } from '#shared/kernel/permissions.ts';
import { addMilliseconds, DAY_MS, dayOf, instantOf, MINUTE_MS } from '#shared/kernel/time.ts';
import { type EdgeFunction, edgeFunction } from '../../infra/local/edge-function.ts';
import type { EdgeStore } from '../../infra/local/engines/edge-store.ts';
import { handler } from './api.ts';
import { handler as onKeysDue } from './on-keys-due.ts';
import { handler as onPassEnded } from './on-pass-ended.ts';
import { grantedAddress } from './own.ts';
import { CONTENT_SETTINGS, ENDED } from './published-keys.ts';
import { aNonce, anAccessHouse, aPerson, Browser } from './testing.ts';

const table = openTable('IDENTITY_TABLE');
const unitId = 'chi-bo-1' as UnitId;
let edgeStore: EdgeStore;
let gate: EdgeFunction;

beforeAll(async () => {
  ({ edgeStore } = await anAccessHouse());
  await aUnit('chi-bo-1', 'xa-1', 'tinh');
  const code = readFileSync(join(import.meta.dirname, '../edge/content.js'), 'utf8');
  const spec = { logicalId: 'ContentGate', runtime: 'cloudfront-js-2.0', code, stores: ['store'] };
  gate = edgeFunction(spec as never, 'distribution', (_, key) => edgeStore.get(key));
});

let officer: SignedIn;
/** A member who came in by a slip; the very first sign-in of the house publishes its keys. */
const newcomer = async (memberId: string, ...roles: readonly Role[]) => {
  await aPerson(memberId, unitId, ...roles);
  officer = await signedIn({ memberId: 'bi-thu', unitId, grants: [{ role: 'branch_secretary' }], stepUp: true });
  const input = { unitId, actionId: crypto.randomUUID(), memberIds: [memberId] };
  const issued = await call(handler, contract.issueSlips, input as never, officer);
  const code = issued.body.slips[0].url.split('#')[1];
  const answer = await call(handler, contract.exchangeSlip, { way: 'scanned', code, nonce: aNonce() });
  return { browser: new Browser().take(answer), own: answer.body };
};

const fetching = async (browser: Browser, path: string) => {
  const cookie = browser.to(path).cookies.join('; ');
  const verdict = await gate({
    method: 'GET',
    path: path.split('?')[0],
    query: path.split('?')[1] ?? '',
    headers: { cookie },
    body: Buffer.alloc(0),
    ip: '',
  } as never);
  return verdict.go === 'on' ? 200 : verdict.response.status;
};

/** What the relay brings of an ended pass: the fact on its item. */
const facts = async (...passes: string[]) => {
  const items = await Promise.all(passes.map((pass) => table.get(identityKeys.endedPass(pass))));
  const Records = items.map((item, at) => ({ messageId: `m${at}`, body: JSON.stringify(item?.['fact']) }));
  return { Records } as never;
};

const take = (event: never) => onPassEnded(event, {} as never, () => undefined);

describe('content', () => {
  test('opens with the cookie of a sign-in, at once on a new house, for the own chain only', async () => {
    expect(edgeStore.get(CONTENT_SETTINGS)).toBeUndefined();
    const { browser } = await newcomer('an');
    expect(await fetching(browser, '/content/pack/chi-bo-1/a.json')).toBe(200);
    expect(await fetching(browser, '/content/docs/tinh/a.pdf')).toBe(200);
    expect(await fetching(browser, '/content/pack/chi-bo-2/a.json')).toBe(403);
    expect(await fetching(new Browser(), '/content/pack/chi-bo-1/a.json')).toBe(401);
  });

  test('for the committee of a branch opens for its members only, and no longer once the role is ended', async () => {
    const path = `/content/docs/${committeeOf(unitId)}/a.json`;
    const { browser: plain } = await newcomer('dung');
    expect(await fetching(plain, path)).toBe(403);
    const { browser } = await newcomer('duong', 'member', 'branch_committee_member');
    expect(await fetching(browser, path)).toBe(200);
    expect(await fetching(browser, `/content/docs/${committeeOf('chi-bo-2' as UnitId)}/a.json`)).toBe(403);
    const [sessionId = ''] = Object.keys(
      (await table.get(identityKeys.person('duong' as MemberId)))?.['sessions'] ?? {},
    );
    const role = { unitId, from: instantOf(0) };
    const ended = { ...role, role: 'branch_committee_member' as const, until: instantOf(Date.now()) };
    await changeGrants('duong' as MemberId, [{ ...role, role: 'member' }, ended]);
    await take(await facts(passNameOf(sessionId as SessionId, 1)));
    expect(await fetching(browser, path)).toBe(401);
    const renewed = await call(handler, contract.renewSession, {}, browser.to('/api/session/renew'));
    expect(await fetching(browser.take(renewed), path)).toBe(403);
    expect(await fetching(browser, '/content/docs/chi-bo-1/a.json')).toBe(200);
  });

  test('of his branch is closed to a member who leaves it or is suspended, and his device learns nothing more by renewing', async () => {
    const { browser, own } = await newcomer('em-ut');
    const path = '/content/pack/chi-bo-1/a.json';
    expect(await fetching(browser, path)).toBe(200);
    // suspended for a month: the role comes back by itself, and until then it is none
    const later = addMilliseconds(instantOf(Date.now()), 30 * DAY_MS);
    await changeGrants('em-ut' as MemberId, [{ role: 'member', unitId, from: later }]);
    await take(await facts(passNameOf(own.sessionId as SessionId, 1)));
    expect(await fetching(browser, path)).toBe(401);
    const renewed = await call(handler, contract.renewSession, {}, browser.to('/api/session/renew'));
    expect(renewed).toMatchObject({ status: 200, body: { grants: [{ from: later }] } });
    for (const unit of ['chi-bo-1', 'xa-1', 'tinh'])
      expect(await fetching(browser.take(renewed), `/content/docs/${unit}/a.json`)).toBe(403);
  });

  test('below an officer opens by a grant for one object and two minutes, which is written down', async () => {
    await newcomer('em');
    const above = { memberId: 'to-chuc', unitId: 'xa-1', grants: [{ role: 'organisation_officer' as const }] };
    const who = await signedIn(above);
    const input = { unitId, kind: 'pack' as const, name: '3f2a.json' };
    const { body } = await call(handler, contract.openContent, input, who);
    expect(await fetching(new Browser(), body.url)).toBe(200);
    for (const other of [
      body.url.replace('3f2a', '3f2b'),
      body.url.replace('chi-bo-1', 'chi-bo-2'),
      body.url.replace(/\.(\d+)\./, (_: string, seconds: string) => `.${Number(seconds) + 60}.`),
      body.url.slice(0, -2),
      body.url.replace('?grant', '?other'),
    ])
      expect([other, await fetching(new Browser(), other)]).toEqual([other, 401]);
    expect((await call(handler, contract.openContent, { ...input, unitId: 'tinh' as UnitId }, who)).status).toBe(403);
    expect((await call(handler, contract.openContent, input, officer)).status).toBe(403);
    const up = { ...input, name: '../chi-bo-2/a.json' };
    expect((await call(handler, contract.openContent, up, who)).body.code).toBe('malformed');
    const entries = await auditOn(unitId, dayOf(instantOf(Date.now())));
    expect(entries.some(({ operation, actorId }) => operation === 'access.openContent' && actorId === 'to-chuc')).toBe(
      true,
    );
    const early = addMilliseconds(instantOf(Date.now()), -3 * MINUTE_MS);
    const over = await grantedAddress('/content/pack/chi-bo-1/3f2a.json', early);
    expect(await fetching(new Browser(), over.url)).toBe(401);
  });

  test('is closed to a device as soon as its ended session reaches the edge', async () => {
    const { browser, own } = await newcomer('binh');
    await call(handler, contract.endSessionsOf, { unitId, memberId: 'binh' as MemberId }, officer);
    const pass = passNameOf(own.sessionId as SessionId, 1);
    const event = await facts(pass, pass);
    expect(await take(event)).toEqual({ batchItemFailures: [] });
    expect(await fetching(browser, '/content/pack/chi-bo-1/a.json')).toBe(401);
    await take(event);
    expect(edgeStore.get(`${ENDED}${pass}`)).toBeDefined();
  });

  test('keys of three weeks are known to edge and functions, and what is moot leaves the list of ended passes', async () => {
    await newcomer('chi');
    const expiresAt = Math.floor(Date.now() / 1000) - 60;
    const body = JSON.stringify({ type: 'pass-ended', pass: 's-old.1', expiresAt });
    await take({ Records: [{ messageId: 'm', body }] } as never);
    expect(edgeStore.get(`${ENDED}s-old.1`)).toBe(String(expiresAt));
    await onKeysDue();
    expect(edgeStore.get(`${ENDED}s-old.1`)).toBeUndefined();
    const week = weekOf(instantOf(Date.now()));
    const weeks = [week - 1, week, week + 1];
    const settings = JSON.parse(edgeStore.get(CONTENT_SETTINGS) ?? '');
    expect(Object.keys(settings.keys)).toEqual(weeks.map((one) => `c${one}`));
    const open = (await table.get(identityKeys.passKeys()))?.['keys'] as Record<string, string>;
    expect(Object.keys(open).sort()).toEqual(weeks.map((one) => `p${one}`));
    expect(JSON.stringify([settings, open])).not.toContain('PRIVATE');
  });
});
