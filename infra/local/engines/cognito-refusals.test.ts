import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminSetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { totpCode } from './cognito/totp.ts';
import { type Cognito, startCognito } from './cognito.ts';
import { localCredentials, localRegion } from './credentials.ts';

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
let clock = Date.now();
let named = 0;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'cognito-refusals-'));
  cognito = await startCognito({ dataDir: join(home, 'cognito'), region: localRegion, pools, now: () => clock });
  client = clientOf(cognito.endpoint);
});
afterAll(async () => {
  await cognito.stop();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => {
  clock = Date.now();
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
const signedIn = async (username: string) => {
  const { AuthenticationResult } = await passwordSignIn(username);
  return {
    AccessToken: AuthenticationResult?.AccessToken ?? '',
    RefreshToken: AuthenticationResult?.RefreshToken ?? '',
  };
};
const refused = (message: string, name = 'NotAuthorizedException') => ({ name, message });
const incorrect = refused('Incorrect username or password.');

describe('a sign-in', () => {
  test('does not tell an unknown user from a wrong password, by SRP neither', async () => {
    const { Username } = await aUser();
    await expect(passwordSignIn(Username, 'wrong password')).rejects.toMatchObject(incorrect);
    await expect(passwordSignIn('nobody', 'wrong password')).rejects.toMatchObject(incorrect);
    const begin = async (USERNAME: string) => {
      const AuthParameters = { USERNAME, SRP_A: 'abcdef0123' };
      const begun = await client.send(new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters }));
      return begun.ChallengeParameters ?? {};
    };
    const [known, unknown, again] = [await begin(Username), await begin('nobody'), await begin('nobody')];
    expect(Object.keys(unknown)).toEqual(Object.keys(known));
    expect(unknown.SALT).toBe(again.SALT);
    for (const parameters of [known, unknown]) {
      const ChallengeResponses = {
        USERNAME: parameters.USERNAME ?? '',
        PASSWORD_CLAIM_SECRET_BLOCK: parameters.SECRET_BLOCK ?? '',
        PASSWORD_CLAIM_SIGNATURE: 'AAAA',
        TIMESTAMP: 'Sat Nov 21 22:00:00 UTC 2026',
      };
      const answer = new RespondToAuthChallengeCommand({
        ClientId,
        ChallengeName: 'PASSWORD_VERIFIER',
        ChallengeResponses,
      });
      await expect(client.send(answer)).rejects.toMatchObject(incorrect);
    }
    const AuthParameters = { USERNAME: Username, SRP_A: '0' };
    const zero = client.send(new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters }));
    await expect(zero).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('is locked after five failures, longer each time, for unknown names too, and opens again', async () => {
    const { Username } = await aUser();
    const exceeded = refused('Password attempts exceeded');
    for (const name of [Username, 'another nobody']) {
      for (let turn = 0; turn < 5; turn += 1)
        await expect(passwordSignIn(name, 'wrong')).rejects.toMatchObject(incorrect);
      await expect(passwordSignIn(name)).rejects.toMatchObject(exceeded);
    }
    clock += 1_001;
    await expect(passwordSignIn(Username, 'wrong')).rejects.toMatchObject(incorrect);
    clock += 1_001;
    await expect(passwordSignIn(Username)).rejects.toMatchObject(exceeded);
    clock += 1_000;
    expect((await passwordSignIn(Username)).AuthenticationResult).toBeDefined();
    await expect(passwordSignIn(Username, 'wrong')).rejects.toMatchObject(incorrect);
    expect((await passwordSignIn(Username)).AuthenticationResult).toBeDefined();
  });

  test('of a disabled user is refused, whatever he still holds', async () => {
    const user = await aUser();
    const { AccessToken, RefreshToken } = await signedIn(user.Username);
    await client.send(new AdminDisableUserCommand(user));
    const disabled = refused('User is disabled.');
    await expect(passwordSignIn(user.Username)).rejects.toMatchObject(disabled);
    await expect(client.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject(disabled);
    const renewal = client.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken }));
    await expect(renewal).rejects.toMatchObject(disabled);
    await client.send(new AdminEnableUserCommand(user));
    expect((await passwordSignIn(user.Username)).AuthenticationResult).toBeDefined();
  });

  test('with a temporary password is refused after seven days', async () => {
    const Username = 'late';
    await client.send(new AdminCreateUserCommand({ UserPoolId, Username, TemporaryPassword: password }));
    clock += 7 * 24 * 3_600_000 + 1;
    await expect(passwordSignIn(Username)).rejects.toThrow('Temporary password has expired');
  });

  test('that is half done ends after three minutes, belongs to its user, and cannot skip a step', async () => {
    const { Username } = await aUser(staffPool);
    const other = await aUser(staffPool);
    cognito.setTotpSecret(staffPool, Username, secret);
    const { Session } = await passwordSignIn(Username, password, staffClient);
    const answer = (ChallengeName: 'SOFTWARE_TOKEN_MFA' | 'MFA_SETUP' | 'NEW_PASSWORD_REQUIRED', name: string) =>
      client.send(
        new RespondToAuthChallengeCommand({
          ClientId: staffClient,
          ChallengeName,
          Session,
          ChallengeResponses: {
            USERNAME: name,
            SOFTWARE_TOKEN_MFA_CODE: totpCode(secret, clock),
            NEW_PASSWORD: password,
          },
        }),
      );
    const invalid = refused('Invalid session for the user.');
    await expect(answer('MFA_SETUP', Username)).rejects.toMatchObject(invalid);
    await expect(answer('NEW_PASSWORD_REQUIRED', Username)).rejects.toMatchObject(invalid);
    await expect(answer('SOFTWARE_TOKEN_MFA', other.Username)).rejects.toMatchObject(invalid);
    clock += 180_001;
    await expect(answer('SOFTWARE_TOKEN_MFA', Username)).rejects.toThrow('session is expired');
  });

  test('with an app that was not proven gives no tokens, and three wrong codes end it', async () => {
    const { Username } = await aUser(staffPool);
    const { ChallengeName, Session } = await passwordSignIn(Username, password, staffClient);
    expect(ChallengeName).toBe('MFA_SETUP');
    const ChallengeResponses = { USERNAME: Username };
    const skip = { ClientId: staffClient, ChallengeName: 'MFA_SETUP', Session, ChallengeResponses } as const;
    await expect(client.send(new RespondToAuthChallengeCommand(skip))).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
    cognito.setTotpSecret(staffPool, Username, secret);
    const second = await passwordSignIn(Username, password, staffClient);
    const code = (SOFTWARE_TOKEN_MFA_CODE: string) =>
      client.send(
        new RespondToAuthChallengeCommand({
          ClientId: staffClient,
          ChallengeName: 'SOFTWARE_TOKEN_MFA',
          Session: second.Session,
          ChallengeResponses: { USERNAME: Username, SOFTWARE_TOKEN_MFA_CODE },
        }),
      );
    for (let turn = 0; turn < 3; turn += 1) {
      await expect(code('no code')).rejects.toMatchObject({ name: 'CodeMismatchException' });
    }
    await expect(code(totpCode(secret, clock))).rejects.toMatchObject(refused('Invalid session for the user.'));
  });
});

describe('tokens', () => {
  test('end with their sign-in: one by revocation, all by a global sign-out or by the administrator', async () => {
    const user = await aUser();
    const [one, two] = [await signedIn(user.Username), await signedIn(user.Username)];
    await client.send(new RevokeTokenCommand({ ClientId, Token: one.RefreshToken }));
    const renewal = (RefreshToken: string) =>
      client.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken }));
    const read = (AccessToken: string) => client.send(new GetUserCommand({ AccessToken }));
    await expect(renewal(one.RefreshToken)).rejects.toMatchObject(refused('Invalid Refresh Token'));
    await expect(read(one.AccessToken)).rejects.toMatchObject(refused('Access Token has been revoked'));
    expect((await read(two.AccessToken)).Username).toBe(user.Username);
    await client.send(new GlobalSignOutCommand({ AccessToken: two.AccessToken }));
    await expect(renewal(two.RefreshToken)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    const three = await signedIn(user.Username);
    await client.send(new AdminUserGlobalSignOutCommand(user));
    await expect(renewal(three.RefreshToken)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  test('of another client, another pool, forged or expired are refused', async () => {
    const { Username } = await aUser();
    const { AccessToken, RefreshToken } = await signedIn(Username);
    const elsewhere = new GetTokensFromRefreshTokenCommand({ ClientId: staffClient, RefreshToken });
    await expect(client.send(elsewhere)).rejects.toMatchObject(refused('Invalid Refresh Token'));
    const [head, body, signature = ''] = AccessToken.split('.');
    const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, username: 'admin' })).toString('base64url');
    const read = (token: string) => client.send(new GetUserCommand({ AccessToken: token }));
    await expect(read(`${head}.${forged}.${signature}`)).rejects.toMatchObject(refused('Invalid Access Token'));
    await expect(read('rubbish')).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    clock += 3_600_001;
    await expect(read(AccessToken)).rejects.toMatchObject(refused('Access Token has expired'));
    clock += 30 * 24 * 3_600_000;
    const renewal = client.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken }));
    await expect(renewal).rejects.toMatchObject(refused('Refresh Token has expired'));
  });
});
