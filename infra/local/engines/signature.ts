import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Credentials } from './credentials.ts';
import { serviceError } from './service-error.ts';

/** A request as it stands on the wire; `path` and `query` are not decoded. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
}

export interface SignatureCheck {
  /** Name of the service in the credential's scope, such as `s3`. */
  readonly service: string;
  readonly credentials: Credentials;
  /** Hash that the signer gave or must have given for the body. */
  readonly payloadHash: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** How far the clocks of signer and service may differ, in milliseconds. Source: AWS Signature Version 4, 15 minutes. */
export const allowedSkew = 15 * 60_000;
/** Longest life of a signed address, in seconds. Source: Amazon S3, 7 days. */
const longestExpiry = 604_800;

/** Splits the request line's target without decoding or normalising it. */
export const splitTarget = (target: string): { readonly path: string; readonly query: string } => {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
};

/** Passes a request signed by header or by query (AWS Signature Version 4), and throws the service's refusal otherwise. */
export const verifySignature = (request: WireRequest, check: SignatureCheck): void => {
  const claim = claimInQuery(request, check.now) ?? claimInHeader(request, check.now);
  const { accessKeyId, secretAccessKey } = check.credentials;
  const [keyId, day, region, service, terminator] = claim.scope.split('/');
  if (keyId !== accessKeyId) {
    throw serviceError(403, 'InvalidAccessKeyId', 'The access key is not one of this local service.');
  }
  if (service !== check.service || terminator !== 'aws4_request' || day !== claim.date.slice(0, 8)) throw mismatch();
  requireSigned(request, claim.signedHeaders);
  const canonical = canonicalRequest(request, claim.signedHeaders, check.payloadHash);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const expected = sign(secretAccessKey, scope, `AWS4-HMAC-SHA256\n${claim.date}\n${scope}\n${sha256(canonical)}`);
  if (!sameText(expected, claim.signature)) throw mismatch();
};

/** Signature of a text in a scope `day/region/service/aws4_request`, in hex. Also signs the policy of a form upload. */
export const sign = (secretAccessKey: string, scope: string, text: string): string => {
  const name = `${secretAccessKey} ${scope}`;
  const known = signingKeys.get(name);
  if (known !== undefined) return hmac(known, text).toString('hex');
  const secret = Buffer.from(`AWS4${secretAccessKey}`);
  const key = createSecretKey(scope.split('/').reduce<Buffer>((parent, part) => hmac(parent, part), secret));
  if (signingKeys.size > 16) signingKeys.clear();
  signingKeys.set(name, key);
  return hmac(key, text).toString('hex');
};

// one for a day, a Region and a service
const signingKeys = new Map<string, KeyObject>();

/** Compares without telling by its duration how much was right. */
export const sameText = (left: string, right: string): boolean => {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
};

export const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

const hmac = (key: Buffer | KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** What the signer says about its signature. */
interface Claim {
  readonly scope: string;
  readonly date: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

export const mismatch = () =>
  serviceError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the one you provided.',
  );

const claimInQuery = (request: WireRequest, now: number): Claim | undefined => {
  const query = new Map(queryPairs(request.query));
  const signature = query.get('X-Amz-Signature');
  if (signature === undefined) return undefined;
  const date = query.get('X-Amz-Date') ?? '';
  const expires = Number(query.get('X-Amz-Expires'));
  const signedAt = instantOf(date);
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || !(expires >= 1 && expires <= longestExpiry)) {
    throw serviceError(400, 'AuthorizationQueryParametersError', 'The signature in the address is incomplete.');
  }
  if (signedAt > now + allowedSkew) throw serviceError(403, 'AccessDenied', 'Request is not valid yet');
  if (now > signedAt + expires * 1000) throw serviceError(403, 'AccessDenied', 'Request has expired');
  const signedHeaders = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
  return { scope: query.get('X-Amz-Credential') ?? '', date, signedHeaders, signature };
};

const claimInHeader = (request: WireRequest, now: number): Claim => {
  const parts = /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$/.exec(
    request.headers.authorization ?? '',
  );
  if (parts === null) throw serviceError(403, 'AccessDenied', 'Access Denied');
  const date = String(request.headers['x-amz-date'] ?? '');
  if (Math.abs(instantOf(date) - now) > allowedSkew) {
    throw serviceError(403, 'RequestTimeTooSkewed', 'The clocks of client and service differ too much.');
  }
  const [, scope = '', signedHeaders = '', signature = ''] = parts;
  return { scope, date, signedHeaders: signedHeaders.split(';'), signature };
};

/** Host and every `x-amz-` header must stand under the signature, or anybody could add one to a signed address. */
export const requireSigned = (request: WireRequest, signedHeaders: readonly string[]): void => {
  const needed = Object.keys(request.headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  const unsigned = needed.filter((name) => !signedHeaders.includes(name) && name !== 'x-amz-content-sha256');
  if (unsigned.length > 0) {
    throw serviceError(
      403,
      'AccessDenied',
      `There were headers present in the request which were not signed: ${unsigned}`,
    );
  }
};

/** The text that stands for the request under its signature. */
export const canonicalRequest = (
  request: WireRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
): string => {
  const query = queryPairs(request.query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const headers = signedHeaders.map((name) => `${name}:${headerText(request.headers[name])}\n`).join('');
  return [request.method, request.path, query, headers, signedHeaders.join(';'), payloadHash].join('\n');
};

const headerText = (value: string | readonly string[] | undefined): string =>
  [value ?? ''].flat().join(',').trim().replace(/\s+/g, ' ');

/** Names and values of a query, decoded, in the order they were sent. */
export const queryPairs = (query: string): readonly (readonly [string, string])[] =>
  query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const mark = pair.indexOf('=');
      const [name, value] = mark < 0 ? [pair, ''] : [pair.slice(0, mark), pair.slice(mark + 1)];
      return [decode(name), decode(value)] as const;
    });

/** Percent-decodes, and refuses what is not valid UTF-8. */
export const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch (malformed) {
    if (!(malformed instanceof URIError)) throw malformed;
    throw serviceError(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
};

/** Percent-encodes all but letters, digits and `-._~`. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const order = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Milliseconds since 1970 of a signature's date, such as `20261121T230815Z`. */
export const instantOf = (date: string): number => {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) {
    throw serviceError(403, 'AccessDenied', 'The date of the signature is missing or malformed.');
  }
  return Date.UTC(year, month - 1, day, hour, minute, second);
};
