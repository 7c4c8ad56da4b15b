import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { Amplify } from 'aws-amplify';
import { confirmSignIn, fetchAuthSession, signIn, signOut, updatePassword } from 'aws-amplify/auth';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { totpCode } from './cognito/totp.ts';
import { type Cognito, startCognito } from './cognito.ts';
import { localCredentials, localRegion } from './credentials.ts';

const staff = { poolId: 'ap-southeast-1_Staff0001', clientId: 'staffclient0000000000000000' };
const members = { poolId: 'ap-southeast-1_Member001', clientId: 'memberclient000000000000000' };
const password = 'mot mat khau du dai';
let home: string;
let cognito: Cognito;
let client: CognitoIdentityProviderClient;
let ahead = 0;
let named = 0;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'cognito-test-'));
  cognito = await startCognito({
    dataDir: home,
    region: localRegion,
    now: () => Date.now() + ahead,
    pools: [
      { poolId: staff.poolId, clientIds: [staff.clientId], mfa: 'ON', minimumPasswordLength: 12 },
      { poolId: members.poolId, clientIds: [members.clientId], mfa: 'OFF', minimumPasswordLength: 8 },
    ],
  });
  client = new CognitoIdentityProviderClient({
    endpoint: cognito.endpoint,
    region: localRegion,
    credentials: localCredentials,
  });
});
afterAll(async () => {
  await cognito.stop();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => {
  ahead = 0;
});

/** Points Amplify at a pool, with nobody signed in. */
const use = async ({ poolId, clientId }: typeof staff) => {
  Amplify.configure({
    Auth: { Cognito: { userPoolId: poolId, userPoolClientId: clientId, userPoolEndpoint: cognito.endpoint } },
  });
  await signOut();
};

const aUser = async (pool: typeof staff, kind: 'permanent' | 'temporary', attributes: Record<string, string> = {}) => {
  named += 1;
  const Username = `person-${named}`;
  const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
  await client.send(
    new AdminCreateUserCommand({ UserPoolId: pool.poolId, Username, UserAttributes, TemporaryPassword: password }),
  );
  if (kind === 'permanent') {
    const set = { UserPoolId: pool.poolId, Username, Password: password, Permanent: true };
    await client.send(new AdminSetUserPasswordCommand(set));
  }
  return Username;
};

test('a member signs in by SRP, and the real verifier takes the tokens', async () => {
  await use(members);
  const username = await aUser(members, 'permanent', { name: 'Nguyễn Văn An', 'custom:memberId': 'm1' });
  expect((await signIn({ username, password })).nextStep.signInStep).toBe('DONE');
  const { tokens } = await fetchAuthSession();
  const verifier = CognitoJwtVerifier.create({
    userPoolId: members.poolId,
    clientId: members.clientId,
    tokenUse: 'id',
  });
  const jwks = await fetch(`${cognito.endpoint}/${members.poolId}/.well-known/jwks.json`);
  verifier.cacheJwks((await jwks.json()) as { keys: [] });
  const claims = await verifier.verify(tokens?.idToken?.toString() ?? '');
  expect(claims).toMatchObject({ name: 'Nguyễn Văn An', 'custom:memberId': 'm1', 'cognito:username': username });
  expect(claims.iss).toBe(`https://cognito-idp.ap-southeast-1.amazonaws.com/${members.poolId}`);
  expect(Math.abs(claims.auth_time - Date.now() / 1000)).toBeLessThan(120);
});

test('a member signs in by phone number and plain password', async () => {
  await use(members);
  await aUser(members, 'permanent', { phone_number: '+84901234567', phone_number_verified: 'true' });
  const options = { authFlowType: 'USER_PASSWORD_AUTH' } as const;
  const { isSignedIn } = await signIn({ username: '+84901234567', password, options });
  expect(isSignedIn).toBe(true);
  const { tokens } = await fetchAuthSession();
  expect(tokens?.idToken?.payload).toMatchObject({ phone_number: '+84901234567', phone_number_verified: true });
});

test('a first sign-in asks for a password of one’s own', async () => {
  await use(members);
  const username = await aUser(members, 'temporary');
  const first = await signIn({ username, password });
  expect(first.nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED');
  await expect(confirmSignIn({ challengeResponse: 'short' })).rejects.toMatchObject({
    name: 'InvalidPasswordException',
  });
  const done = await confirmSignIn({ challengeResponse: 'một câu của riêng tôi' });
  expect(done.isSignedIn).toBe(true);
  await signOut();
  await expect(signIn({ username, password })).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  expect((await signIn({ username, password: 'một câu của riêng tôi' })).isSignedIn).toBe(true);
});

test('a session is renewed, a password is changed, and after signing out the refresh token is worth nothing', async () => {
  await use(members);
  const username = await aUser(members, 'permanent');
  await signIn({ username, password });
  const before = (await fetchAuthSession()).tokens;
  const renewed = (await fetchAuthSession({ forceRefresh: true })).tokens;
  expect(renewed?.accessToken.payload.jti).not.toBe(before?.accessToken.payload.jti);
  expect(renewed?.accessToken.payload.auth_time).toBe(before?.accessToken.payload.auth_time);
  await updatePassword({ oldPassword: password, newPassword: 'another long one' });
  await expect(updatePassword({ oldPassword: password, newPassword: 'x'.repeat(12) })).rejects.toMatchObject({
    name: 'NotAuthorizedException',
  });
  await signOut();
  expect((await fetchAuthSession()).tokens).toBeUndefined();
});

test('staff set up an authenticator app at the first sign-in and need its code ever after, each code once', async () => {
  await use(staff);
  const username = await aUser(staff, 'permanent');
  const { nextStep } = await signIn({ username, password });
  if (nextStep.signInStep !== 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP') throw new Error(nextStep.signInStep);
  const secret = nextStep.totpSetupDetails.sharedSecret;
  await expect(confirmSignIn({ challengeResponse: '000000' })).rejects.toMatchObject({
    name: 'EnableSoftwareTokenMFAException',
  });
  const code = totpCode(secret, Date.now());
  expect((await confirmSignIn({ challengeResponse: code })).isSignedIn).toBe(true);
  await signOut();

  const again = await signIn({ username, password });
  expect(again.nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_TOTP_CODE');
  await expect(confirmSignIn({ challengeResponse: code })).rejects.toMatchObject({ name: 'ExpiredCodeException' });
  ahead = 60_000;
  const wrong = code === '123456' ? '654321' : '123456';
  await expect(confirmSignIn({ challengeResponse: wrong })).rejects.toMatchObject({ name: 'CodeMismatchException' });
  const later = totpCode(secret, Date.now() + ahead);
  expect((await confirmSignIn({ challengeResponse: later })).isSignedIn).toBe(true);
});

test('made-up staff sign in with a secret that was given to them', async () => {
  await use(staff);
  const username = await aUser(staff, 'permanent');
  cognito.setTotpSecret(staff.poolId, username, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  expect((await signIn({ username, password })).nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_TOTP_CODE');
  const code = totpCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', Date.now());
  expect((await confirmSignIn({ challengeResponse: code })).isSignedIn).toBe(true);
});

test('codes are those of RFC 6238', () => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  expect(totpCode(secret, 59_000)).toBe('287082');
  expect(totpCode(secret, 1_111_111_109_000)).toBe('081804');
  expect(totpCode(secret, 20_000_000_000_000)).toBe('353130');
});
