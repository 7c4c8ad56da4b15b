import { createHmac } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { wildcard } from './cdn.ts';
import { aBehaviour, aDistribution, anEdge, aPolicy, edgeCode } from './fixture/edge.ts';

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
