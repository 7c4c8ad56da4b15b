import * as v from 'valibot';
import type { Template } from './template.ts';
import { functionNameOf } from './template-events.ts';

/** One route of an HTTP API and the function behind it. */
export interface RouteSpec {
  /** `ANY /api/meetings/{proxy+}`, `GET /x` or `$default`. */
  readonly key: string;
  readonly functionName: string;
  /** API Gateway gives up after this time, whatever the function's own. */
  readonly timeoutMs: number;
}

export interface HttpApiSpec {
  readonly logicalId: string;
  readonly apiId: string;
  readonly routes: readonly RouteSpec[];
  /** Requests a second and the bucket beside them; absent: no limit of its own. */
  readonly throttle: { readonly rate: number; readonly burst: number } | undefined;
}

/** Longest an HTTP API waits for its integration. Source: API Gateway quotas. */
const integrationTimeoutMs = 30_000;

const RouteProperties = v.object({
  ApiId: v.string(),
  RouteKey: v.string(),
  Target: v.string(),
  AuthorizationType: v.optional(v.string(), 'NONE'),
});
const IntegrationProperties = v.object({
  IntegrationType: v.literal('AWS_PROXY'),
  IntegrationUri: v.string(),
  PayloadFormatVersion: v.literal('2.0'),
  TimeoutInMillis: v.optional(v.number(), integrationTimeoutMs),
});
const StageProperties = v.object({
  ApiId: v.string(),
  StageName: v.literal('$default'),
  DefaultRouteSettings: v.optional(
    v.object({ ThrottlingRateLimit: v.optional(v.number()), ThrottlingBurstLimit: v.optional(v.number()) }),
  ),
});

/** HTTP APIs with their routes. Throws for what is not understood here (an authorizer, another payload), so nothing opens by itself. */
export const httpApisOf = (template: Template): readonly HttpApiSpec[] =>
  template.resources('AWS::ApiGatewayV2::Api').map((api) => {
    const integrations = new Map(
      template
        .resources('AWS::ApiGatewayV2::Integration')
        .map(({ ref, properties }) => [ref, v.parse(IntegrationProperties, properties())]),
    );
    const routes = template.resources('AWS::ApiGatewayV2::Route').flatMap(({ path, properties }) => {
      const it = v.parse(RouteProperties, properties());
      if (it.ApiId !== api.ref) return [];
      if (it.AuthorizationType !== 'NONE') throw new Error(`${path}: an authorizer cannot be run on this machine`);
      const integration = integrations.get(it.Target.replace('integrations/', ''));
      if (integration === undefined) throw new Error(`${path}: its integration is not in the template`);
      return [
        {
          key: it.RouteKey,
          functionName: functionNameOf(integration.IntegrationUri),
          timeoutMs: Math.min(integration.TimeoutInMillis, integrationTimeoutMs),
        },
      ];
    });
    const settings = template
      .resources('AWS::ApiGatewayV2::Stage')
      .map(({ properties }) => v.parse(StageProperties, properties()))
      .find((stage) => stage.ApiId === api.ref)?.DefaultRouteSettings;
    const rate = settings?.ThrottlingRateLimit;
    return {
      logicalId: api.logicalId,
      apiId: api.ref,
      routes,
      throttle: rate === undefined ? undefined : { rate, burst: settings?.ThrottlingBurstLimit ?? rate },
    };
  });
