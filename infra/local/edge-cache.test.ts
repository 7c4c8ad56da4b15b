import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lifetimesOf } from './edge-cache.ts';
import { aBehaviour, aDistribution, anEdge, aPolicy } from './fixture/edge.ts';

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
