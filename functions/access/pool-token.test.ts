import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { claimStaffName } from '#runtime/identity.ts';
import { aUnit, call } from '#runtime/testing.ts';
import * as contract from '#shared/access/contract.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { instantOf } from '#shared/kernel/time.ts';
import { handler } from './api.ts';
import { ensureKeys } from './published-keys.ts';
import { anAccessHouse, aPerson, Browser } from './testing.ts';

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const pool = rsa();
const stranger = rsa();
const kid = 'pool-key-1';

/** The one page of a user pool that we read; the tests take it away to see what then still works. */
let page: Server;
let asked = 0;
let answersWith = 200;
beforeAll(async () => {
  await anAccessHouse();
  await ensureKeys(instantOf(Date.now()));
  await aUnit('xa-1', 'tinh');
  await aPerson('can-bo', 'xa-1', 'organisation_officer');
  await claimStaffName('tochuc.xa1', 'can-bo' as MemberId);
  page = createServer((request, response) => {
    asked++;
    const known = request.url === `/${process.env['STAFF_POOL']}/.well-known/jwks.json`;
    const jwk = { ...pool.publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
    response.writeHead(known ? answersWith : 404).end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  const { port } = page.address() as AddressInfo;
  process.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'] = `http://127.0.0.1:${port}`;
});
afterAll(() => {
  delete process.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'];
  page.close();
});
beforeEach(() => vi.useRealTimers());

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (more: object = {}, { key = pool.privateKey, keyId = kid } = {}) => {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: `https://cognito-idp.ap-southeast-1.amazonaws.com/${process.env['STAFF_POOL']}`,
    aud: process.env['STAFF_CLIENT'],
    token_use: 'id',
    sub: crypto.randomUUID(),
    'cognito:username': 'tochuc.xa1',
    auth_time: now,
    iat: now,
    exp: now + 300,
    jti: crypto.randomUUID(),
    ...more,
  };
  const text = `${base64({ alg: 'RS256', kid: keyId })}.${base64(payload)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`;
};
const exchange = (idToken: string) => call(handler, contract.exchangeToken, { idToken });
const minutesAgo = (minutes: number) => Math.floor(Date.now() / 1000) - minutes * 60;

describe('a token of the staff pool', () => {
  test('when the pool cannot be reached the person is asked to wait, and sessions do not notice', async () => {
    answersWith = 500;
    expect(await exchange(token())).toMatchObject({ status: 503, body: { code: 'busy' } });
    answersWith = 200;
    const browser = new Browser().take(await exchange(token()));
    const before = asked;
    page.closeAllConnections();
    answersWith = 500;
    const renewed = await call(handler, contract.renewSession, {}, browser.to('/api/session/renew'));
    expect(renewed.status).toBe(200);
    expect((await call(handler, contract.listSessions, {}, browser.to('/api/access/sessions'))).status).toBe(200);
    expect(asked).toBe(before);
    answersWith = 200;
  });

  test('opens a session of twelve hours in which the roles above a branch count', async () => {
    const answer = await exchange(token());
    expect(answer.body).toMatchObject({
      memberId: 'can-bo',
      kind: 'staff',
      grants: [{ role: 'organisation_officer' }],
    });
    expect(answer.cookies.find((line) => line.startsWith('__Secure-session'))).toContain('Max-Age=43200;');
  });

  test('is taken once', async () => {
    const once = token();
    const answers = await Promise.all([exchange(once), exchange(once), exchange(once)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410]);
    expect(await exchange(once)).toMatchObject({ status: 410, body: { code: 'token-used' } });
  });

  test('is taken within five minutes of the sign-in', async () => {
    expect((await exchange(token({ auth_time: minutesAgo(4) }))).status).toBe(200);
    expect(await exchange(token({ auth_time: minutesAgo(6) }))).toMatchObject({
      status: 410,
      body: { code: 'token-old' },
    });
    expect(await exchange(token({ auth_time: minutesAgo(-3) }))).toMatchObject({
      status: 410,
      body: { code: 'token-old' },
    });
  });

  test.each([
    ['run out', () => token({ exp: minutesAgo(1) })],
    [
      'of another pool',
      () => token({ iss: 'https://cognito-idp.ap-southeast-1.amazonaws.com/ap-southeast-1_Other0001' }),
    ],
    ['for another client', () => token({ aud: 'another' })],
    ['an access token', () => token({ token_use: 'access' })],
    ['signed by another', () => token({}, { key: stranger.privateKey })],
    ['of an unknown key', () => token({}, { keyId: 'pool-key-2' })],
    ['without a signature', () => `${token().split('.').slice(0, 2).join('.')}.`],
    ['by no algorithm', () => `${base64({ alg: 'none', kid })}.${token().split('.')[1]}.`],
    ['no token at all', () => 'a.b.c'],
  ])('%s is refused', async (_, made) => {
    expect(await exchange(made())).toMatchObject({ status: 401, body: { code: 'token-refused' } });
  });

  test('of a name that nobody claimed opens nothing', async () => {
    expect(await exchange(token({ 'cognito:username': 'ai-do' }))).toMatchObject({
      status: 403,
      body: { code: 'no-such-person' },
    });
  });

  test('with invented key ids does not make us ask the pool each time', async () => {
    await exchange(token());
    const before = asked;
    await Promise.all([1, 2, 3, 4].map((n) => exchange(token({}, { keyId: `invented-${n}` }))));
    expect(asked - before).toBeLessThanOrEqual(1);
  });

  test('is asked for where the page is told, without secrets', async () => {
    const { body } = await call(handler, contract.signInSettings, {});
    expect(body).toEqual({
      region: 'ap-southeast-1',
      staffPool: 'ap-southeast-1_Pool00001',
      staffClient: 'web-client',
      memberPool: 'ap-southeast-1_Pool00002',
      memberClient: 'member-client',
      endpoint: process.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'],
    });
  });
});
