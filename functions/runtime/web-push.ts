import { createECDH, createPrivateKey, hkdfSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { HOUR_MS, type Instant, instantOf, millisecondsOf } from '#shared/kernel/time.ts';
import { env } from './env.ts';
import { secretOf } from './secrets.ts';

/** By what push services know this handbook (VAPID, RFC 8292). */
export interface PushKeys {
  /** As browsers subscribe with it: the point, uncompressed, base64url. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/** Order of the curve P-256. Source: FIPS 186-5. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The keys of this handbook, always the same of one secret: nothing else is stored. A new secret ends all subscriptions. */
export const pushKeys = async (): Promise<PushKeys> => pushKeysOf(await secretOf('PUSH_SECRET'));

/** A private key out of a secret text: 48 octets of HKDF reduced, so that no key is likelier than another (FIPS 186-5 A.2.1). */
export const pushKeysOf = (secret: string): PushKeys => {
  const drawn = Buffer.from(hkdfSync('sha256', secret, '', 'web push', 48));
  const scalar = (BigInt(`0x${drawn.toString('hex')}`) % (ORDER - 1n)) + 1n;
  const d = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(d);
  const point = curve.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const jwk = { kty: 'EC', crv: 'P-256', d: d.toString('base64url'), x, y } as JsonWebKey; // x and y were just cut out
  return {
    publicKey: point.toString('base64url'),
    privateKey: createPrivateKey({ key: jwk, format: 'jwk' }),
  };
};

/**
 * What became of a message: taken by the push service, its browser is gone for good, or it may be tried again, where the
 * service names a moment not before it (RFC 9110 §10.2.3).
 */
export type Knocked =
  | { readonly became: 'taken' | 'gone' }
  | { readonly became: 'later'; readonly notBefore?: Instant };

/** Life of a signed word to a push service; RFC 8292 allows a day at most. */
const WORD_MS = 12 * HOUR_MS;
/** A reminder that finds no phone within this is not worth showing any more. */
const TTL_SECONDS = 12 * 3600;
const PATIENCE_MS = 8_000;

/**
 * Tells one browser that something waits. The message is empty, so that the push service learns nothing and nothing has to
 * be encrypted; a later one takes the place of one not yet delivered. Source: RFC 8030, RFC 8292.
 */
export const knock = async (address: string, keys: PushKeys, now: Instant): Promise<Knocked> => {
  const response = await reach(address, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: {
      authorization: `vapid t=${wordFor(new URL(address).origin, keys, now)}, k=${keys.publicKey}`,
      ttl: String(TTL_SECONDS),
      urgency: 'normal',
      topic: 'viec-cho',
    },
  });
  if (!response || response.status === 429 || response.status >= 500) {
    const notBefore = retryAt(response?.headers.get('retry-after'), now);
    return { became: 'later', ...(notBefore && { notBefore }) };
  }
  // anything else that is no yes will not become one: the subscription ended, was made with another key, is malformed
  return { became: response.ok ? 'taken' : 'gone' };
};

/** The moment that a Retry-After names, in seconds or as a date; nothing where it names none. */
const retryAt = (header: string | null | undefined, now: Instant): Instant | undefined => {
  if (!header) return undefined;
  const at = /^\d{1,9}$/.test(header) ? millisecondsOf(now) + Number(header) * 1000 : Date.parse(header);
  return Number.isNaN(at) ? undefined : instantOf(at);
};

const wordFor = (audience: string, { privateKey }: PushKeys, now: Instant): string => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { aud: audience, exp: Math.floor((millisecondsOf(now) + WORD_MS) / 1000), sub: env('SITE_ORIGIN') };
  const text = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
};

/** The answer, or undefined when there was none. */
const reach = async (address: string, init: RequestInit): Promise<Response | undefined> => {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return undefined;
    throw error;
  }
};
