import { createECDH, createHmac, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Credentials } from './credentials.ts';
import { serviceError } from './service-error.ts';
import {
  allowedSkew,
  canonicalRequest,
  encode,
  instantOf,
  mismatch,
  requireSigned,
  type SignatureCheck,
  sha256,
  type WireRequest,
} from './signature.ts';

const algorithm = 'AWS4-ECDSA-P256-SHA256';

/** Passes a request signed by header for every region at once (Signature Version 4A), and throws a refusal otherwise. */
export const verifySignatureV4a = (request: WireRequest, check: SignatureCheck): void => {
  const parts = new RegExp(
    `^${algorithm} Credential=([^,\\s]+),\\s*SignedHeaders=([^,\\s]+),\\s*Signature=([0-9a-f]+)$`,
  ).exec(request.headers.authorization ?? '');
  if (parts === null) throw serviceError(403, 'AccessDeniedException', 'The request is not signed with Signature 4A.');
  const [, credential = '', headers = '', signature = ''] = parts;
  const [keyId, day, service, terminator] = credential.split('/');
  const date = String(request.headers['x-amz-date'] ?? '');
  if (keyId !== check.credentials.accessKeyId) {
    throw serviceError(403, 'AccessDeniedException', 'The access key is not one of this local service.');
  }
  if (Math.abs(instantOf(date) - check.now) > allowedSkew) {
    throw serviceError(403, 'AccessDeniedException', 'The clocks of client and service differ too much.');
  }
  if (service !== check.service || terminator !== 'aws4_request' || day !== date.slice(0, 8)) throw mismatch();
  const signedHeaders = headers.split(';');
  requireSigned(request, signedHeaders);
  // this service's signers encode the path once more than it stands on the wire
  const path = encode(request.path).replaceAll('%2F', '/');
  const canonical = canonicalRequest({ ...request, path }, signedHeaders, check.payloadHash);
  const text = `${algorithm}\n${date}\n${day}/${service}/aws4_request\n${sha256(canonical)}`;
  const genuine = verify('sha256', Buffer.from(text), publicKeyOf(check.credentials), Buffer.from(signature, 'hex'));
  if (!genuine) throw mismatch();
};

/** Order of the curve P-256 less two: the largest number from which a key is made. */
const largest = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n - 2n;

/** The public half of the key that follows from a secret access key. Source: AWS, Signature Version 4A, key derivation. */
const publicKeyOf = ({ accessKeyId, secretAccessKey }: Credentials): KeyObject => {
  for (let counter = 1; counter < 255; counter += 1) {
    const input = Buffer.concat([
      Buffer.from([0, 0, 0, 1]),
      Buffer.from(`${algorithm}\0${accessKeyId}`),
      Buffer.from([counter, 0, 0, 1, 0]),
    ]);
    const candidate = BigInt(`0x${createHmac('sha256', `AWS4A${secretAccessKey}`).update(input).digest('hex')}`);
    if (candidate > largest) continue;
    const pair = createECDH('prime256v1');
    pair.setPrivateKey((candidate + 1n).toString(16).padStart(64, '0'), 'hex');
    const point = pair.getPublicKey();
    const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
    return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
  }
  throw new Error('no signing key follows from this access key');
};
