import { createHash, createHmac, createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import { parse, stringify } from 'node:querystring';
import { createContext, Script } from 'node:vm';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import type { EdgeFunctionSpec } from './template-edge.ts';

/** What a function at the edge made of a request: a request to go on with, or the answer itself. */
export type EdgeVerdict =
  | { readonly go: 'on'; readonly request: HttpRequest }
  | { readonly go: 'back'; readonly response: HttpResponse };

export type EdgeFunction = (request: HttpRequest) => Promise<EdgeVerdict>;

/** Values of a key-value store as the edge sees them now. */
export type StoreReader = (store: string, key: string) => string | undefined;

/** Largest function the edge takes, in bytes. Source: CloudFront quotas. */
const codeLimit = 10 * 1024;

interface Named {
  readonly value: string;
  readonly multiValue?: readonly { readonly value: string }[];
}
type Bag = Readonly<Record<string, Named>>;
interface EventRequest {
  readonly method: string;
  readonly uri: string;
  readonly querystring: Bag;
  readonly headers: Bag;
  readonly cookies: Bag;
}
interface EventResponse {
  readonly statusCode: number;
  readonly headers?: Bag;
  readonly cookies?: Readonly<Record<string, Named & { readonly attributes?: string }>>;
  readonly body?: string | { readonly encoding: 'text' | 'base64'; readonly data: string };
}

/**
 * A CloudFront function (runtime 2.0) from its deployed code. It runs in a realm that has the language, the runtime's own
 * modules and nothing else, so what the edge has not is missing here too. Throws for code the edge would not take.
 */
export const edgeFunction = (spec: EdgeFunctionSpec, distributionId: string, read: StoreReader): EdgeFunction => {
  if (spec.runtime !== 'cloudfront-js-2.0') throw new Error(`${spec.logicalId}: runtime ${spec.runtime} is not known`);
  if (Buffer.byteLength(spec.code) > codeLimit) throw new Error(`${spec.logicalId} is larger than 10 KB`);
  const modules: Readonly<Record<string, unknown>> = {
    cloudfront: { kvs: () => storeOf(spec, read) },
    crypto: { createHash, createHmac: (algorithm: string, key: string) => createHmac(algorithm, keyOf(key)) },
    querystring: { parse, stringify },
  };
  const load = (name: string): unknown => {
    if (!(name in modules)) throw new Error(`${spec.logicalId} imports ${name}, which the edge does not have`);
    return modules[name];
  };
  const code = spec.code.replace(/^import\s+(\w+)\s+from\s+(['"])(\w+)\2;?$/gm, "const $1 = __load('$3');");
  const realm = createContext(
    { __load: load, Buffer, atob, btoa, console },
    { codeGeneration: { strings: false, wasm: false } },
  );
  const handler = new Script(`'use strict';${code}\n;handler`, { filename: `${spec.logicalId}.js` }).runInContext(
    realm,
  );
  return async (request) => {
    const event = {
      version: '1.0',
      context: { distributionId, eventType: 'viewer-request', requestId: randomUUID() },
      viewer: { ip: request.ip },
      request: eventRequestOf(request),
    };
    const answer: EventRequest | EventResponse = await handler(event);
    return 'statusCode' in answer
      ? { go: 'back', response: responseOf(answer) }
      : { go: 'on', request: requestOf(request, answer) };
  };
};

// the edge signs with a handful of keys; taking a text in as a key costs as much as signing with it
const keys = new Map<string, KeyObject>();
const keyOf = (text: string): KeyObject => {
  const key = keys.get(text) ?? createSecretKey(text, 'utf8');
  if (keys.size > 64) keys.clear();
  keys.set(text, key);
  return key;
};

const storeOf = (spec: EdgeFunctionSpec, read: StoreReader) => {
  const [store] = spec.stores;
  if (store === undefined) throw new Error(`${spec.logicalId} has no key-value store`);
  const find = (key: string): string => {
    const value = read(store, key);
    if (value === undefined) throw new Error(`KeyNotFound: ${key}`);
    return value;
  };
  return {
    get: async (key: string, options: { readonly format?: 'string' | 'json' | 'bytes' } = {}) => {
      const value = find(key);
      if (options.format === 'json') return JSON.parse(value);
      return options.format === 'bytes' ? Buffer.from(value) : value;
    },
    exists: async (key: string) => read(store, key) !== undefined,
  };
};

/** Several values under one name, as the event carries them. */
const bagOf = (pairs: readonly (readonly [string, string])[]): Bag => {
  const bag: Record<string, { value: string; multiValue?: { value: string }[] }> = {};
  for (const [name, value] of pairs) {
    const known = bag[name];
    if (known === undefined) bag[name] = { value };
    else known.multiValue = [...(known.multiValue ?? [{ value: known.value }]), { value }];
  }
  return bag;
};

const pairsOf = (bag: Bag): readonly (readonly [string, string])[] =>
  Object.entries(bag).flatMap(([name, { value, multiValue }]) =>
    (multiValue ?? [{ value }]).map((one): readonly [string, string] => [name, one.value]),
  );

/** `a=1; b=2` or `a=1&b=2` taken apart without being decoded. */
export const splitPairs = (text: string, separator: RegExp): readonly (readonly [string, string])[] =>
  text
    .split(separator)
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    });

const eventRequestOf = (request: HttpRequest): EventRequest => {
  const { cookie = '', ...headers } = request.headers;
  return {
    method: request.method,
    uri: request.path,
    querystring: bagOf(splitPairs(request.query, /&/)),
    headers: bagOf(Object.entries(headers)),
    cookies: bagOf(splitPairs(cookie, /;\s*/)),
  };
};

const requestOf = (request: HttpRequest, event: EventRequest): HttpRequest => {
  const join = (bag: Bag, separator: string) =>
    pairsOf(bag)
      .map(([name, value]) => (value === '' && separator === '&' ? name : `${name}=${value}`))
      .join(separator);
  const cookie = join(event.cookies, '; ');
  const headers = Object.entries(event.headers).map(([name, { value }]) => [name.toLowerCase(), value]);
  return {
    ...request,
    path: event.uri,
    query: join(event.querystring, '&'),
    headers: { ...Object.fromEntries(headers), ...(cookie === '' ? {} : { cookie }) },
  };
};

const responseOf = ({ statusCode, headers = {}, cookies = {}, body = '' }: EventResponse): HttpResponse => ({
  status: statusCode,
  headers: Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name.toLowerCase(), value])),
  cookies: Object.entries(cookies).map(([name, { value, attributes }]) =>
    attributes === undefined ? `${name}=${value}` : `${name}=${value}; ${attributes}`,
  ),
  body:
    typeof body === 'string'
      ? Buffer.from(body)
      : Buffer.from(body.data, body.encoding === 'base64' ? 'base64' : 'utf8'),
});
