import { createHash } from 'node:crypto';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { JwksNotAvailableInCacheError, JwtBaseError, KidNotFoundInJwksError } from 'aws-jwt-verify/error';
import type { Jwks } from 'aws-jwt-verify/jwk';
import * as v from 'valibot';
import { env } from '#runtime/env.ts';
import { faultOf, log } from '#runtime/log.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { type Instant, millisecondsOf } from '#shared/kernel/time.ts';

/** What the staff pool vouches for. Times in epoch seconds. */
export interface StaffProof {
  readonly staffName: string;
  readonly authTime: number;
  readonly expires: number;
  /** By which a token is known again; the token itself is not kept. */
  readonly tokenHash: string;
}

const Claims = v.object({ 'cognito:username': v.string(), auth_time: v.number(), exp: v.number() });

/**
 * Who the staff pool says this is. `token-refused`: not the pool's, changed, run out, or for another client.
 * `busy`: the pool's public keys could not be had just now.
 */
export const staffProofOf = async (
  idToken: string,
  now: Instant,
): Promise<Result<StaffProof, 'token-refused' | 'busy'>> => {
  const first = verify(idToken);
  if (first !== 'key-unknown') return first;
  if (!(await fetchKeys(now))) return refuse('busy');
  const second = verify(idToken);
  return second === 'key-unknown' ? refuse('token-refused') : second;
};

let verifier: ReturnType<typeof makeVerifier> | undefined;
const makeVerifier = () =>
  CognitoJwtVerifier.create({ userPoolId: env('STAFF_POOL'), clientId: env('STAFF_CLIENT'), tokenUse: 'id' });

const verify = (idToken: string): Result<StaffProof, 'token-refused'> | 'key-unknown' => {
  verifier ??= makeVerifier();
  try {
    const claims = v.parse(Claims, verifier.verifySync(idToken));
    return ok({
      staffName: claims['cognito:username'],
      authTime: claims.auth_time,
      expires: claims.exp,
      tokenHash: createHash('sha256').update(idToken).digest('base64url'),
    });
  } catch (error) {
    if (error instanceof JwksNotAvailableInCacheError || error instanceof KidNotFoundInJwksError) return 'key-unknown';
    if (error instanceof JwtBaseError || v.isValiError(error)) return refuse('token-refused');
    throw error;
  }
};

const PublicKeys = v.object({ keys: v.array(v.looseObject({ kid: v.string(), kty: v.string() })) });
/** Tokens with invented key ids must not make us ask the pool each time. */
const PAUSE_MS = 10_000;
const PATIENCE_MS = 4_000;
let fetchedAt = 0;

/** Fetches the pool's public keys. False: not reachable. Asked again so soon after it answered, it is not asked. */
const fetchKeys = async (now: Instant): Promise<boolean> => {
  const at = millisecondsOf(now);
  if (Math.abs(at - fetchedAt) < PAUSE_MS) return true;
  try {
    const response = await fetch(keysUrl(), { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) return false;
    const keys = v.parse(PublicKeys, await response.json());
    verifier?.cacheJwks(keys as Jwks); // checked above as far as we look into it; the verifier checks the rest
    fetchedAt = at;
    return true;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException || error instanceof SyntaxError)) throw error;
    log({ level: 'warn', event: 'staff-pool-unreachable', fault: faultOf(error) });
    return false;
  }
};

/** Where the pool's own address is replaced, as in the local cloud, its keys are there too. */
export const poolEndpoint = (): string | undefined => process.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'];
export const poolRegion = (): string => env('STAFF_POOL').split('_')[0] ?? '';
const keysUrl = (): string =>
  `${poolEndpoint() ?? `https://cognito-idp.${poolRegion()}.amazonaws.com`}/${env('STAFF_POOL')}/.well-known/jwks.json`;
