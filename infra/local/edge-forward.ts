import { splitPairs } from './edge-function.ts';
import type { Choice } from './edge-policies.ts';
import type { HttpRequest } from './http-message.ts';
import type { BehaviourSpec, OriginSpec } from './template-edge.ts';

type Pairs = readonly (readonly [string, string])[];

const takes = ({ mode, names }: Choice, name: string): boolean => {
  switch (mode) {
    case 'none':
      return false;
    case 'whitelist':
      return names.includes(name.toLowerCase());
    case 'allExcept':
      return !names.includes(name.toLowerCase());
    case 'all':
    case 'allViewer':
    case 'allViewerAndWhitelistCloudFront':
      return true;
  }
};

const partsOf = (request: HttpRequest) => {
  const { cookie = '', ...headers } = request.headers;
  return {
    headers: Object.entries(headers) as Pairs,
    cookies: splitPairs(cookie, /;\s*/),
    queries: splitPairs(request.query, /&/),
  };
};

/** What tells this request from another in the cache of its behaviour. Begins with the path. */
export const cacheKeyOf = (request: HttpRequest, behaviour: BehaviourSpec): string => {
  const parts = partsOf(request);
  const policy = behaviour.cache;
  const chosen = (pairs: Pairs, choice: Choice | undefined) =>
    choice === undefined ? [] : pairs.filter(([name]) => takes(choice, name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const key = [
    chosen(parts.queries, policy?.queries),
    chosen(parts.headers, policy?.headers),
    chosen(parts.cookies, policy?.cookies),
  ];
  return `${request.path}\n${behaviour.pattern}\n${JSON.stringify(key)}`;
};

/** The path in a cache key. */
export const pathOfKey = (key: string): string => key.slice(0, key.indexOf('\n'));

/** Headers that belong to one connection only. */
const hopByHop = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'upgrade', 'expect'];

/**
 * The request as the origin gets it: what is in the cache key, what the origin request policy adds, the headers CloudFront
 * makes itself, and the origin's own secret headers.
 */
export const originRequestOf = (request: HttpRequest, behaviour: BehaviourSpec, origin: OriginSpec): HttpRequest => {
  const parts = partsOf(request);
  const policies = [behaviour.cache, behaviour.originRequest].filter((policy) => policy !== undefined);
  const forwarded = (pairs: Pairs, choiceOf: (policy: (typeof policies)[number]) => Choice) =>
    pairs.filter(([name]) => policies.some((policy) => takes(choiceOf(policy), name)));
  const headers = forwarded(parts.headers, ({ headers }) => headers).filter(
    ([name]) => !hopByHop.includes(name) && !name.startsWith('cloudfront-') && name !== 'x-forwarded-for',
  );
  const cookie = forwarded(parts.cookies, ({ cookies }) => cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
  const before = request.headers['x-forwarded-for'];
  return {
    ...request,
    path: `${origin.path}${request.path}`,
    query: forwarded(parts.queries, ({ queries }) => queries)
      .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
      .join('&'),
    headers: {
      'user-agent': 'Amazon CloudFront',
      host: origin.domain,
      ...Object.fromEntries(headers),
      ...(cookie === '' ? {} : { cookie }),
      ...viewerHeaders(request, behaviour),
      'x-forwarded-for': before === undefined ? request.ip : `${before}, ${request.ip}`,
      'x-forwarded-proto': 'https',
      via: '1.1 local.cloudfront.net (CloudFront)',
      ...origin.customHeaders,
    },
  };
};

/** Headers about the viewer that a policy may ask for; the local address counts as secure. */
const viewerHeaders = (request: HttpRequest, behaviour: BehaviourSpec): Readonly<Record<string, string>> => {
  const known: Readonly<Record<string, string>> = {
    'cloudfront-viewer-address': `${request.ip}:0`,
    'cloudfront-forwarded-proto': 'https',
    'cloudfront-viewer-country': 'VN',
  };
  const choice = behaviour.originRequest?.headers;
  const wanted = (name: string): boolean =>
    choice !== undefined &&
    (choice.mode === 'whitelist' || choice.mode === 'allViewerAndWhitelistCloudFront') &&
    choice.names.includes(name);
  return Object.fromEntries(Object.entries(known).filter(([name]) => wanted(name)));
};
