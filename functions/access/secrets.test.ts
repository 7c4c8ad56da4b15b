import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { beforeAll, describe, expect, test } from 'vitest';
import { auditOn } from '#runtime/audit.ts';
import { call, type SignedIn, signedIn } from '#runtime/testing.ts';
import * as contract from '#shared/access/contract.ts';
import { PIN_TRIES } from '#shared/access/rules.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { dayOf, HOUR_MS, instantOf } from '#shared/kernel/time.ts';
import { aUserPool } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { aBranchWithSecretary, as, Browser, memberOf, newcomer, branch as unitId } from './testing.ts';

const password = 'nhà có cây khế ngọt';
let numbers = 0;
const aNumber = () => `0912${String(++numbers).padStart(6, '0')}`;

let secretary: SignedIn;
beforeAll(async () => {
  secretary = await aBranchWithSecretary();
  await aUserPool('MEMBER_POOL', 'MEMBER_CLIENT', { minimumPasswordLength: 12 });
});

const pool = () => new CognitoIdentityProviderClient({ maxAttempts: 1 });
const isInPool = (Username: string) =>
  pool()
    .send(new AdminGetUserCommand({ UserPoolId: process.env['MEMBER_POOL'], Username }))
    .then(({ UserStatus }) => UserStatus)
    .catch(({ name }: Error) => name);
/** What the sign-in page has in hand once the pool let him through. */
const tokenOf = async (USERNAME: string, PASSWORD: string) => {
  const AuthParameters = { USERNAME, PASSWORD };
  const ClientId = process.env['MEMBER_CLIENT'];
  const asked = new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters });
  return (await pool().send(asked)).AuthenticationResult?.IdToken ?? '';
};
const exchange = (idToken: string) => call(handler, contract.exchangeToken, { idToken });

const aMember = (memberId: string, more: { stepUp?: true } = {}) =>
  signedIn({ memberId, unitId, name: 'Nguyễn Văn Thảo', birthYear: 1956, ...more });
const choose = (who: SignedIn, phone: string, chosen = password) =>
  call(handler, contract.setPassword, { phone, password: chosen }, who);
const remove = (who: SignedIn) => call(handler, contract.removePassword, {}, who);
const confirm = (who: SignedIn, given: string) => call(handler, contract.stepUpByPassword, { password: given }, who);
const pin = (who: SignedIn, input: object) => call(handler, contract.setPin, input as never, who);

describe('a PIN for binding acts', () => {
  const give = (op: typeof contract.stepUp, browser: Browser, input: object) =>
    call(handler, op, input as never, as(browser));

  test('is chosen once, changed with the old one, and must not be simple', async () => {
    const { browser } = await newcomer('son');
    const set = (input: object) => call(handler, contract.setPin, input as never, as(browser));
    expect(await give(contract.stepUp, browser, { pin: '904183' })).toMatchObject({
      status: 409,
      body: { code: 'pin-missing' },
    });
    expect(await set({ pin: '123456' })).toMatchObject({ status: 422, body: { code: 'pin-simple' } });
    const chosen = await set({ pin: '904183' });
    expect(chosen.status).toBe(200);
    expect(Date.parse(chosen.body.stepUpUntil) - Date.now()).toBeGreaterThan(11 * HOUR_MS);
    expect(await set({ pin: '735120' })).toMatchObject({ status: 422, body: { code: 'pin-wrong' } });
    expect((await set({ pin: '735120', oldPin: '904183' })).status).toBe(200);
    expect((await give(contract.stepUp, browser, { pin: '735120' })).status).toBe(200);
    const renewed = await call(handler, contract.renewSession, {}, browser.to('/api/session/renew'));
    expect(Date.parse(renewed.body.stepUpUntil)).toBeGreaterThan(Date.now());
  });

  test('wrong five times, even side by side, is blocked until the organisation above clears it', async () => {
    const { browser } = await newcomer('tam');
    await call(handler, contract.setPin, { pin: '904183' }, as(browser));
    const wrong = await Promise.all(
      Array.from({ length: 12 }, () => give(contract.stepUp, browser, { pin: '000001' })),
    );
    expect(wrong.filter(({ body }) => body.code === 'pin-wrong')).toHaveLength(PIN_TRIES);
    expect(await give(contract.stepUp, browser, { pin: '904183' })).toMatchObject({
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

describe('a member who wishes a password', () => {
  test('is in the pool only then, and comes in with his phone number and the password, once per proof', async () => {
    const [who, phone] = [await aMember('an'), aNumber()];
    expect(await isInPool(phone)).toBe('UserNotFoundException');
    expect(await choose(who, `+84 ${phone.slice(1, 5)} ${phone.slice(5)}`)).toMatchObject({
      status: 200,
      body: { phone },
    });
    expect(await isInPool(phone)).toBe('CONFIRMED');
    const token = await tokenOf(phone, password);
    const entered = await exchange(token);
    expect(entered.body).toMatchObject({ memberId: 'an', kind: 'member', grants: [{ role: 'member' }] });
    expect(entered.cookies.find((line) => line.startsWith('__Secure-session'))).toContain('Max-Age=7776000;');
    // he has just proved himself: binding acts need nothing more for twelve hours
    expect(Date.parse(entered.body.stepUpUntil) - Date.now()).toBeGreaterThan(11 * HOUR_MS);
    expect(await exchange(token)).toMatchObject({ status: 410, body: { code: 'token-used' } });
    const { body } = await call(handler, contract.listSessions, {}, new Browser().take(entered).to('/api/access/'));
    expect(body).toMatchObject({ signInPhone: phone });
  });

  test('is told what is wrong with one that is short or guessed first, and the pool hears nothing of it', async () => {
    const [who, phone] = [await aMember('binh'), aNumber()];
    for (const [chosen, code] of [
      ['ngan qua', 'password-short'],
      ['matkhau123456', 'password-common'],
      ['thao 1956 thao', 'password-common'],
    ] as const)
      expect(await choose(who, phone, chosen)).toMatchObject({ status: 422, body: { code } });
    for (const wrong of ['123', '0912 34', 'khong phai so'])
      expect((await choose(who, wrong)).body.code).toBe('malformed');
    expect(await isInPool(phone)).toBe('UserNotFoundException');
  });

  test('gets no number that is another’s; the same act again is one', async () => {
    const phone = aNumber();
    expect((await choose(await aMember('chi'), phone)).status).toBe(200);
    expect(await choose(await aMember('dung'), phone, 'ruộng lúa sau nhà tôi')).toMatchObject({
      status: 409,
      body: { code: 'phone-taken' },
    });
    expect((await exchange(await tokenOf(phone, password))).body.memberId).toBe('chi');
    const [who, other] = [await aMember('giang'), aNumber()];
    const twice = await Promise.all([choose(who, other), choose(who, other)]);
    expect(twice.map(({ status }) => status).sort()[0]).toBe(200);
  });

  test('changes number and password once he confirmed it is him; the old number opens nothing and is free', async () => {
    const [first, second] = [aNumber(), aNumber()];
    const who = await aMember('ha');
    await choose(who, first);
    const held = await tokenOf(first, password);
    expect(await choose(who, second)).toMatchObject({ status: 403, body: { code: 'step-up-needed' } });
    expect((await confirm(who, password)).status).toBe(200);
    expect((await choose(who, second, 'sáng mai con gà gáy')).status).toBe(200);
    expect(await isInPool(first)).toBe('UserNotFoundException');
    expect(await exchange(held)).toMatchObject({ status: 403, body: { code: 'no-such-person' } });
    expect((await exchange(await tokenOf(second, 'sáng mai con gà gáy'))).body.memberId).toBe('ha');
    expect((await choose(await aMember('hai'), first)).status).toBe(200);
  });

  test('gives it up again: nobody comes in with it, not even with a proof from before', async () => {
    const [who, phone] = [await aMember('hoa'), aNumber()];
    await choose(who, phone);
    const held = await tokenOf(phone, password);
    expect(await remove(who)).toMatchObject({ status: 403, body: { code: 'step-up-needed' } });
    await confirm(who, password);
    expect((await remove(who)).status).toBe(200);
    expect((await remove(who)).status).toBe(200);
    expect(await isInPool(phone)).toBe('UserNotFoundException');
    expect(await exchange(held)).toMatchObject({ status: 403, body: { code: 'no-such-person' } });
    expect(await confirm(who, password)).toMatchObject({ status: 409, body: { code: 'password-missing' } });
  });

  test('finds both in the audit log of his branch, done or refused', async () => {
    const who = await aMember('hong', { stepUp: true });
    await choose(who, aNumber(), '123456789012');
    await choose(who, aNumber());
    await remove(who);
    const entries = await auditOn(unitId, dayOf(instantOf(Date.now())));
    const own = entries.filter(({ actorId }) => actorId === 'hong');
    expect(own.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      'access.setPassword password-common',
      'access.setPassword done',
      'access.removePassword done',
    ]);
    expect(JSON.stringify(own)).not.toMatch(/0912|khế/);
  });
});

describe('in place of the PIN the password', () => {
  test('confirms binding acts; a wrong one does not, and who tries on is slowed down', async () => {
    const who = await aMember('lan');
    expect(await confirm(who, password)).toMatchObject({ status: 409, body: { code: 'password-missing' } });
    await choose(who, aNumber());
    expect(Date.parse((await confirm(who, password.normalize('NFD'))).body.stepUpUntil)).toBeGreaterThan(Date.now());
    const codes: string[] = [];
    for (let tries = 1; tries <= 6; tries++) codes.push((await confirm(who, 'không phải câu này')).body.code);
    expect(codes).toEqual([...Array(5).fill('password-wrong'), 'too-many']);
  });

  test('opens a blocked PIN again without the organisation above', async () => {
    const who = await aMember('mai');
    await pin(who, { pin: '904183' });
    await choose(who, aNumber());
    for (let tries = 1; tries <= 5; tries++) await call(handler, contract.stepUp, { pin: '000001' }, who);
    expect((await call(handler, contract.stepUp, { pin: '904183' }, who)).body.code).toBe('pin-blocked');
    expect((await pin(who, { pin: '318204', password: 'không phải câu này' })).body.code).toBe('password-wrong');
    expect((await pin(who, { pin: '318204', password })).status).toBe(200);
    expect((await call(handler, contract.stepUp, { pin: '318204' }, who)).status).toBe(200);
  });

  test('keeps whoever holds a phone from choosing a second secret of his own', async () => {
    const withPassword = await aMember('minh');
    await choose(withPassword, aNumber());
    expect(await pin(withPassword, { pin: '904183' })).toMatchObject({ status: 403, body: { code: 'step-up-needed' } });
    await confirm(withPassword, password);
    expect((await pin(withPassword, { pin: '904183' })).status).toBe(200);

    const owner = await aMember('nam');
    await pin(owner, { pin: '904183' });
    const finder = await aMember('nam');
    expect(await choose(finder, aNumber())).toMatchObject({ status: 403, body: { code: 'step-up-needed' } });
    expect((await choose(owner, aNumber())).status).toBe(200);
    expect((await remove(finder)).body.code).toBe('step-up-needed');
  });

  test('forgotten, it is cleared by the organisation above together with the PIN', async () => {
    const [who, phone] = [await aMember('nga'), aNumber()];
    await choose(who, phone);
    const officer = await signedIn({ memberId: 'can-bo', unitId, grants: [{ role: 'organisation_officer' }] });
    const here = { unitId, memberId: 'nga' as MemberId };
    expect((await call(handler, contract.accountOf, here, officer)).body.hasPassword).toBe(true);
    expect((await call(handler, contract.clearPin, here, officer)).status).toBe(200);
    expect((await call(handler, contract.accountOf, here, officer)).body.hasPassword).toBe(false);
    expect(await isInPool(phone)).toBe('UserNotFoundException');
    expect((await choose(who, phone)).status).toBe(200);
  });
});
