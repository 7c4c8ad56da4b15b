import type { CachePolicySpec } from './edge-policies.ts';
import type { HttpResponse } from './http-message.ts';

/** An answer that the edge keeps. Times in milliseconds since 1970. */
export interface Kept {
  readonly response: HttpResponse;
  readonly fetchedAt: number;
  readonly freshUntil: number;
  /** Served as it is until then, while a new one is fetched. */
  readonly staleUntil: number;
  /** Served until then if the origin fails. */
  readonly onErrorUntil: number;
  /** Bodies compressed once, by encoding. */
  readonly encoded: Map<string, Buffer>;
}

/** How an answer came about. */
export type How = 'hit' | 'collapsed' | 'stale' | 'revalidated' | 'miss';

export interface Found {
  readonly kept: Kept;
  readonly how: How;
}

/** Asks the origin; with an ETag the origin may answer 304. */
export type Fetch = (etag: string | undefined) => Promise<HttpResponse>;

export interface EdgeCache {
  get(key: string, policy: CachePolicySpec | undefined, fetch: Fetch): Promise<Found>;
  /** Forgets every answer whose key passes the test; answers how many. */
  forget(matches: (key: string) => boolean): number;
}

/** Errors that the edge keeps for a while whatever the policy says. Source: CloudFront guide, "HTTP 4xx and 5xx status codes that CloudFront caches". */
const keptErrors = [404, 414, 500, 501, 502, 503, 504];

/** Seconds for which the edge keeps an error unless the distribution says otherwise. Source: the same guide. */
const errorSeconds = 10;

interface Lifetimes {
  readonly fresh: number;
  readonly stale: number;
  readonly onError: number;
}

const directives = (header: string | undefined): ReadonlyMap<string, number> =>
  new Map(
    (header ?? '')
      .toLowerCase()
      .split(',')
      .map((part) => part.trim().split('='))
      .map(([name = '', value]) => [name, Number(value?.replaceAll('"', '') ?? 0)]),
  );

/** Seconds an answer may be kept: fresh, stale while revalidated, stale if the origin fails. Source: CloudFront guide, "Manage how long content stays in the cache". */
export const lifetimesOf = (
  response: Pick<HttpResponse, 'status' | 'headers'>,
  policy: CachePolicySpec | undefined,
  errorSecondsOf: (status: number) => number | undefined,
): Lifetimes => {
  const said = directives(response.headers['cache-control']);
  const asked = said.get('s-maxage') ?? said.get('max-age') ?? expiresIn(response.headers);
  if (response.status >= 400) {
    const configured = errorSecondsOf(response.status);
    const kept = keptErrors.includes(response.status) || configured !== undefined;
    const least = kept ? (configured ?? errorSeconds) : 0;
    return { fresh: Math.max(least, said.has('no-store') ? 0 : (asked ?? 0)), stale: 0, onError: 0 };
  }
  if (policy === undefined) return { fresh: 0, stale: 0, onError: 0 };
  const within = (seconds: number) => Math.min(Math.max(seconds, policy.minSeconds), policy.maxSeconds);
  const refused = ['no-store', 'no-cache', 'private'].some((name) => said.has(name));
  if (refused) return { fresh: policy.minSeconds, stale: 0, onError: 0 };
  const fresh = asked === undefined ? Math.max(policy.minSeconds, policy.defaultSeconds) : within(asked);
  const window = (name: string) => (policy.maxSeconds > 0 ? (said.get(name) ?? 0) : 0);
  return { fresh, stale: window('stale-while-revalidate'), onError: window('stale-if-error') };
};

const expiresIn = (headers: Readonly<Record<string, string>>): number | undefined => {
  const at = Date.parse(headers['expires'] ?? '');
  if (Number.isNaN(at)) return undefined;
  const from = Date.parse(headers['date'] ?? '');
  return Math.max(0, (at - (Number.isNaN(from) ? Date.now() : from)) / 1_000);
};

/**
 * One place of the edge: keeps answers as long as their policy allows, and asks the origin once for a key however many wait
 * for it. `limitBytes` is how much it keeps; what was longest unused goes first.
 */
export const edgeCache = (options: {
  readonly now: () => number;
  readonly limitBytes: number;
  readonly errorSecondsOf: (status: number) => number | undefined;
}): EdgeCache => {
  const { now } = options;
  const entries = new Map<string, Kept>();
  const fetching = new Map<string, Promise<Found>>();
  let bytes = 0;

  const drop = (key: string): void => {
    bytes -= entries.get(key)?.response.body.length ?? 0;
    entries.delete(key);
  };

  const keep = (key: string, kept: Kept): void => {
    drop(key);
    if (Math.max(kept.freshUntil, kept.staleUntil, kept.onErrorUntil) <= kept.fetchedAt) return;
    entries.set(key, kept);
    bytes += kept.response.body.length;
    for (const oldest of entries.keys()) {
      if (bytes <= options.limitBytes) break;
      drop(oldest);
    }
  };

  const ask = async (key: string, policy: CachePolicySpec | undefined, fetch: Fetch): Promise<Found> => {
    const old = entries.get(key);
    const fallBack = (): Found | undefined =>
      old !== undefined && old.onErrorUntil > now() ? { kept: old, how: 'stale' } : undefined;
    try {
      const etag = old?.response.status === 200 ? old.response.headers['etag'] : undefined;
      const answer = await fetch(etag);
      if (answer.status >= 500) {
        const stale = fallBack();
        if (stale !== undefined) return stale;
      }
      const renewed = answer.status === 304 && old !== undefined;
      const response = renewed ? { ...old.response, headers: { ...old.response.headers, ...answer.headers } } : answer;
      const { fresh, stale, onError } = lifetimesOf(response, policy, options.errorSecondsOf);
      const at = now();
      const freshUntil = at + fresh * 1_000;
      const kept: Kept = {
        response,
        fetchedAt: at,
        freshUntil,
        staleUntil: freshUntil + stale * 1_000,
        onErrorUntil: freshUntil + onError * 1_000,
        encoded: renewed ? old.encoded : new Map(),
      };
      keep(key, kept);
      return { kept, how: renewed ? 'revalidated' : 'miss' };
    } catch (error) {
      const stale = fallBack();
      if (stale !== undefined) return stale;
      throw error;
    }
  };

  /** The one question to the origin that is under way for a key. */
  const askOnce = (key: string, policy: CachePolicySpec | undefined, fetch: Fetch): Promise<Found> => {
    const asking = ask(key, policy, fetch).finally(() => fetching.delete(key));
    fetching.set(key, asking);
    return asking;
  };

  return {
    get: async (key, policy, fetch) => {
      const kept = entries.get(key);
      if (kept !== undefined && kept.freshUntil > now()) {
        entries.delete(key);
        entries.set(key, kept);
        return { kept, how: 'hit' };
      }
      if (kept !== undefined && kept.staleUntil > now()) {
        if (!fetching.has(key)) {
          // whoever asks next sees what came of it; this one is served at once
          askOnce(key, policy, fetch).catch((error) => console.error('edge revalidation failed:', error));
        }
        return { kept, how: 'stale' };
      }
      const underWay = fetching.get(key);
      if (underWay !== undefined && policy !== undefined && policy.maxSeconds > 0) {
        const found = await underWay;
        if (found.kept.freshUntil > found.kept.fetchedAt) return { kept: found.kept, how: 'collapsed' };
        return ask(key, policy, fetch);
      }
      return policy !== undefined && policy.maxSeconds > 0 ? askOnce(key, policy, fetch) : ask(key, policy, fetch);
    },
    forget: (matches) => {
      const doomed = [...entries.keys()].filter(matches);
      for (const key of doomed) drop(key);
      return doomed.length;
    },
  };
};
