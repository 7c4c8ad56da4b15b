import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cdn, startCdn, wildcard } from './cdn.ts';
import { lifetimesOf } from './edge-cache.ts';
import type { CachePolicySpec } from './edge-policies.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import type { BehaviourSpec, DistributionSpec, EdgeFunctionSpec } from './template-edge.ts';

const none = { mode: 'none', names: [] } as const;
const aPolicy = (changes: Partial<CachePolicySpec> = {}): CachePolicySpec => ({
  minSeconds: 0,
  defaultSeconds: 60,
  maxSeconds: 3_600,
  headers: none,
  cookies: none,
  queries: none,
  gzip: true,
  brotli: true,
  ...changes,
});
const aBehaviour = (pattern: string, changes: Partial<BehaviourSpec> = {}): BehaviourSpec => ({
  pattern,
  originId: 'files',
  methods: ['GET', 'HEAD'],
  compress: true,
  cache: aPolicy(),
  originRequest: undefined,
  responseHeaders: undefined,
  functions: {},
  ...changes,
});
const aDistribution = (
  behaviours: readonly BehaviourSpec[],
  changes: Partial<DistributionSpec> = {},
): DistributionSpec => ({
  logicalId: 'Edge',
  id: 'edge',
  rootObject: '',
  origins: [{ id: 'files', domain: 'files', path: '', customHeaders: { 'x-word': 'known to the edge' } }],
  behaviours,
  errors: [],
  ...changes,
});
const edgeCode = (file: string): EdgeFunctionSpec => ({
  logicalId: file,
  arn: file,
  code: readFileSync(join(import.meta.dirname, 'fixture', file), 'utf8'),
  runtime: 'cloudfront-js-2.0',
  stores: ['keys'],
});

/** An edge before an origin that is scripted by the test, on a clock that only the test moves. */
const anEdge = (
  distribution: DistributionSpec,
  origin: (request: HttpRequest) => Partial<HttpResponse> & { readonly text?: string } = () => ({}),
) => {
  const asked: HttpRequest[] = [];
  let now = Date.parse('2026-11-21T12:00:00.000Z');
  const cdn: Cdn = startCdn(distribution, {
    originOf: () => async (request) => {
      asked.push(request);
      await new Promise(setImmediate);
      const { text = `answer ${asked.length}`, ...response } = origin(request);
      return {
        status: 200,
        headers: { 'content-type': 'text/plain' },
        cookies: [],
        body: Buffer.from(text),
        ...response,
      };
    },
    readStore: (store, key) => (store === 'keys' && key === 'key' ? 'secret' : undefined),
    now: () => now,
  });
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const [bare = '', query = ''] = path.split('?');
    const request = { method: 'GET', path: bare, query, headers, body: Buffer.alloc(0), ip: '127.0.0.1' };
    const response = await cdn.answer(request);
    return { ...response, text: response.body.toString(), from: response.headers['x-cache']?.split(' ')[0] };
  };
  return { cdn, get, asked, later: (seconds: number) => (now += seconds * 1_000) };
};

describe('what the edge keeps', () => {
  test('thirty who ask at once for one file make one request to the origin', async () => {
    const { get, asked, cdn } = anEdge(aDistribution([aBehaviour('*')]));
    const answers = await Promise.all(Array.from({ length: 30 }, () => get('/pack')));
    expect(asked).toHaveLength(1);
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['answer 1']));
    expect(cdn.counts()['*']).toMatchObject({ requests: 30, hits: 29, misses: 1, originFetches: 1 });
  });

  test('without a cache policy each of the thirty reaches the origin', async () => {
    const { get, asked } = anEdge(aDistribution([aBehaviour('*', { cache: undefined })]));
    await Promise.all(Array.from({ length: 30 }, () => get('/pack')));
    expect(asked).toHaveLength(30);
  });

  test('with caching disabled each request reaches the origin', async () => {
    const disabled = aPolicy({ defaultSeconds: 0, maxSeconds: 0 });
    const { get, asked } = anEdge(aDistribution([aBehaviour('*', { cache: disabled })]), () => ({
      headers: { 'cache-control': 'max-age=100' },
    }));
    await get('/a');
    await get('/a');
    expect(asked).toHaveLength(2);
  });

  test('a file is fresh for the default time and is asked for again after it', async () => {
    const { get, asked, later } = anEdge(aDistribution([aBehaviour('*')]));
    await get('/a');
    later(59);
    expect(await get('/a')).toMatchObject({ text: 'answer 1', from: 'Hit' });
    later(1);
    expect(await get('/a')).toMatchObject({ text: 'answer 2', from: 'Miss' });
    expect(asked).toHaveLength(2);
  });

  test('s-maxage goes before max-age, and neither beyond the policy', async () => {
    const lives = (header: string, policy = aPolicy()) =>
      lifetimesOf({ status: 200, headers: { 'cache-control': header } }, policy, () => undefined).fresh;
    expect(lives('max-age=5, s-maxage=2')).toBe(2);
    expect(lives('max-age=5')).toBe(5);
    expect(lives('max-age=9999')).toBe(3_600);
    expect(lives('private, max-age=5')).toBe(0);
    expect(lives('no-store', aPolicy({ minSeconds: 10 }))).toBe(10);
    expect(lives('max-age=1', aPolicy({ minSeconds: 10 }))).toBe(10);
  });

  test('no answer is fresh for less than the least or more than the most that its policy says', () => {
    const seconds = fc.nat(100_000);
    const header = fc.oneof(
      seconds.map((n) => `max-age=${n}`),
      seconds.map((n) => `s-maxage=${n}`),
      fc.constantFrom('', 'no-store', 'private', 'no-cache'),
    );
    fc.assert(
      fc.property(header, seconds, seconds, (cacheControl, a, b) => {
        const policy = aPolicy({
          minSeconds: Math.min(a, b),
          maxSeconds: Math.max(a, b),
          defaultSeconds: Math.min(a, b),
        });
        const { fresh } = lifetimesOf(
          { status: 200, headers: { 'cache-control': cacheControl } },
          policy,
          () => undefined,
        );
        expect(fresh).toBeGreaterThanOrEqual(policy.minSeconds);
        expect(fresh).toBeLessThanOrEqual(policy.maxSeconds);
      }),
    );
  });

  test('while stale-while-revalidate lasts the old answer is served at once and renewed behind it', async () => {
    const { get, asked, later } = anEdge(aDistribution([aBehaviour('*')]), () => ({
      headers: { 'cache-control': 's-maxage=2, stale-while-revalidate=5' },
    }));
    await get('/a');
    later(3);
    expect((await get('/a')).text).toBe('answer 1');
    await expect.poll(async () => (await get('/a')).text).toBe('answer 2');
    expect(asked).toHaveLength(2);
  });

  test('while stale-if-error lasts a failing origin is not seen', async () => {
    let broken = false;
    const { get, later } = anEdge(aDistribution([aBehaviour('*')]), () =>
      broken ? { status: 503 } : { headers: { 'cache-control': 's-maxage=1, stale-if-error=100' } },
    );
    await get('/a');
    broken = true;
    later(50);
    expect(await get('/a')).toMatchObject({ status: 200, text: 'answer 1' });
    later(60);
    expect(await get('/a')).toMatchObject({ status: 503 });
  });

  test('an origin out of reach is one 502', async () => {
    const { get } = anEdge(aDistribution([aBehaviour('*')]), () => {
      throw new Error('connection refused');
    });
    expect((await get('/a')).status).toBe(502);
  });

  test('after its time a file is asked for with its ETag, and 304 makes it fresh again', async () => {
    const { get, asked, later } = anEdge(aDistribution([aBehaviour('*')]), ({ headers }) =>
      headers['if-none-match'] === '"1"' ? { status: 304, text: '' } : { headers: { etag: '"1"' } },
    );
    await get('/a');
    later(61);
    expect(await get('/a')).toMatchObject({ status: 200, text: 'answer 1', from: 'RefreshHit' });
    expect(await get('/a')).toMatchObject({ from: 'Hit' });
    expect(asked).toHaveLength(2);
  });

  test('an error is kept for ten seconds, or as long as the distribution says', async () => {
    const rule = (cachingSeconds: number) => ({ code: 404, responseCode: undefined, page: undefined, cachingSeconds });
    const usual = anEdge(aDistribution([aBehaviour('*', { cache: aPolicy({ maxSeconds: 0 }) })]), () => ({
      status: 404,
    }));
    await usual.get('/a');
    usual.later(9);
    await usual.get('/a');
    expect(usual.asked).toHaveLength(1);
    const never = anEdge(aDistribution([aBehaviour('*')], { errors: [rule(0)] }), () => ({ status: 404 }));
    await never.get('/a');
    await never.get('/a');
    expect(never.asked).toHaveLength(2);
  });

  test('only what stands in the cache key tells two requests apart', async () => {
    const cache = aPolicy({
      queries: { mode: 'whitelist', names: ['page'] },
      cookies: { mode: 'whitelist', names: ['lang'] },
    });
    const { get, asked } = anEdge(aDistribution([aBehaviour('*', { cache })]));
    await get('/a?page=1&x=1', { cookie: 'lang=vi; pass=1' });
    await get('/a?x=2&page=1', { cookie: 'pass=2; lang=vi' });
    expect(asked).toHaveLength(1);
    await get('/a?page=2', { cookie: 'lang=vi' });
    await get('/a?page=1', { cookie: 'lang=en' });
    expect(asked).toHaveLength(3);
    expect(asked[0]?.headers['cookie']).toBe('lang=vi');
    expect(asked[0]?.query).toBe('page=1');
  });

  test('what is invalidated is asked for again', async () => {
    const { get, asked, cdn } = anEdge(aDistribution([aBehaviour('*')]));
    await get('/docs/a');
    await get('/other');
    expect(cdn.invalidate(['/docs/*'])).toBe(1);
    await get('/docs/a');
    await get('/other');
    expect(asked.map(({ path }) => path)).toEqual(['/docs/a', '/other', '/docs/a']);
  });
});

describe('the way of a request', () => {
  const rewrite = { 'viewer-request': edgeCode('rewrite.js') };
  const house = aDistribution([
    aBehaviour('/content/*', { functions: { 'viewer-request': edgeCode('gate.js') } }),
    aBehaviour('/api/*', {
      methods: ['GET', 'HEAD', 'POST'],
      cache: aPolicy({ defaultSeconds: 0, maxSeconds: 0 }),
      originRequest: {
        headers: { mode: 'allExcept', names: ['host'] },
        cookies: { mode: 'all', names: [] },
        queries: { mode: 'all', names: [] },
      },
    }),
    aBehaviour('*', { functions: rewrite }),
  ]);

  test('the fallback page of the app stands in for addresses of the site only', async () => {
    const { get, asked } = anEdge(house, () => ({ status: 404 }));
    await get('/meetings/tonight');
    expect(asked.at(-1)?.path).toBe('/200.html');
    expect((await get('/api/meetings/none')).status).toBe(404);
    expect(asked.at(-1)?.path).toBe('/api/meetings/none');
    const ticket = createHmac('sha256', 'secret').update('/content/none').digest('hex');
    expect((await get('/content/none', { cookie: `ticket=${ticket}` })).status).toBe(404);
    expect(asked.at(-1)?.path).toBe('/content/none');
  });

  test('the function at the edge refuses without a ticket, and the origin is not asked', async () => {
    const { get, asked, cdn } = anEdge(house);
    expect(await get('/content/a')).toMatchObject({ status: 403, text: 'no ticket' });
    const ticket = createHmac('sha256', 'secret').update('/content/a').digest('hex');
    expect((await get('/content/a', { cookie: `ticket=${ticket}` })).status).toBe(200);
    expect(asked).toHaveLength(1);
    expect(cdn.functionCounts()).toEqual({ 'gate.js': 2, 'rewrite.js': 0 });
  });

  test('the origin of the API gets cookies, queries and headers but the host, and the secret of the edge', async () => {
    const { get, asked } = anEdge(house);
    await get('/api/x?a=1', {
      host: 'localhost:4173',
      cookie: 'pass=1',
      'sec-fetch-site': 'same-origin',
      'x-word': 'forged',
    });
    expect(asked[0]).toMatchObject({ query: 'a=1' });
    expect(asked[0]?.headers).toMatchObject({
      host: 'files',
      cookie: 'pass=1',
      'sec-fetch-site': 'same-origin',
      'x-word': 'known to the edge',
      'x-forwarded-for': '127.0.0.1',
    });
  });

  test('a method that the behaviour does not allow goes nowhere', async () => {
    const { cdn, asked } = anEdge(house);
    const request = { method: 'DELETE', path: '/api/x', query: '', headers: {}, body: Buffer.alloc(0), ip: '' };
    expect((await cdn.answer(request)).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test('code that the edge would not take is refused at the start', () => {
    const start = (code: string) => () =>
      anEdge(
        aDistribution([aBehaviour('*', { functions: { 'viewer-request': { ...edgeCode('rewrite.js'), code } } })]),
      );
    expect(start(`import fs from 'fs';\nfunction handler(event) {}`)).toThrow('imports fs');
    expect(start(`export function handler(event) {}`)).toThrow();
    expect(start(`// ${'x'.repeat(10_240)}\nfunction handler(event) {}`)).toThrow('larger than 10 KB');
  });

  test('a function at the edge finds no clock but the language, no network and no environment', async () => {
    const code = `function handler(event) { return { statusCode: 200, body: [typeof process, typeof fetch, typeof setTimeout, typeof require].join() }; }`;
    const { get } = anEdge(
      aDistribution([aBehaviour('*', { functions: { 'viewer-request': { ...edgeCode('rewrite.js'), code } } })]),
    );
    expect((await get('/')).text).toBe('undefined,undefined,undefined,undefined');
  });

  test.each([
    ['/content/*', '/content/a/b', true],
    ['/content/*', '/content', false],
    ['content/*', '/content/a', true],
    ['*.js', '/a/b.js', true],
    ['/a?c', '/abc', true],
    ['/A', '/a', false],
  ])('the pattern %s takes %s: %s', (pattern, path, taken) => {
    expect(wildcard(pattern)(path)).toBe(taken);
  });
});

describe('the answer to the viewer', () => {
  const text = 'Chi bộ họp thường kỳ. '.repeat(100);

  test('is compressed when the viewer takes it, once for all', async () => {
    const { get, asked } = anEdge(aDistribution([aBehaviour('*')]), () => ({
      text,
      headers: { 'content-type': 'text/html', etag: '"1"' },
    }));
    const answer = await get('/a', { 'accept-encoding': 'gzip, br' });
    expect(answer.headers).toMatchObject({ 'content-encoding': 'br', etag: 'W/"1"' });
    expect(brotliDecompressSync(answer.body).toString()).toBe(text);
    expect((await get('/a', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe('gzip');
    expect((await get('/a')).text).toBe(text);
    expect(asked).toHaveLength(1);
  });

  test('is 304 for whoever has it already, compressed or not', async () => {
    const { get } = anEdge(aDistribution([aBehaviour('*')]), () => ({ text, headers: { etag: '"1"' } }));
    for (const held of ['"1"', 'W/"1"', '"0", W/"1"']) {
      expect(await get('/a', { 'if-none-match': held, 'accept-encoding': 'br' })).toMatchObject({
        status: 304,
        text: '',
      });
    }
    expect((await get('/a', { 'if-none-match': '"2"' })).status).toBe(200);
  });

  test('is the part that was asked for', async () => {
    const { get } = anEdge(aDistribution([aBehaviour('*')]), () => ({ text: '0123456789' }));
    expect(await get('/a', { range: 'bytes=2-4' })).toMatchObject({ status: 206, text: '234' });
    expect(await get('/a', { range: 'bytes=-3' })).toMatchObject({ status: 206, text: '789' });
    expect(await get('/a', { range: 'bytes=10-' })).toMatchObject({ status: 416 });
  });

  test('has the headers its policy sets, not those it removes, and other origins only where allowed', async () => {
    const cors = {
      origins: ['https://good.example'],
      methods: ['GET'],
      headers: [],
      expose: ['etag'],
      credentials: false,
      maxAgeSeconds: undefined,
      override: true,
    };
    const responseHeaders = {
      set: [
        { name: 'x-frame-options', value: 'DENY', override: true },
        { name: 'cache-control', value: 'private', override: false },
      ],
      remove: ['x-powered-by'],
      cors,
    };
    const { get } = anEdge(aDistribution([aBehaviour('*', { responseHeaders })]), () => ({
      headers: { 'x-frame-options': 'SAMEORIGIN', 'cache-control': 'max-age=1', 'x-powered-by': 'origin' },
    }));
    const { headers } = await get('/a', { origin: 'https://good.example' });
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'cache-control': 'max-age=1',
      'access-control-allow-origin': 'https://good.example',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect((await get('/a', { origin: 'https://bad.example' })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
  });

  test('has no headers of the policy when the function at the edge made it up', async () => {
    const responseHeaders = {
      set: [{ name: 'cache-control', value: 'private, max-age=31536000, immutable', override: true }],
      remove: [],
      cors: undefined,
    };
    const gate = { 'viewer-request': edgeCode('gate.js') };
    const { get } = anEdge(aDistribution([aBehaviour('*', { responseHeaders, functions: gate })]));
    expect((await get('/content/a')).headers).not.toHaveProperty('cache-control');
  });

  test('is the error page of the distribution where one is set, with its status', async () => {
    const errors = [{ code: 404, responseCode: 200, page: '/sorry.html', cachingSeconds: 0 }];
    const { get } = anEdge(aDistribution([aBehaviour('*')], { errors }), ({ path }) =>
      path === '/sorry.html' ? { text: 'sorry' } : { status: 404 },
    );
    expect(await get('/lost')).toMatchObject({ status: 200, text: 'sorry' });
  });
});
