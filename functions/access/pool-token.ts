import { createHash } from 'node:crypto';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { JwksNotAvailableInCacheError, JwtBaseError, KidNotFoundInJwksError } from 'aws-jwt-verify/error';
import type { Jwks } from 'aws-jwt-verify/jwk';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import * as v from 'valibot';
import { env } from '#runtime/env.ts';
import { faultOf, log } from '#runtime/log.ts';
import type { SessionKind } from '#shared/access/model.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { type Instant, millisecondsOf } from '#shared/kernel/time.ts';

/** What a user pool vouches for. Times in epoch seconds. */
export interface PoolProof {
  /** Whose pool it is. */
  readonly kind: SessionKind;
  /** The name in that pool. */
  readonly name: string;
  readonly authTime: number;
  readonly expires: number;
  /** By which a token is known again; the token itself is not kept. */
  readonly tokenHash: string;
}

const Claims = v.object({ 'cognito:username': v.string(), auth_time: v.number(), exp: v.number() });

/**
 * Who the pool of staff or of members says this is. `token-refused`: of neither pool, changed, run out, or for another
 * client. `busy`: the pool's public keys could not be had just now.
 */
export const proofOf = async (idToken: string, now: Instant): Promise<Result<PoolProof, 'token-refused' | 'busy'>> => {
  const kind = issuerOf(idToken);
  if (!kind) return refuse('token-refused');
  const first = verify(kind, idToken);
  if (first !== 'key-unknown') return first;
  if (!(await fetchKeys(kind, now))) return refuse('busy');
  const second = verify(kind, idToken);
  return second === 'key-unknown' ? refuse('token-refused') : second;
};

const poolOf = (kind: SessionKind): string => env(kind === 'staff' ? 'STAFF_POOL' : 'MEMBER_POOL');
const clientOf = (kind: SessionKind): string => env(kind === 'staff' ? 'STAFF_CLIENT' : 'MEMBER_CLIENT');

/** Which of the two pools the token says it is of; whether it is, its signature tells. */
const issuerOf = (idToken: string): SessionKind | undefined => {
  try {
    const issuer = String(decomposeUnverifiedJwt(idToken).payload.iss);
    return (['staff', 'member'] as const).find((kind) => issuer.endsWith(`/${poolOf(kind)}`));
  } catch (error) {
    if (error instanceof JwtBaseError) return undefined;
    throw error;
  }
};

const makeVerifier = (kind: SessionKind) =>
  CognitoJwtVerifier.create({ userPoolId: poolOf(kind), clientId: clientOf(kind), tokenUse: 'id' });
const verifiers = new Map<SessionKind, ReturnType<typeof makeVerifier>>();
const verifierOf = (kind: SessionKind) => {
  const verifier = verifiers.get(kind) ?? makeVerifier(kind);
  verifiers.set(kind, verifier);
  return verifier;
};

const verify = (kind: SessionKind, idToken: string): Result<PoolProof, 'token-refused'> | 'key-unknown' => {
  try {
    const claims = v.parse(Claims, verifierOf(kind).verifySync(idToken));
    return ok({
      kind,
      name: claims['cognito:username'],
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
const fetchedAt = { staff: 0, member: 0 };

/** Fetches the pool's public keys. False: not reachable. Asked again so soon after it answered, it is not asked. */
const fetchKeys = async (kind: SessionKind, now: Instant): Promise<boolean> => {
  const at = millisecondsOf(now);
  if (Math.abs(at - fetchedAt[kind]) < PAUSE_MS) return true;
  try {
    const response = await fetch(keysUrl(kind), { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) return false;
    const keys = v.parse(PublicKeys, await response.json());
    verifierOf(kind).cacheJwks(keys as Jwks); // checked above as far as we look into it; the verifier checks the rest
    fetchedAt[kind] = at;
    return true;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException || error instanceof SyntaxError)) throw error;
    log({ level: 'warn', event: 'user-pool-unreachable', fault: faultOf(error) });
    return false;
  }
};

/** Where the pools' own address is replaced, as in the local cloud, their keys are there too. */
export const poolEndpoint = (): string | undefined => process.env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'];
export const poolRegion = (): string => env('STAFF_POOL').split('_')[0] ?? '';
const keysUrl = (kind: SessionKind): string =>
  `${poolEndpoint() ?? `https://cognito-idp.${poolRegion()}.amazonaws.com`}/${poolOf(kind)}/.well-known/jwks.json`;
