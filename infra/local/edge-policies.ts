/** Which headers, cookies or query strings. */
export interface Choice {
  readonly mode: 'none' | 'whitelist' | 'allExcept' | 'all' | 'allViewer' | 'allViewerAndWhitelistCloudFront';
  /** Lower case. */
  readonly names: readonly string[];
}

interface Forwarded {
  readonly headers: Choice;
  readonly cookies: Choice;
  readonly queries: Choice;
}

/** How long the edge keeps an answer, and what tells two requests apart. */
export interface CachePolicySpec extends Forwarded {
  readonly minSeconds: number;
  readonly defaultSeconds: number;
  readonly maxSeconds: number;
  readonly gzip: boolean;
  readonly brotli: boolean;
}

/** What goes to the origin beside what is in the cache key. */
export type OriginRequestSpec = Forwarded;

/** What the edge adds to and takes from answers. */
export interface ResponseHeadersSpec {
  readonly set: readonly { readonly name: string; readonly value: string; readonly override: boolean }[];
  readonly remove: readonly string[];
  readonly cors:
    | {
        readonly origins: readonly string[];
        readonly methods: readonly string[];
        readonly headers: readonly string[];
        readonly expose: readonly string[];
        readonly credentials: boolean;
        readonly maxAgeSeconds: number | undefined;
        readonly override: boolean;
      }
    | undefined;
}

const none: Choice = { mode: 'none', names: [] };
const all: Choice = { mode: 'all', names: [] };
const day = 86_400;
const year = 365 * day;
const nothingButPath = { headers: none, cookies: none, queries: none };

/** CloudFront's own cache policies, by id. Source: CloudFront developer guide, "Use managed cache policies". */
export const managedCachePolicies: readonly (readonly [string, CachePolicySpec])[] = [
  [
    '4135ea2d-6df8-44a3-9df3-4b5a84be39ad', // CachingDisabled
    { minSeconds: 0, defaultSeconds: 0, maxSeconds: 0, ...nothingButPath, gzip: false, brotli: false },
  ],
  [
    '658327ea-f89d-4fab-a63d-7e88639e58f6', // CachingOptimized
    { minSeconds: 1, defaultSeconds: day, maxSeconds: year, ...nothingButPath, gzip: true, brotli: true },
  ],
  [
    'b2884449-e4de-46a7-ac36-70bc7f1ddd6d', // CachingOptimizedForUncompressedObjects
    { minSeconds: 1, defaultSeconds: day, maxSeconds: year, ...nothingButPath, gzip: false, brotli: false },
  ],
];

/** CloudFront's own origin request policies, by id. Source: the same guide, "Use managed origin request policies". */
export const managedOriginRequestPolicies: readonly (readonly [string, OriginRequestSpec])[] = [
  ['216adef6-5c7f-47e4-b989-5492eafa07d3', { headers: { mode: 'allViewer', names: [] }, cookies: all, queries: all }],
  [
    'b689b0a8-53d0-40ab-baf2-68738e2966ac',
    { headers: { mode: 'allExcept', names: ['host'] }, cookies: all, queries: all },
  ],
  [
    '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf', // CORS-S3Origin
    {
      headers: {
        mode: 'whitelist',
        names: ['origin', 'access-control-request-headers', 'access-control-request-method'],
      },
      cookies: none,
      queries: none,
    },
  ],
];

const security: ResponseHeadersSpec = {
  set: [
    { name: 'referrer-policy', value: 'strict-origin-when-cross-origin', override: false },
    { name: 'strict-transport-security', value: 'max-age=31536000', override: false },
    { name: 'x-content-type-options', value: 'nosniff', override: true },
    { name: 'x-frame-options', value: 'SAMEORIGIN', override: false },
    { name: 'x-xss-protection', value: '1; mode=block', override: false },
  ],
  remove: [],
  cors: undefined,
};

/** CloudFront's own response headers policies, by id. Source: the same guide, "Use managed response headers policies". */
export const managedResponseHeaders: readonly (readonly [string, ResponseHeadersSpec])[] = [
  ['67f7725c-6f97-4210-82d7-5512b31e9d03', security], // SecurityHeadersPolicy
];
