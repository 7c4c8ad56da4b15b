import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { changeGrants, identityKeys, passNameOf } from '#runtime/identity.ts';
import { noteTableCall } from '#runtime/pressure.ts';
import { openTable } from '#runtime/table.ts';
import { call, type SignedIn } from '#runtime/testing.ts';
import * as contract from '#shared/access/contract.ts';
import type { SessionId } from '#shared/kernel/ids.ts';
import { addDays, DAY_MS, type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
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
  typed,
  branch as unitId,
} from './testing.ts';

const table = openTable('IDENTITY_TABLE');
let secretary: SignedIn;
beforeAll(async () => {
  secretary = await aBranchWithSecretary();
});
afterEach(() => vi.useRealTimers());

const daysAgo = (days: number) => instantOf(Date.now() - days * DAY_MS);

describe('the session of a browser', () => {
  const renew = (browser: Browser, opened?: Day[]) =>
    call(handler, contract.renewSession, opened ? { opened } : {}, browser.to('/api/session/renew'));

  test('tells the days on which a page was seen, once each, and leaves them to another time when tables are slow', async () => {
    const { browser } = await newcomer('mo');
    const today = dayOf(instantOf(Date.now()));
    const openings = async () =>
      (await table.query('PERSON#mo', { prefix: 'OPENED#' })).map((item) => item['fact'] as { day: string });
    for (let n = 0; n < 120; n++) noteTableCall(2_000);
    expect((await renew(browser, [today])).body.opened).toEqual([]);
    for (let n = 0; n < 120; n++) noteTableCall(1);
    expect(await openings()).toEqual([]);
    for (let n = 0; n < 2; n++)
      expect((await renew(browser, [addDays(today, -2), today])).body.opened).toEqual([addDays(today, -2), today]);
    const fact = { type: 'opened', memberId: 'mo', unitId };
    expect(await openings()).toMatchObject([addDays(today, -2), today].map((day) => ({ ...fact, day })));
    expect((await renew(browser)).body.opened).toEqual([]);
    expect(await renew(browser, ['today' as Day])).toMatchObject({ status: 422 });
  });

  test('gives a fresh pass for its cookie, which goes to its own door only', async () => {
    const { browser } = await newcomer('mai');
    expect(browser.to('/api/access/sessions').cookies.join()).not.toContain('session');
    const { status, body, cookies } = await renew(browser);
    expect(status).toBe(200);
    expect(body).toMatchObject({ memberId: 'mai', kind: 'member' });
    expect(cookies.map((line) => line.split('=')[0])).toEqual(['__Host-pass', '__Secure-content']);
  });

  test('without a cookie, with another secret or of nobody is refused', async () => {
    const { browser } = await newcomer('minh');
    expect(await renew(new Browser())).toMatchObject({ status: 401, body: { code: 'not-signed-in' } });
    const [name, value = ''] = (
      browser.to('/api/session/').cookies.find((one) => one.startsWith('__Secure-session')) ?? ''
    ).split('=');
    const wrong = `${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`;
    for (const forged of [wrong, value.replace('minh.', 'mai.'), value.replace('minh.', 'nobody.')]) {
      const answer = await call(handler, contract.renewSession, {}, { cookies: [`${name}=${forged}`] });
      expect(answer).toMatchObject({ status: 401, body: { code: 'session-ended' } });
      expect(answer.cookies.every((line) => line.includes('Max-Age=0'))).toBe(true);
    }
  });

  test('of a member goes on for 90 days from the last day of use, and ends after', async () => {
    const { browser, own } = await newcomer('my');
    const session = `sessions.${own.sessionId}`;
    const age = (seenAt: string, until: string) =>
      table.change(identityKeys.person(memberOf('my')), {
        set: { [`${session}.seenAt`]: seenAt, [`${session}.until`]: until },
      });
    await age(daysAgo(80), daysAgo(-10));
    const renewed = await renew(browser);
    expect(Date.parse(renewed.body.sessionUntil) - Date.now()).toBeGreaterThan(89 * DAY_MS);
    expect(renewed.cookies.some((line) => line.startsWith('__Secure-session='))).toBe(true);
    expect((await renew(browser.take(renewed))).status).toBe(200);
    await age(daysAgo(91), daysAgo(1));
    expect(await renew(browser)).toMatchObject({ status: 401, body: { code: 'session-ended' } });
  });

  test('signed out is refused at once, and the edge is told', async () => {
    const { browser, own } = await newcomer('nga');
    const session = browser.to('/api/session/end');
    const left = await call(handler, contract.endSession, {}, session);
    expect(left.status).toBe(200);
    expect(left.cookies.every((line) => line.includes('Max-Age=0'))).toBe(true);
    expect(await call(handler, contract.listSessions, {}, as(browser))).toMatchObject({
      status: 401,
      body: { code: 'session-ended' },
    });
    expect((await renew(browser)).status).toBe(401);
    const pass = passNameOf(own.sessionId as SessionId, 1);
    expect((await table.get(identityKeys.endedPass(pass)))?.['fact']).toMatchObject({ type: 'pass-ended', pass });
    expect((await call(handler, contract.endSession, {}, session)).status).toBe(200);
  });

  test('can be seen and ended from another device of one’s own, not by another person', async () => {
    const { browser: phone, own } = await newcomer('ngoc');
    const { scanned: code } = await slipFor('ngoc');
    const tablet = new Browser().take(await exchange(scanned(code, aNonce())));
    const { body } = await call(handler, contract.listSessions, {}, as(tablet));
    expect(body.sessions.map(({ here }: { here: boolean }) => here).sort()).toEqual([false, true]);
    expect(body.sessions[0].device).toEqual({ machine: 'android', browser: 'chrome' });
    const stranger = await newcomer('nhung');
    const revoke = (who: Browser) => call(handler, contract.revokeSession, { sessionId: own.sessionId }, as(who));
    expect((await revoke(stranger.browser)).status).toBe(404);
    expect((await revoke(tablet)).status).toBe(200);
    expect((await call(handler, contract.listSessions, {}, as(phone))).status).toBe(401);
    expect((await call(handler, contract.listSessions, {}, as(tablet))).status).toBe(200);
  });

  test('is begun and goes on while nobody reaches a user pool: slip, renewal, PIN and another browser ask none', async () => {
    process.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'] = 'http://127.0.0.1:9';
    try {
      const { browser } = await newcomer('nguyet');
      expect((await renew(browser)).status).toBe(200);
      expect((await call(handler, contract.setPin, { pin: '904183' }, as(browser))).status).toBe(200);
      expect((await call(handler, contract.stepUp, { pin: '904183' }, as(browser))).status).toBe(200);
      const move = { actionId: crypto.randomUUID() } as never;
      const { code } = (await call(handler, contract.moveToBrowser, move, as(browser))).body;
      expect((await exchange(typed(code, aNonce()))).status).toBe(200);
      expect((await call(handler, contract.endSession, {}, browser.to('/api/session/end'))).status).toBe(200);
    } finally {
      delete process.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'];
    }
  });

  test('of a lost phone is ended by the secretary of the branch, for all devices', async () => {
    const { browser } = await newcomer('oanh');
    const here = { unitId, memberId: memberOf('oanh') };
    expect(await call(handler, contract.endSessionsOf, here, secretary)).toMatchObject({
      status: 200,
      body: { ended: 1 },
    });
    expect((await call(handler, contract.listSessions, {}, as(browser))).status).toBe(401);
    await aPerson('o-noi-khac', 'chi-bo-2');
    const elsewhere = { unitId, memberId: memberOf('o-noi-khac') };
    expect((await call(handler, contract.endSessionsOf, elsewhere, secretary)).status).toBe(404);
  });

  test('after a move to another branch the pass is renewed and the content is that of the new branch', async () => {
    const { browser } = await newcomer('phong');
    await aPerson('phong', 'chi-bo-2');
    expect((await call(handler, contract.listSessions, {}, as(browser))).status).toBe(401);
    const renewed = await renew(browser);
    expect(renewed.body).toMatchObject({ unitId: 'chi-bo-2' });
    const claims = new Browser().take(renewed).value('__Secure-content').split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString()).units).toEqual(['chi-bo-2', 'xa-1', 'tinh']);
    expect((await call(handler, contract.listSessions, {}, as(browser.take(renewed)))).status).toBe(200);
  });

  test('keeps at most eight devices; the longest unused makes room', async () => {
    const first = await newcomer('quan');
    for (let more = 1; more <= 8; more++) await newcomer('quan');
    expect((await call(handler, contract.listSessions, {}, as(first.browser))).status).toBe(401);
  });
});

describe('going on in another browser', () => {
  test('takes a code good once and for two minutes, and keeps the end of the session', async () => {
    const { browser, own } = await newcomer('quang');
    const move = () => call(handler, contract.moveToBrowser, { actionId: crypto.randomUUID() } as never, as(browser));
    const { body } = await move();
    const code = body.url.split('#')[1];
    const there = await exchange(scanned(code, aNonce()));
    expect(there.body).toMatchObject({ memberId: 'quang', sessionUntil: own.sessionUntil });
    expect((await exchange(scanned(code, aNonce()))).status).toBe(410);

    const typedCode = (await move()).body.code;
    expect((await exchange(typed(typedCode, aNonce()))).status).toBe(200);

    const late = (await move()).body.code;
    minutesLater(2);
    expect(await exchange(typed(late, aNonce()))).toMatchObject({ status: 410, body: { code: 'slip-ended' } });
  });
});

describe('roles', () => {
  test('above a branch count for nothing in a session that began with a slip', async () => {
    const { browser } = await newcomer('van');
    await changeGrants(memberOf('van'), [{ role: 'system_admin', unitId, from: instantOf(0) }]);
    const here = { unitId, memberId: memberOf('van') };
    expect((await call(handler, contract.endSessionsOf, here, as(browser))).status).toBe(403);
    const renewed = await call(handler, contract.renewSession, {}, browser.to('/api/session/renew'));
    expect(renewed.body.grants).toEqual([]);
  });
});
