import * as v from 'valibot';
import {
  type CachePolicySpec,
  type Choice,
  managedCachePolicies,
  managedOriginRequestPolicies,
  type OriginRequestSpec,
  type ResponseHeadersSpec,
} from './edge-policies.ts';
import type { Template } from './template.ts';
import { byRef, responseHeadersOf } from './template-headers.ts';

/** A CloudFront function with its code as it is deployed. */
export interface EdgeFunctionSpec {
  readonly logicalId: string;
  readonly arn: string;
  readonly code: string;
  readonly runtime: string;
  /** Names of the key-value stores it may read. */
  readonly stores: readonly string[];
}

/** Where requests of a behaviour go. */
export interface OriginSpec {
  readonly id: string;
  readonly domain: string;
  readonly path: string;
  readonly customHeaders: Readonly<Record<string, string>>;
}

export interface BehaviourSpec {
  /** `/content/*`; the last one is `*`. */
  readonly pattern: string;
  readonly originId: string;
  readonly methods: readonly string[];
  readonly compress: boolean;
  /** Absent: nothing is kept at the edge. */
  readonly cache: CachePolicySpec | undefined;
  readonly originRequest: OriginRequestSpec | undefined;
  readonly responseHeaders: ResponseHeadersSpec | undefined;
  readonly functions: Readonly<Partial<Record<'viewer-request' | 'viewer-response', EdgeFunctionSpec>>>;
}

export interface ErrorResponseSpec {
  readonly code: number;
  readonly responseCode: number | undefined;
  readonly page: string | undefined;
  readonly cachingSeconds: number | undefined;
}

export interface DistributionSpec {
  readonly logicalId: string;
  readonly id: string;
  readonly rootObject: string;
  readonly origins: readonly OriginSpec[];
  /** In the order in which they are tried; the default one last. */
  readonly behaviours: readonly BehaviourSpec[];
  readonly errors: readonly ErrorResponseSpec[];
}

const BehaviourSchema = v.object({
  PathPattern: v.optional(v.string(), '*'),
  TargetOriginId: v.string(),
  AllowedMethods: v.optional(v.array(v.string()), ['GET', 'HEAD']),
  Compress: v.optional(v.boolean(), false),
  CachePolicyId: v.optional(v.string()),
  OriginRequestPolicyId: v.optional(v.string()),
  ResponseHeadersPolicyId: v.optional(v.string()),
  FunctionAssociations: v.optional(v.array(v.object({ EventType: v.string(), FunctionARN: v.string() })), []),
});

const DistributionProperties = v.object({
  DistributionConfig: v.object({
    Origins: v.array(
      v.object({
        Id: v.string(),
        DomainName: v.string(),
        OriginPath: v.optional(v.string(), ''),
        OriginCustomHeaders: v.optional(v.array(v.object({ HeaderName: v.string(), HeaderValue: v.string() })), []),
      }),
    ),
    DefaultRootObject: v.optional(v.string(), ''),
    DefaultCacheBehavior: BehaviourSchema,
    CacheBehaviors: v.optional(v.array(BehaviourSchema), []),
    CustomErrorResponses: v.optional(
      v.array(
        v.object({
          ErrorCode: v.number(),
          ResponseCode: v.optional(v.number()),
          ResponsePagePath: v.optional(v.string()),
          ErrorCachingMinTTL: v.optional(v.number()),
        }),
      ),
      [],
    ),
  }),
});

/** Distributions with their policies put in place of the policies' ids. */
export const distributionsOf = (template: Template): readonly DistributionSpec[] =>
  template.resources('AWS::CloudFront::Distribution').map(({ logicalId, ref, path, properties }) => {
    const { DistributionConfig: it } = v.parse(DistributionProperties, properties());
    const functions = edgeFunctionsOf(template);
    const behaviour = (stated: v.InferOutput<typeof BehaviourSchema>): BehaviourSpec => ({
      pattern: stated.PathPattern,
      originId: stated.TargetOriginId,
      methods: stated.AllowedMethods,
      compress: stated.Compress,
      cache: policy(path, stated.CachePolicyId, cachePoliciesOf(template)),
      originRequest: policy(path, stated.OriginRequestPolicyId, originRequestPoliciesOf(template)),
      responseHeaders: policy(path, stated.ResponseHeadersPolicyId, responseHeadersOf(template)),
      functions: Object.fromEntries(
        stated.FunctionAssociations.map(({ EventType, FunctionARN }) => [
          EventType,
          functions.find(({ arn }) => arn === FunctionARN),
        ]),
      ),
    });
    return {
      logicalId,
      id: ref,
      rootObject: it.DefaultRootObject,
      origins: it.Origins.map((origin) => ({
        id: origin.Id,
        domain: origin.DomainName,
        path: origin.OriginPath,
        customHeaders: Object.fromEntries(
          origin.OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => [HeaderName.toLowerCase(), HeaderValue]),
        ),
      })),
      behaviours: [...it.CacheBehaviors, { ...it.DefaultCacheBehavior, PathPattern: '*' }].map(behaviour),
      errors: it.CustomErrorResponses.map((error) => ({
        code: error.ErrorCode,
        responseCode: error.ResponseCode,
        page: error.ResponsePagePath,
        cachingSeconds: error.ErrorCachingMinTTL,
      })),
    };
  });

const policy = <T>(path: string, id: string | undefined, known: ReadonlyMap<string, T>): T | undefined => {
  if (id === undefined) return undefined;
  const found = known.get(id);
  if (found === undefined) throw new Error(`${path} names policy ${id}, which is neither in the template nor known`);
  return found;
};

const ChoiceFields = { Headers: v.optional(v.array(v.string())), Items: v.optional(v.array(v.string())) };
const choice = (behaviour: string, names: readonly string[] = []): Choice => ({
  mode: v.parse(
    v.picklist(['none', 'whitelist', 'allExcept', 'all', 'allViewer', 'allViewerAndWhitelistCloudFront']),
    behaviour,
  ),
  names: names.map((name) => name.toLowerCase()),
});
const ForwardedSchema = {
  HeadersConfig: v.object({ HeaderBehavior: v.string(), ...ChoiceFields }),
  CookiesConfig: v.object({ CookieBehavior: v.string(), Cookies: v.optional(v.array(v.string())) }),
  QueryStringsConfig: v.object({ QueryStringBehavior: v.string(), QueryStrings: v.optional(v.array(v.string())) }),
};
const CachePolicyProperties = v.object({
  CachePolicyConfig: v.object({
    MinTTL: v.number(),
    DefaultTTL: v.number(),
    MaxTTL: v.number(),
    ParametersInCacheKeyAndForwardedToOrigin: v.object({
      ...ForwardedSchema,
      EnableAcceptEncodingGzip: v.optional(v.boolean(), false),
      EnableAcceptEncodingBrotli: v.optional(v.boolean(), false),
    }),
  }),
});

const choicesOf = (it: v.InferOutput<v.ObjectSchema<typeof ForwardedSchema, undefined>>) => ({
  headers: choice(it.HeadersConfig.HeaderBehavior, it.HeadersConfig.Headers),
  cookies: choice(it.CookiesConfig.CookieBehavior, it.CookiesConfig.Cookies),
  queries: choice(it.QueryStringsConfig.QueryStringBehavior, it.QueryStringsConfig.QueryStrings),
});

const cachePoliciesOf = (template: Template): ReadonlyMap<string, CachePolicySpec> =>
  new Map([
    ...managedCachePolicies,
    ...byRef(template.resources('AWS::CloudFront::CachePolicy'), (properties) => {
      const { CachePolicyConfig: it } = v.parse(CachePolicyProperties, properties);
      const key = it.ParametersInCacheKeyAndForwardedToOrigin;
      return {
        minSeconds: it.MinTTL,
        defaultSeconds: it.DefaultTTL,
        maxSeconds: it.MaxTTL,
        ...choicesOf(key),
        gzip: key.EnableAcceptEncodingGzip,
        brotli: key.EnableAcceptEncodingBrotli,
      };
    }),
  ]);

const originRequestPoliciesOf = (template: Template): ReadonlyMap<string, OriginRequestSpec> =>
  new Map([
    ...managedOriginRequestPolicies,
    ...byRef(template.resources('AWS::CloudFront::OriginRequestPolicy'), (properties) =>
      choicesOf(
        v.parse(v.object({ OriginRequestPolicyConfig: v.object(ForwardedSchema) }), properties)
          .OriginRequestPolicyConfig,
      ),
    ),
  ]);

const EdgeFunctionProperties = v.object({
  FunctionCode: v.string(),
  FunctionConfig: v.object({
    Runtime: v.string(),
    KeyValueStoreAssociations: v.optional(v.array(v.object({ KeyValueStoreARN: v.string() })), []),
  }),
});

const edgeFunctionsOf = (template: Template): readonly EdgeFunctionSpec[] =>
  template.resources('AWS::CloudFront::Function').map(({ logicalId, arn, properties }) => {
    const it = v.parse(EdgeFunctionProperties, properties());
    const stores = it.FunctionConfig.KeyValueStoreAssociations.map(({ KeyValueStoreARN }) => KeyValueStoreARN);
    return {
      logicalId,
      arn,
      code: it.FunctionCode,
      runtime: it.FunctionConfig.Runtime,
      stores: stores.map((store) => store.slice(store.lastIndexOf('/') + 1)),
    };
  });

/** Names of the key-value stores of the edge. */
export const edgeStoresOf = (template: Template): readonly { readonly name: string; readonly arn: string }[] =>
  template.resources('AWS::CloudFront::KeyValueStore').map(({ name, arn }) => ({ name, arn }));
