import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Kept } from './edge-cache.ts';
import type { ResponseHeadersSpec } from './edge-policies.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import type { BehaviourSpec } from './template-edge.ts';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** Sizes in bytes between which the edge compresses. Source: CloudFront guide, "Serve compressed files". */
const compressible = { least: 1_000, most: 10_000_000 };

/** Types the edge compresses, as far as this product has them. Source: the same page. */
const compressedTypes =
  /^(text\/(html|css|plain|javascript|csv|markdown|xml)|application\/(json|javascript|xml|manifest\+json|vnd\.api\+json|wasm|x-javascript|geo\+json|rss\+xml)|image\/svg\+xml|font\/(ttf|otf))/;

/** Effort of the compression: between the fastest and the smallest. */
const brotliQuality = 6;

const encodingFor = (
  request: HttpRequest,
  behaviour: BehaviourSpec,
  response: HttpResponse,
): 'br' | 'gzip' | undefined => {
  const { cache, compress } = behaviour;
  const { length } = response.body;
  if (!compress || cache === undefined || response.headers['content-encoding'] !== undefined) return undefined;
  if (response.status !== 200 || length < compressible.least || length > compressible.most) return undefined;
  if (!compressedTypes.test(response.headers['content-type'] ?? '')) return undefined;
  const accepted = (request.headers['accept-encoding'] ?? '').split(',').map((part) => part.trim().split(';')[0]);
  if (cache.brotli && accepted.includes('br')) return 'br';
  return cache.gzip && accepted.includes('gzip') ? 'gzip' : undefined;
};

/** The answer for this viewer: compressed if he takes it and the behaviour allows it. */
export const compressed = async (request: HttpRequest, behaviour: BehaviourSpec, kept: Kept): Promise<HttpResponse> => {
  const { response } = kept;
  const encoding = encodingFor(request, behaviour, response);
  if (encoding === undefined) return response;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } };
  const body =
    kept.encoded.get(encoding) ?? (encoding === 'br' ? await brotli(response.body, quality) : await zip(response.body));
  kept.encoded.set(encoding, body);
  const etag = response.headers['etag'];
  return {
    ...response,
    headers: {
      ...response.headers,
      'content-encoding': encoding,
      vary: 'Accept-Encoding',
      ...(etag === undefined ? {} : { etag: etag.startsWith('W/') ? etag : `W/${etag}` }),
    },
    body,
  };
};

const opaque = (etag: string): string => etag.trim().replace(/^W\//, '');

/** 304 when the viewer has it already, 206 for the part he asked for, else the answer as it is. */
export const conditional = (request: HttpRequest, response: HttpResponse): HttpResponse => {
  if (response.status !== 200 || (request.method !== 'GET' && request.method !== 'HEAD')) return response;
  const etag = response.headers['etag'];
  const held = request.headers['if-none-match'];
  if (held !== undefined && etag !== undefined) {
    const same = held === '*' || held.split(',').some((one) => opaque(one) === opaque(etag));
    if (same) return withoutBody(response, 304);
  } else if (held === undefined && request.headers['if-modified-since'] !== undefined) {
    const since = Date.parse(request.headers['if-modified-since']);
    const modified = Date.parse(response.headers['last-modified'] ?? '');
    if (modified <= since) return withoutBody(response, 304);
  }
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers['range'] ?? '');
  return range === null || response.headers['content-encoding'] !== undefined ? response : part(response, range);
};

const withoutBody = (response: HttpResponse, status: number): HttpResponse => {
  const { 'content-length': _length, 'content-encoding': _encoding, ...headers } = response.headers;
  return { ...response, status, headers, body: Buffer.alloc(0) };
};

const part = (response: HttpResponse, [, from = '', to = '']: RegExpExecArray): HttpResponse => {
  const size = response.body.length;
  if (from === '' && to === '') return response;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  const { 'content-length': _length, ...headers } = response.headers;
  if (start > end) {
    return {
      ...response,
      status: 416,
      headers: { ...headers, 'content-range': `bytes */${size}` },
      body: Buffer.alloc(0),
    };
  }
  const range = { 'content-range': `bytes ${start}-${end}/${size}`, 'accept-ranges': 'bytes' };
  return { ...response, status: 206, headers: { ...headers, ...range }, body: response.body.subarray(start, end + 1) };
};

/** The answer with the headers that the behaviour's policy sets, adds for other origins and takes away. */
export const withPolicyHeaders = (
  request: HttpRequest,
  response: HttpResponse,
  policy: ResponseHeadersSpec | undefined,
): HttpResponse => {
  if (policy === undefined) return response;
  const headers: Record<string, string> = { ...response.headers };
  for (const name of policy.remove) delete headers[name];
  for (const { name, value, override } of policy.set) {
    if (override || headers[name] === undefined) headers[name] = value;
  }
  const cookies = policy.remove.includes('set-cookie') ? [] : response.cookies;
  return { ...response, cookies, headers: { ...headers, ...corsHeaders(request, headers, policy) } };
};

const corsHeaders = (
  request: HttpRequest,
  given: Readonly<Record<string, string>>,
  { cors }: ResponseHeadersSpec,
): Readonly<Record<string, string>> => {
  const origin = request.headers['origin'];
  if (cors === undefined || origin === undefined) return {};
  const allowed = cors.origins.some((it) => it === '*' || it === origin);
  if (!allowed || (!cors.override && given['access-control-allow-origin'] !== undefined)) return {};
  const list = (name: string, values: readonly string[]) => (values.length === 0 ? {} : { [name]: values.join(', ') });
  return {
    'access-control-allow-origin': cors.origins.includes('*') ? '*' : origin,
    ...list('access-control-expose-headers', cors.expose),
    ...(cors.credentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(request.method === 'OPTIONS' ? list('access-control-allow-methods', cors.methods) : {}),
    ...(request.method === 'OPTIONS' ? list('access-control-allow-headers', cors.headers) : {}),
  };
};
