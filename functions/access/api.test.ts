import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { auditOn } from '#runtime/audit.ts';
import { changeGrants, identityKeys, passNameOf } from '#runtime/identity.ts';
import { openTable } from '#runtime/table.ts';
import { aUnit, browserHeaders, call, eventOf, type SignedIn, send, signedIn } from '#runtime/testing.ts';
import * as contract from '#shared/access/contract.ts';
import { failureBudget, PIN_TRIES } from '#shared/access/rules.ts';
import type { MemberId, SessionId, UnitId } from '#shared/kernel/ids.ts';
import { DAY_MS, dayOf, HOUR_MS, instantOf, MINUTE_MS } from '#shared/kernel/time.ts';
import { handler } from './api.ts';
import { codesOf } from './door.ts';
import { ensureKeys } from './published-keys.ts';
import { aNonce, anAccessHouse, aPerson, Browser } from './testing.ts';

const table = openTable('IDENTITY_TABLE');
const unitId = 'chi-bo-1' as UnitId;
let secretary: SignedIn;

beforeAll(async () => {
  await anAccessHouse();
  await ensureKeys(instantOf(Date.now()));
  await aUnit('chi-bo-1', 'xa-1', 'tinh');
  await aUnit('chi-bo-2', 'xa-1', 'tinh');
  await aUnit('xa-1', 'tinh');
  await aUnit('tinh');
  secretary = await signedIn({
    memberId: 'bi-thu',
    unitId,
    grants: [{ role: 'member' }, { role: 'branch_secretary' }],
    stepUp: true,
  });
});
afterEach(() => vi.useRealTimers());

/** Minutes go by; what takes days is written into the record instead, since the engines check the clock of a request. */
const minutesLater = (minutes: number) => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + minutes * MINUTE_MS);
};
const daysAgo = (days: number) => instantOf(Date.now() - days * DAY_MS);
const as = (browser: Browser) => browser.to('/api/access/');
const memberOf = (id: string) => id as MemberId;

/** A fresh member with a slip on paper. */
const slipFor = async (memberId: string) => {
  await aPerson(memberId, unitId);
  const actionId = crypto.randomUUID();
  const memberIds = [memberOf(memberId)];
  const issued = await call(handler, contract.issueSlips, { unitId, actionId, memberIds } as never, secretary);
  expect(issued.status).toBe(200);
  const [slip] = issued.body.slips;
  return { typed: slip.code as string, scanned: (slip.url as string).split('#')[1] as string, actionId, slip };
};
const scanned = (code: string, nonce: string) => ({ way: 'scanned' as const, code, nonce });
const typed = (code: string, nonce: string, birthYear = 1956) => ({ way: 'typed' as const, code, nonce, birthYear });
const exchange = (shown: ReturnType<typeof scanned> | ReturnType<typeof typed>) =>
  call(handler, contract.exchangeSlip, shown);

/** A member who came in by a slip, with what his browser holds. */
const newcomer = async (memberId: string) => {
  const { scanned: code } = await slipFor(memberId);
  const answer = await exchange(scanned(code, aNonce()));
  expect(answer.status).toBe(200);
  return { browser: new Browser().take(answer), own: answer.body };
};

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
      new RegExp(`^__Host-pass=p\\d+\\.[\\w-]+\\.[\\w-]+; Path=/; Max-Age=4\\d{4}; ${attributes}$`),
    );
    expect(sorted[1]).toMatch(
      new RegExp(`^__Secure-content=c\\d+\\.[\\w-]+\\.[\\w-]+; Path=/content; Max-Age=4\\d{4}; ${attributes}$`),
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

describe('the session of a browser', () => {
  const renew = (browser: Browser) => call(handler, contract.renewSession, {}, browser.to('/api/session/renew'));

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

describe('a PIN for binding acts', () => {
  const pin = (op: typeof contract.stepUp, browser: Browser, input: object) =>
    call(handler, op, input as never, as(browser));

  test('is chosen once, changed with the old one, and must not be simple', async () => {
    const { browser } = await newcomer('son');
    const set = (input: object) => call(handler, contract.setPin, input as never, as(browser));
    expect(await pin(contract.stepUp, browser, { pin: '904183' })).toMatchObject({
      status: 409,
      body: { code: 'pin-missing' },
    });
    expect(await set({ pin: '123456' })).toMatchObject({ status: 422, body: { code: 'pin-simple' } });
    const chosen = await set({ pin: '904183' });
    expect(chosen.status).toBe(200);
    expect(Date.parse(chosen.body.stepUpUntil) - Date.now()).toBeGreaterThan(11 * HOUR_MS);
    expect(await set({ pin: '735120' })).toMatchObject({ status: 422, body: { code: 'pin-wrong' } });
    expect((await set({ pin: '735120', oldPin: '904183' })).status).toBe(200);
    expect((await pin(contract.stepUp, browser, { pin: '735120' })).status).toBe(200);
    const renewed = await call(handler, contract.renewSession, {}, browser.to('/api/session/renew'));
    expect(Date.parse(renewed.body.stepUpUntil)).toBeGreaterThan(Date.now());
  });

  test('wrong five times, even side by side, is blocked until the organisation above clears it', async () => {
    const { browser } = await newcomer('tam');
    await call(handler, contract.setPin, { pin: '904183' }, as(browser));
    const wrong = await Promise.all(Array.from({ length: 12 }, () => pin(contract.stepUp, browser, { pin: '000001' })));
    expect(wrong.filter(({ body }) => body.code === 'pin-wrong')).toHaveLength(PIN_TRIES);
    expect(await pin(contract.stepUp, browser, { pin: '904183' })).toMatchObject({
      status: 409,
      body: { code: 'pin-blocked' },
    });
    const here = { unitId, memberId: memberOf('tam') };
    expect((await call(handler, contract.clearPin, here, secretary)).status).toBe(403);
    const officer = await signedIn({ memberId: 'can-bo', unitId: 'xa-1', grants: [{ role: 'organisation_officer' }] });
    expect((await call(handler, contract.clearPin, here, officer)).status).toBe(200);
    expect((await call(handler, contract.setPin, { pin: '318204' }, as(browser))).status).toBe(200);
  });
});

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
