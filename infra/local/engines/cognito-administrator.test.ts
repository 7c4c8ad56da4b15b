import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cognito, startCognito } from './cognito.ts';
import { localCredentials, localRegion } from './credentials.ts';
import { inOwnProcess, killUnderWrites } from './testing.ts';

const UserPoolId = 'ap-southeast-1_Member001';
const ClientId = 'memberclient000000000000000';
const staffPool = 'ap-southeast-1_Staff0001';
const staffClient = 'staffclient0000000000000000';
const pools = [
  { poolId: UserPoolId, clientIds: [ClientId], mfa: 'OFF', minimumPasswordLength: 8 },
  { poolId: staffPool, clientIds: [staffClient], mfa: 'ON', minimumPasswordLength: 12 },
] as const;
const password = 'mot mat khau du dai';
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
let home: string;
let cognito: Cognito;
let client: CognitoIdentityProviderClient;
let named = 0;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'cognito-administrator-'));
  cognito = await startCognito({ dataDir: join(home, 'cognito'), region: localRegion, pools });
  client = clientOf(cognito.endpoint);
});
afterAll(async () => {
  await cognito.stop();
  rmSync(home, { recursive: true, force: true });
});

const clientOf = (endpoint: string, credentials = localCredentials) =>
  new CognitoIdentityProviderClient({ endpoint, region: localRegion, credentials, maxAttempts: 1 });

const aUser = async (pool = UserPoolId) => {
  named += 1;
  const Username = `person-${named}`;
  await client.send(new AdminCreateUserCommand({ UserPoolId: pool, Username, TemporaryPassword: password }));
  const set = { UserPoolId: pool, Username, Password: password, Permanent: true };
  await client.send(new AdminSetUserPasswordCommand(set));
  return { UserPoolId: pool, Username };
};
const passwordSignIn = (USERNAME: string, PASSWORD = password, clientId = ClientId) =>
  client.send(
    new InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME, PASSWORD },
    }),
  );
const incorrect = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' };

describe('the administrator', () => {
  test('must sign', async () => {
    const user = await aUser();
    const stranger = clientOf(cognito.endpoint, { ...localCredentials, secretAccessKey: 'another' });
    const read = stranger.send(new AdminGetUserCommand(user));
    await expect(read).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    const headers = { 'x-amz-target': 'AWSCognitoIdentityProviderService.AdminGetUser' };
    const unsigned = await fetch(cognito.endpoint, { method: 'POST', headers, body: JSON.stringify(user) });
    expect(unsigned.status).toBe(403);
  });

  test('asks whether a password is right, as nobody does without a signature', async () => {
    const { Username } = await aUser();
    const ask = (PASSWORD: string, of = client) =>
      of.send(
        new AdminInitiateAuthCommand({
          UserPoolId,
          ClientId,
          AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: Username, PASSWORD },
        }),
      );
    expect((await ask(password)).AuthenticationResult?.IdToken).toBeDefined();
    await expect(ask('another password')).rejects.toMatchObject(incorrect);
    const stranger = clientOf(cognito.endpoint, { ...localCredentials, secretAccessKey: 'another' });
    await expect(ask(password, stranger)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  });

  test('makes a user once, changes and deletes him', async () => {
    const user = await aUser();
    const again = client.send(new AdminCreateUserCommand({ ...user, Username: user.Username.toUpperCase() }));
    await expect(again).rejects.toMatchObject({ name: 'UsernameExistsException' });
    const attributes = (...UserAttributes: { Name: string; Value: string }[]) =>
      client.send(new AdminUpdateUserAttributesCommand({ ...user, UserAttributes }));
    await attributes({ Name: 'phone_number', Value: '+84900000001' }, { Name: 'phone_number_verified', Value: 'true' });
    expect((await passwordSignIn('+84900000001')).AuthenticationResult).toBeDefined();
    await expect(attributes({ Name: 'sub', Value: 'x' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const UserAttributes = [
      { Name: 'phone_number', Value: '+84900000001' },
      { Name: 'phone_number_verified', Value: 'true' },
    ];
    const twin = client.send(new AdminCreateUserCommand({ UserPoolId, Username: 'twin', UserAttributes }));
    await expect(twin).rejects.toMatchObject({ name: 'AliasExistsException' });
    await client.send(new AdminDeleteUserCommand(user));
    await expect(client.send(new AdminGetUserCommand(user))).rejects.toMatchObject({ name: 'UserNotFoundException' });
    await expect(passwordSignIn('+84900000001')).rejects.toMatchObject(incorrect);
  });

  test('takes an authenticator app away, and the user sets up a new one', async () => {
    const user = await aUser(staffPool);
    cognito.setTotpSecret(staffPool, user.Username, secret);
    expect((await client.send(new AdminGetUserCommand(user))).PreferredMfaSetting).toBe('SOFTWARE_TOKEN_MFA');
    const off = { ...user, SoftwareTokenMfaSettings: { Enabled: false, PreferredMfa: false } };
    await client.send(new AdminSetUserMFAPreferenceCommand(off));
    expect((await passwordSignIn(user.Username, password, staffClient)).ChallengeName).toBe('MFA_SETUP');
    const on = { ...user, SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } };
    const unproven = client.send(new AdminSetUserMFAPreferenceCommand(on));
    await expect(unproven).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('lists users in pages and by filter', async () => {
    for (let turn = 0; turn < 5; turn += 1) await aUser();
    const names: (string | undefined)[] = [];
    let PaginationToken: string | undefined;
    do {
      const page = await client.send(
        new ListUsersCommand({ UserPoolId, Limit: 2, ...(PaginationToken && { PaginationToken }) }),
      );
      names.push(...(page.Users ?? []).map((user) => user.Username));
      PaginationToken = page.PaginationToken;
    } while (PaginationToken !== undefined);
    const all = await client.send(new ListUsersCommand({ UserPoolId }));
    expect(names.length).toBeGreaterThan(4);
    expect(names).toEqual(all.Users?.map((user) => user.Username));
    const [name] = names;
    const found = await client.send(new ListUsersCommand({ UserPoolId, Filter: `username = "${name}"` }));
    expect(found.Users?.map((user) => user.Username)).toEqual([name]);
  });
});

test('neither passwords nor secrets of apps lie readable in the folder', async () => {
  const { Username } = await aUser(staffPool);
  cognito.setTotpSecret(staffPool, Username, secret);
  const { AuthenticationResult } = await passwordSignIn((await aUser()).Username);
  const refreshToken = AuthenticationResult?.RefreshToken ?? '';
  expect(refreshToken).not.toBe('');
  const files = ['cognito.sqlite', 'cognito.sqlite-wal'].map((name) =>
    readFileSync(join(home, 'cognito', name), 'latin1'),
  );
  for (const text of [password, secret, refreshToken, 'PRIVATE KEY']) {
    expect(files.some((file) => file.includes(text))).toBe(false);
  }
  expect(files.some((file) => file.includes(Username))).toBe(true);
});

test('what was acknowledged before a kill is there after it, the keys too', async () => {
  const options = { dataDir: join(home, 'killed'), region: localRegion, pools };
  const engine = await inOwnProcess(new URL('./cognito.ts', import.meta.url).href, 'startCognito', options);
  const writer = clientOf(engine.endpoint);
  const keys = async (endpoint: string) => (await fetch(`${endpoint}/${UserPoolId}/.well-known/jwks.json`)).json();
  const before = await keys(engine.endpoint);
  const acknowledged = await killUnderWrites(
    engine,
    (Username) => writer.send(new AdminCreateUserCommand({ UserPoolId, Username, TemporaryPassword: password })),
    { enough: 80 },
  );
  const again = await startCognito(options);
  const reader = clientOf(again.endpoint);
  for (const Username of acknowledged) await reader.send(new AdminGetUserCommand({ UserPoolId, Username }));
  expect(await keys(again.endpoint)).toEqual(before);
  expect(acknowledged.length).toBeGreaterThanOrEqual(80);
  await again.stop();
});
