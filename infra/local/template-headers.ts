import * as v from 'valibot';
import { managedResponseHeaders, type ResponseHeadersSpec } from './edge-policies.ts';
import type { Resource, Template } from './template.ts';

/** What is read from each resource, by the id its references have. */
export const byRef = <T>(resources: readonly Resource[], read: (properties: unknown) => T): readonly [string, T][] =>
  resources.map(({ ref, properties }) => [ref, read(properties())]);

const override = { Override: v.optional(v.boolean(), false) };
const items = v.optional(v.object({ Items: v.optional(v.array(v.string()), []) }), { Items: [] });
const ResponseHeadersProperties = v.object({
  ResponseHeadersPolicyConfig: v.object({
    SecurityHeadersConfig: v.optional(
      v.object({
        ContentSecurityPolicy: v.optional(v.object({ ...override, ContentSecurityPolicy: v.string() })),
        ContentTypeOptions: v.optional(v.object(override)),
        FrameOptions: v.optional(v.object({ ...override, FrameOption: v.string() })),
        ReferrerPolicy: v.optional(v.object({ ...override, ReferrerPolicy: v.string() })),
        StrictTransportSecurity: v.optional(
          v.object({
            ...override,
            AccessControlMaxAgeSec: v.number(),
            IncludeSubdomains: v.optional(v.boolean(), false),
            Preload: v.optional(v.boolean(), false),
          }),
        ),
        XSSProtection: v.optional(
          v.object({ ...override, Protection: v.boolean(), ModeBlock: v.optional(v.boolean(), false) }),
        ),
      }),
      {},
    ),
    CustomHeadersConfig: v.optional(
      v.object({ Items: v.array(v.object({ Header: v.string(), Value: v.string(), ...override })) }),
      { Items: [] },
    ),
    RemoveHeadersConfig: v.optional(v.object({ Items: v.array(v.object({ Header: v.string() })) }), { Items: [] }),
    CorsConfig: v.optional(
      v.object({
        AccessControlAllowCredentials: v.boolean(),
        AccessControlAllowHeaders: items,
        AccessControlAllowMethods: items,
        AccessControlAllowOrigins: items,
        AccessControlExposeHeaders: items,
        AccessControlMaxAgeSec: v.optional(v.number()),
        OriginOverride: v.boolean(),
      }),
    ),
  }),
});

/** Response headers policies of the template and CloudFront's own, by id. */
export const responseHeadersOf = (template: Template): ReadonlyMap<string, ResponseHeadersSpec> =>
  new Map([
    ...managedResponseHeaders,
    ...byRef(template.resources('AWS::CloudFront::ResponseHeadersPolicy'), readResponseHeaders),
  ]);

const readResponseHeaders = (properties: unknown): ResponseHeadersSpec => {
  const { ResponseHeadersPolicyConfig: it } = v.parse(ResponseHeadersProperties, properties);
  const security = it.SecurityHeadersConfig;
  const set: ResponseHeadersSpec['set'][number][] = it.CustomHeadersConfig.Items.map((item) => ({
    name: item.Header.toLowerCase(),
    value: item.Value,
    override: item.Override,
  }));
  const add = (name: string, value: string | undefined, from: { Override: boolean } | undefined) => {
    if (value !== undefined && from !== undefined) set.push({ name, value, override: from.Override });
  };
  const { ContentSecurityPolicy: csp, StrictTransportSecurity: hsts, XSSProtection: xss } = security;
  add('content-security-policy', csp?.ContentSecurityPolicy, csp);
  add('x-content-type-options', 'nosniff', security.ContentTypeOptions);
  add('x-frame-options', security.FrameOptions?.FrameOption, security.FrameOptions);
  add('referrer-policy', security.ReferrerPolicy?.ReferrerPolicy, security.ReferrerPolicy);
  add('x-xss-protection', xss && (xss.Protection ? `1${xss.ModeBlock ? '; mode=block' : ''}` : '0'), xss);
  const subdomains = hsts?.IncludeSubdomains ? '; includeSubDomains' : '';
  const preload = hsts?.Preload ? '; preload' : '';
  add('strict-transport-security', hsts && `max-age=${hsts.AccessControlMaxAgeSec}${subdomains}${preload}`, hsts);
  const cors = it.CorsConfig;
  return {
    set,
    remove: it.RemoveHeadersConfig.Items.map(({ Header }) => Header.toLowerCase()),
    cors: cors && {
      origins: cors.AccessControlAllowOrigins.Items,
      methods: cors.AccessControlAllowMethods.Items,
      headers: cors.AccessControlAllowHeaders.Items,
      expose: cors.AccessControlExposeHeaders.Items,
      credentials: cors.AccessControlAllowCredentials,
      maxAgeSeconds: cors.AccessControlMaxAgeSec,
      override: cors.OriginOverride,
    },
  };
};
