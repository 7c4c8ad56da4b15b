import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import { promisify } from 'node:util';
import { serviceError } from '../service-error.ts';
import type { SignIn, User, UserStorage } from './storage.ts';

/** Tokens of one pool. */
export interface Tokens {
  readonly jwks: { readonly keys: readonly object[] };
  /** Identity and access token of this sign-in. */
  mint(user: User, signIn: SignIn, now: number): Promise<{ IdToken: string; AccessToken: string; ExpiresIn: number }>;
  /** Who an access token stands for; refuses a false, expired or revoked one. */
  read(accessToken: string, now: number): { readonly username: string; readonly origin: string };
}

/** Seconds that identity and access tokens hold. Source: Amazon Cognito, default. */
const tokenLife = 3600;

/** Source: Amazon Cognito; verifiers of the real service accept these tokens when they know the keys. */
export const issuerOf = (region: string, poolId: string): string =>
  `https://cognito-idp.${region}.amazonaws.com/${poolId}`;

const signAsync = promisify(sign) as unknown as (algorithm: string, data: Buffer, key: KeyObject) => Promise<Buffer>;

export const openTokens = (storage: UserStorage, poolId: string, region: string): Tokens => {
  const pem = storage.signingKey(poolId, () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const key = createPrivateKey(pem);
  const publicKey = createPublicKey(key);
  const { n = '', e } = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(n).digest('base64');
  const issuer = issuerOf(region, poolId);
  const header = encoded({ kid, alg: 'RS256' });
  const signed = async (claims: object) => {
    const text = `${header}.${encoded(claims)}`;
    return `${text}.${(await signAsync('RSA-SHA256', Buffer.from(text), key)).toString('base64url')}`;
  };
  return {
    jwks: { keys: [{ alg: 'RS256', kty: 'RSA', use: 'sig', kid, n, e }] },
    mint: async (user, { client, origin, authTime }, now) => {
      const iat = Math.floor(now / 1000);
      const common = { sub: user.sub, iss: issuer, origin_jti: origin, event_id: randomUUID(), auth_time: authTime };
      const times = { iat, exp: iat + tokenLife };
      const own = { token_use: 'id', aud: client, 'cognito:username': user.username, ...claimsOf(user.attributes) };
      const scope = 'aws.cognito.signin.user.admin';
      const access = { token_use: 'access', client_id: client, username: user.username, scope };
      const [IdToken, AccessToken] = await Promise.all([
        signed({ ...own, ...common, ...times, jti: randomUUID() }),
        signed({ ...access, ...common, ...times, jti: randomUUID() }),
      ]);
      return { IdToken, AccessToken, ExpiresIn: tokenLife };
    },
    read: (accessToken, now) => {
      const [head = '', body = '', signature = ''] = accessToken.split('.');
      const data = Buffer.from(`${head}.${body}`);
      if (!verify('RSA-SHA256', data, publicKey, Buffer.from(signature, 'base64url'))) throw invalidToken();
      const claims = decodedClaims(accessToken);
      if (claims.token_use !== 'access' || claims.iss !== issuer) throw invalidToken();
      if (Number(claims.exp) * 1000 <= now)
        throw serviceError(400, 'NotAuthorizedException', 'Access Token has expired');
      const origin = String(claims.origin_jti);
      if (!storage.isSignedIn(origin)) {
        throw serviceError(400, 'NotAuthorizedException', 'Access Token has been revoked');
      }
      return { username: String(claims.username), origin };
    },
  };
};

/** Claims as they stand in a token, unverified. */
export const decodedClaims = (token: string): Record<string, unknown> => {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  } catch (malformed) {
    if (!(malformed instanceof SyntaxError)) throw malformed;
    throw invalidToken();
  }
};

const invalidToken = () => serviceError(400, 'NotAuthorizedException', 'Invalid Access Token');

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Attributes as claims: the two that say "verified" are booleans there. */
const claimsOf = (attributes: Readonly<Record<string, string>>): Record<string, string | boolean> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, name.endsWith('_verified') ? value === 'true' : value]),
  );
