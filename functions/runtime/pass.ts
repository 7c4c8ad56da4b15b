import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import * as v from 'valibot';
import { MemberId, SessionId } from '#shared/kernel/ids.ts';
import { type Instant, millisecondsOf } from '#shared/kernel/time.ts';

/** Who asks, signed: enough to know the person without a read. What he may do is never in it. Source: access.md §3. */
export const Pass = v.object({
  memberId: MemberId,
  sessionId: SessionId,
  /** The session's version at signing; a newer one in the identity table ends this pass for writes. */
  version: v.number(),
  kind: v.picklist(['member', 'staff']),
  /** Epoch seconds. */
  expires: v.number(),
});
export type Pass = v.InferOutput<typeof Pass>;

/** Signs with Ed25519: 64-byte signatures, and functions need only the public half. */
export const signPass = (pass: Pass, keyId: string, privateKeyPem: string): string => {
  const payload = `${keyId}.${Buffer.from(JSON.stringify(pass)).toString('base64url')}`;
  return `${payload}.${sign(null, Buffer.from(payload), privateKeyOf(privateKeyPem)).toString('base64url')}`;
};

/** The pass if its signature holds under one of the keys and it has not expired; otherwise nothing. */
export const readPass = (
  text: string,
  publicKeys: Readonly<Record<string, string>>,
  now: Instant,
): Pass | 'unknown-key' | undefined => {
  const [keyId, payload, signature, ...more] = text.split('.');
  if (!keyId || !payload || !signature || more.length > 0) return undefined;
  const pem = Object.hasOwn(publicKeys, keyId) ? publicKeys[keyId] : undefined;
  if (pem === undefined) return 'unknown-key';
  const known = genuine.get(text);
  const pass = known?.pem === pem ? known.pass : verified(text, { keyId, payload, signature }, pem);
  return pass && pass.expires * 1000 > millisecondsOf(now) ? pass : undefined;
};

// a phone shows the same pass all evening; whether its key still stands is asked each time
const genuine = new Map<string, { readonly pass: Pass; readonly pem: string }>();
const GENUINE_KEPT = 5_000;

const verified = (
  text: string,
  { keyId, payload, signature }: { keyId: string; payload: string; signature: string },
  pem: string,
): Pass | undefined => {
  if (!verify(null, Buffer.from(`${keyId}.${payload}`), publicKeyOf(pem), Buffer.from(signature, 'base64url')))
    return undefined;
  const parsed = v.safeParse(Pass, JSON.parse(Buffer.from(payload, 'base64url').toString()));
  if (!parsed.success) return undefined;
  if (genuine.size >= GENUINE_KEPT) genuine.clear();
  genuine.set(text, { pass: parsed.output, pem });
  return parsed.output;
};

// parsing a PEM costs more than a check of a signature; at most a handful of keys ever live at once
const parsedKeys = new Map<string, KeyObject>();
const keyOf = (pem: string, parse: (pem: string) => KeyObject): KeyObject => {
  const known = parsedKeys.get(pem);
  if (known) return known;
  if (parsedKeys.size > 8) parsedKeys.clear();
  const key = parse(pem);
  parsedKeys.set(pem, key);
  return key;
};
const publicKeyOf = (pem: string) => keyOf(pem, createPublicKey);
const privateKeyOf = (pem: string) => keyOf(pem, createPrivateKey);
