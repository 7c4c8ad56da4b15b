import { randomUUID } from 'node:crypto';
import { compressed, conditional, withPolicyHeaders } from './edge-answer.ts';
import { edgeCache, type How } from './edge-cache.ts';
import { cacheKeyOf, originRequestOf, pathOfKey } from './edge-forward.ts';
import { type EdgeFunction, edgeFunction, type StoreReader } from './edge-function.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import type { DistributionSpec, OriginSpec } from './template-edge.ts';

/** Answers for an origin of the distribution. Throws when it cannot be reached. */
export type Origin = (request: HttpRequest) => Promise<HttpResponse>;

/** What one behaviour did since the counters were last set to nothing. */
export interface BehaviourCount {
  readonly requests: number;
  /** Served from what the edge keeps, those that waited for another's fetch included. */
  readonly hits: number;
  /** Answered by asking the origin. */
  readonly misses: number;
  /** Requests that reached the origin, revalidations included. */
  readonly originFetches: number;
  readonly errors: number;
  /** Bytes of bodies sent to viewers. */
  readonly bytes: number;
}

export interface Cdn {
  answer(request: HttpRequest): Promise<HttpResponse>;
  /** By path pattern; the default behaviour is `*`. */
  counts(): Readonly<Record<string, BehaviourCount>>;
  /** Calls of functions at the edge, by logical id. */
  functionCounts(): Readonly<Record<string, number>>;
  resetCounts(): void;
  /** Forgets what matches these paths (`/content/x/*`); answers how many answers that were. */
  invalidate(paths: readonly string[]): number;
}

/** How much the edge of this machine keeps, in bytes. */
const cacheBytes = 256 * 1024 * 1024;

/** The distribution of the template as one place of the edge. */
export const startCdn = (
  distribution: DistributionSpec,
  options: {
    readonly originOf: (origin: OriginSpec) => Origin;
    readonly readStore: StoreReader;
    readonly now?: () => number;
  },
): Cdn => {
  const now = options.now ?? Date.now;
  const errorSecondsOf = (status: number) => distribution.errors.find(({ code }) => code === status)?.cachingSeconds;
  const cache = edgeCache({ now, limitBytes: cacheBytes, errorSecondsOf });
  const functionCounts = new Map<string, number>();
  const places = distribution.behaviours.map((behaviour) => {
    const spec = distribution.origins.find(({ id }) => id === behaviour.originId);
    if (spec === undefined) throw new Error(`Behaviour ${behaviour.pattern} names no origin of its distribution`);
    const viewer = behaviour.functions['viewer-request'];
    return {
      behaviour,
      matches: wildcard(behaviour.pattern),
      spec,
      origin: options.originOf(spec),
      onRequest: viewer && counted(viewer.logicalId, edgeFunction(viewer, distribution.id, options.readStore)),
      count: { ...nothingCounted },
    };
  });
  type Place = (typeof places)[number];

  function counted(name: string, run: EdgeFunction): EdgeFunction {
    functionCounts.set(name, 0);
    return (request) => {
      functionCounts.set(name, (functionCounts.get(name) ?? 0) + 1);
      return run(request);
    };
  }

  /** Asks the origin; with an ETag only for what is newer. */
  const fetchFrom = async (place: Place, request: HttpRequest, etag?: string): Promise<HttpResponse> => {
    place.count.originFetches += 1;
    const asked = originRequestOf(request, place.behaviour, place.spec);
    return place.origin(
      etag === undefined ? asked : { ...asked, headers: { ...asked.headers, 'if-none-match': etag } },
    );
  };

  const readable = (method: string): boolean => method === 'GET' || method === 'HEAD';

  const throughCache = async (place: Place, request: HttpRequest): Promise<HttpResponse> => {
    const { behaviour } = place;
    const { 'if-none-match': _held, 'if-modified-since': _since, range: _range, ...headers } = request.headers;
    const caching = (behaviour.cache?.maxSeconds ?? 0) > 0;
    const plain: HttpRequest = { ...request, method: caching ? 'GET' : request.method, headers };
    const { kept, how } = await cache.get(cacheKeyOf(request, behaviour), behaviour.cache, (etag) =>
      fetchFrom(place, plain, etag),
    );
    if (how === 'miss' || how === 'revalidated') place.count.misses += 1;
    else place.count.hits += 1;
    const age = Math.floor((now() - kept.fetchedAt) / 1_000);
    const response = conditional(request, await compressed(request, behaviour, kept));
    return marked(response, how, age);
  };

  const passedOn = async (place: Place, request: HttpRequest): Promise<HttpResponse> => {
    place.count.misses += 1;
    return marked(await fetchFrom(place, request), 'miss', 0);
  };

  const withErrorPage = async (request: HttpRequest, response: HttpResponse): Promise<HttpResponse> => {
    const rule = distribution.errors.find(({ code }) => code === response.status);
    if (rule?.page === undefined) return response;
    const place = placeOf(rule.page);
    const { headers } = request;
    const page = await throughCache(place, { ...request, method: 'GET', path: rule.page, query: '', headers });
    return page.status < 400 ? { ...page, status: rule.responseCode ?? response.status } : response;
  };

  const placeOf = (path: string): Place => places.find(({ matches }) => matches(path)) as Place; // the last takes all

  const served = async (place: Place, request: HttpRequest): Promise<HttpResponse> => {
    if (!place.behaviour.methods.includes(request.method)) return plainText(403, 'This method is not allowed here.');
    const verdict = (await place.onRequest?.(request)) ?? { go: 'on', request };
    if (verdict.go === 'back') {
      // the headers policy is for what comes from the cache or the origin, not for what a function made up
      const headers = { ...verdict.response.headers, 'x-cache': 'FunctionGeneratedResponse from cloudfront' };
      return { ...verdict.response, headers };
    }
    const asked =
      verdict.request.path === '/' && distribution.rootObject !== ''
        ? { ...verdict.request, path: `/${distribution.rootObject}` }
        : verdict.request;
    const response = readable(asked.method) ? await throughCache(place, asked) : await passedOn(place, asked);
    const final = response.status >= 400 ? await withErrorPage(asked, response) : response;
    return withPolicyHeaders(request, final, place.behaviour.responseHeaders);
  };

  return {
    answer: async (request) => {
      const place = placeOf(request.path);
      place.count.requests += 1;
      const response = await served(place, request).catch((error: unknown): HttpResponse => {
        console.error(`edge ${place.behaviour.pattern}:`, error);
        return plainText(502, 'The origin could not be reached.');
      });
      if (response.status >= 400) place.count.errors += 1;
      place.count.bytes += request.method === 'HEAD' ? 0 : response.body.length;
      return response;
    },
    counts: () => Object.fromEntries(places.map(({ behaviour, count }) => [behaviour.pattern, { ...count }])),
    functionCounts: () => Object.fromEntries(functionCounts),
    resetCounts: () => {
      for (const place of places) Object.assign(place.count, nothingCounted);
      for (const name of functionCounts.keys()) functionCounts.set(name, 0);
    },
    invalidate: (paths) => {
      const tests = paths.map(wildcard);
      return cache.forget((key) => tests.some((matches) => matches(pathOfKey(key))));
    },
  };
};

const nothingCounted = { requests: 0, hits: 0, misses: 0, originFetches: 0, errors: 0, bytes: 0 };

/** `*` stands for any signs, `?` for one; letters count as they are written. */
export const wildcard = (pattern: string): ((path: string) => boolean) => {
  const absolute = pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`;
  const escaped = absolute
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${escaped}$`, 's');
  return (path) => expression.test(path);
};

const cacheWords: Readonly<Record<How, string>> = {
  hit: 'Hit',
  collapsed: 'Hit',
  stale: 'Hit',
  revalidated: 'RefreshHit',
  miss: 'Miss',
};

const marked = (response: HttpResponse, how: How, age: number): HttpResponse => ({
  ...response,
  headers: {
    ...response.headers,
    'x-cache': `${response.status >= 400 ? 'Error' : cacheWords[how]} from cloudfront`,
    'x-amz-cf-id': randomUUID(),
    ...(how === 'miss' ? {} : { age: String(age) }),
  },
});

const plainText = (status: number, text: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/plain', 'x-cache': 'Error from cloudfront' },
  cookies: [],
  body: Buffer.from(text),
});
