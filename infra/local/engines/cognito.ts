import * as v from 'valibot';
import * as admin from './cognito/admin.ts';
import * as own from './cognito/own-account.ts';
import { notAuthorized, type Pool, type PoolSettings } from './cognito/pool.ts';
import { beginSrp, refresh, respond, signInWithPassword } from './cognito/sign-in.ts';
import { openUserStorage } from './cognito/storage.ts';
import { decodedClaims, openTokens } from './cognito/tokens.ts';
import { type Credentials, localCredentials } from './credentials.ts';
import { type JsonOperation, jsonOperation, serveJson, unsignedOperation } from './json-service.ts';
import type { Listening } from './listen.ts';
import { serviceError } from './service-error.ts';

export interface CognitoOptions {
  readonly dataDir: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly pools: readonly PoolSettings[];
  readonly region: string;
  /** Signs the administrator's operations. */
  readonly credentials?: Credentials;
  /** Milliseconds since 1970; another clock lets a test wait no time. */
  readonly now?: () => number;
}

export interface Cognito extends Listening {
  addPool(settings: PoolSettings): void;
  /** Keys that verify the tokens of a pool, as served at `/<poolId>/.well-known/jwks.json`. */
  jwks(poolId: string): { readonly keys: readonly object[] };
  /** Gives a user an authenticator app with this Base32 secret. The real service has nothing like it. */
  setTotpSecret(poolId: string, username: string, secret: string): void;
}

/** A page of any origin may call, as at the real service; what is not public needs a signature or a token. */
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-expose-headers': 'x-amzn-errortype,x-amzn-requestid',
  'access-control-max-age': '7200',
};

/**
 * Local user pools that `aws-amplify/auth` and the SDK take for Amazon Cognito: sign-in by SRP or password, authenticator
 * apps, refresh, revocation, lockout. Tokens carry the real service's issuer. Unknown users are never told apart from
 * wrong passwords. What it acknowledged survives `kill -9`. Not spoken: groups, messages by SMS or mail, triggers,
 * federation.
 */
export const startCognito = async (options: CognitoOptions): Promise<Cognito> => {
  const storage = openUserStorage(options.dataDir);
  const pools = new Map<string, Pool>();
  const addPool = (settings: PoolSettings) => {
    const tokens = openTokens(storage, settings.poolId, options.region);
    pools.set(settings.poolId, { settings, storage, tokens, now: options.now ?? Date.now });
  };
  for (const settings of options.pools) addPool(settings);
  const listening = await serveJson({
    port: options.port,
    target: 'AWSCognitoIdentityProviderService',
    service: 'cognito-idp',
    credentials: options.credentials ?? localCredentials,
    malformed: 'InvalidParameterException',
    cors,
    page: (path) => pools.get(/^\/([^/]+)\/\.well-known\/jwks\.json$/.exec(path)?.[1] ?? '')?.tokens.jwks,
    operations: { ...publicOperations(pools), ...administratorOperations(pools) },
  });
  return {
    ...listening,
    addPool,
    jwks: (poolId) => requirePool(pools, poolId).tokens.jwks,
    setTotpSecret: (poolId, username, secret) => void admin.setTotpSecret(requirePool(pools, poolId), username, secret),
    stop: async () => {
      await listening.stop();
      storage.close();
    },
  };
};

type Pools = ReadonlyMap<string, Pool>;

const requirePool = (pools: Pools, poolId: string): Pool => {
  const pool = pools.get(poolId);
  if (pool === undefined) {
    throw serviceError(400, 'ResourceNotFoundException', `User pool ${poolId} does not exist.`);
  }
  return pool;
};

const poolOfClient = (pools: Pools, clientId: string): Pool => {
  for (const pool of pools.values()) if (pool.settings.clientIds.includes(clientId)) return pool;
  throw serviceError(400, 'ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
};

/** The pool that says it has issued the token; it verifies the rest. */
const poolOfToken = (pools: Pools, accessToken: string): Pool => {
  const issuer = String(decodedClaims(accessToken).iss);
  const pool = pools.get(issuer.slice(issuer.lastIndexOf('/') + 1));
  if (pool === undefined) throw notAuthorized('Invalid Access Token');
  return pool;
};

/** A half sign-in or an access token says whose app is set up; a half sign-in does not say of which pool. */
const setupOf = <T>(pools: Pools, input: v.InferOutput<typeof Setup>, act: (pool: Pool, by: own.SetupBy) => T): T => {
  const { Session, AccessToken } = input;
  if (AccessToken !== undefined) return act(poolOfToken(pools, AccessToken), { accessToken: AccessToken });
  const [first] = pools.values();
  const half = Session === undefined ? undefined : first?.storage.half(Session);
  if (Session === undefined || half === undefined) throw notAuthorized('Invalid session for the user.');
  return act(requirePool(pools, half.pool), { session: Session });
};

const Text = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
const Username = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
const Answers = v.optional(v.record(v.string(), v.string()), {});
const Attributes = v.array(v.object({ Name: Text, Value: v.optional(v.string(), '') }));
const Setup = v.object({ Session: v.optional(Text), AccessToken: v.optional(Text) });
const ofUser = { UserPoolId: Text, Username };

const publicOperations = (pools: Pools): Record<string, JsonOperation> => ({
  InitiateAuth: unsignedOperation(
    v.object({ ClientId: Text, AuthFlow: Text, AuthParameters: Answers }),
    async ({ ClientId, AuthFlow, AuthParameters: given }) => {
      const pool = poolOfClient(pools, ClientId);
      switch (AuthFlow) {
        case 'USER_SRP_AUTH':
          return beginSrp(pool, ClientId, required(given, 'USERNAME'), required(given, 'SRP_A'));
        case 'USER_PASSWORD_AUTH':
          return signInWithPassword(pool, ClientId, required(given, 'USERNAME'), required(given, 'PASSWORD'));
        case 'REFRESH_TOKEN':
        case 'REFRESH_TOKEN_AUTH':
          return refresh(pool, ClientId, required(given, 'REFRESH_TOKEN'));
        default:
          throw serviceError(400, 'InvalidParameterException', `The flow ${AuthFlow} is not enabled for this client.`);
      }
    },
  ),
  RespondToAuthChallenge: unsignedOperation(
    v.object({ ClientId: Text, ChallengeName: Text, Session: v.optional(Text), ChallengeResponses: Answers }),
    ({ ClientId, ChallengeName: challenge, Session: session, ChallengeResponses: answers }) =>
      respond(poolOfClient(pools, ClientId), ClientId, { challenge, session, answers }),
  ),
  GetTokensFromRefreshToken: unsignedOperation(v.object({ ClientId: Text, RefreshToken: Text }), (input) =>
    refresh(poolOfClient(pools, input.ClientId), input.ClientId, input.RefreshToken),
  ),
  RevokeToken: unsignedOperation(v.object({ ClientId: Text, Token: Text }), ({ ClientId, Token }) =>
    own.revokeToken(poolOfClient(pools, ClientId), ClientId, Token),
  ),
  GlobalSignOut: unsignedOperation(v.object({ AccessToken: Text }), ({ AccessToken }) => {
    const pool = poolOfToken(pools, AccessToken);
    return admin.signOutEverywhere(pool, own.signedInUser(pool, AccessToken).user.username);
  }),
  GetUser: unsignedOperation(v.object({ AccessToken: Text }), ({ AccessToken }) =>
    admin.ownUser(own.signedInUser(poolOfToken(pools, AccessToken), AccessToken).user),
  ),
  ChangePassword: unsignedOperation(
    v.object({ AccessToken: Text, PreviousPassword: Text, ProposedPassword: Text }),
    ({ AccessToken, PreviousPassword, ProposedPassword }) =>
      own.changePassword(poolOfToken(pools, AccessToken), AccessToken, PreviousPassword, ProposedPassword),
  ),
  AssociateSoftwareToken: unsignedOperation(Setup, (input) => setupOf(pools, input, own.offerTotp)),
  VerifySoftwareToken: unsignedOperation(v.object({ ...Setup.entries, UserCode: Text }), (input) =>
    setupOf(pools, input, (pool, by) => own.proveTotp(pool, by, input.UserCode)),
  ),
});

const administratorOperations = (pools: Pools): Record<string, JsonOperation> => {
  const onUser = (act: (pool: Pool, username: string) => object): JsonOperation =>
    jsonOperation(v.object(ofUser), (input) => act(requirePool(pools, input.UserPoolId), input.Username));
  return {
    AdminGetUser: onUser(admin.getUser),
    AdminDeleteUser: onUser(admin.deleteUser),
    AdminUserGlobalSignOut: onUser(admin.signOutEverywhere),
    AdminDisableUser: onUser((pool, username) => admin.setEnabled(pool, username, false)),
    AdminEnableUser: onUser((pool, username) => admin.setEnabled(pool, username, true)),
    AdminInitiateAuth: jsonOperation(
      v.object({ UserPoolId: Text, ClientId: Text, AuthFlow: Text, AuthParameters: Answers }),
      async ({ UserPoolId, ClientId, AuthFlow, AuthParameters: given }) => {
        const pool = requirePool(pools, UserPoolId);
        if (poolOfClient(pools, ClientId) !== pool || AuthFlow !== 'ADMIN_USER_PASSWORD_AUTH')
          throw serviceError(400, 'InvalidParameterException', `The flow ${AuthFlow} is not enabled for this client.`);
        return signInWithPassword(pool, ClientId, required(given, 'USERNAME'), required(given, 'PASSWORD'));
      },
    ),
    AdminCreateUser: jsonOperation(
      v.object({ ...ofUser, UserAttributes: v.optional(Attributes, []), TemporaryPassword: v.optional(Text) }),
      ({ UserPoolId, Username: name, UserAttributes, TemporaryPassword }) =>
        admin.createUser(requirePool(pools, UserPoolId), name, UserAttributes, TemporaryPassword),
    ),
    AdminSetUserPassword: jsonOperation(
      v.object({ ...ofUser, Password: Text, Permanent: v.optional(v.boolean(), false) }),
      ({ UserPoolId, Username: name, Password, Permanent }) =>
        admin.setPassword(requirePool(pools, UserPoolId), name, Password, Permanent ? 'permanent' : 'temporary'),
    ),
    AdminUpdateUserAttributes: jsonOperation(
      v.object({ ...ofUser, UserAttributes: Attributes }),
      ({ UserPoolId, Username: name, UserAttributes }) =>
        admin.updateAttributes(requirePool(pools, UserPoolId), name, UserAttributes),
    ),
    AdminSetUserMFAPreference: jsonOperation(
      v.object({ ...ofUser, SoftwareTokenMfaSettings: v.object({ Enabled: v.optional(v.boolean(), false) }) }),
      ({ UserPoolId, Username: name, SoftwareTokenMfaSettings }) =>
        admin.setTotpPreference(requirePool(pools, UserPoolId), name, SoftwareTokenMfaSettings.Enabled),
    ),
    ListUsers: jsonOperation(
      v.object({
        UserPoolId: Text,
        Limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60)), 60),
        PaginationToken: v.optional(Text),
        Filter: v.optional(v.string(), ''),
      }),
      ({ UserPoolId, Limit: limit, PaginationToken = '', Filter: filter }) => {
        const after = Buffer.from(PaginationToken, 'base64url').toString();
        return admin.listUsers(requirePool(pools, UserPoolId), { limit, after, filter });
      },
    ),
  };
};

const required = (given: Readonly<Record<string, string>>, name: string): string => {
  const value = given[name];
  if (value === undefined || value === '') {
    throw serviceError(400, 'InvalidParameterException', `Missing required parameter ${name}`);
  }
  return value;
};
