import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { ContextTable } from './context-table.ts';
import { ServiceFunction, type ServiceFunctionProps } from './service-function.ts';

/** What every HTTP function needs, made once in edge.ts and app.ts. */
export interface House {
  readonly api: HttpApi;
  readonly identity: ContextTable;
  readonly audit: ContextTable;
  readonly originSecret: string;
  readonly siteOrigin: string;
  readonly cookieSuffix: string;
}

/** The HTTP function of a context behind `ANY /api/<context>/{proxy+}`: it may read who asks and add to the audit log. */
export const contextApi = (
  scope: Construct,
  context: string,
  house: House,
  props: Omit<ServiceFunctionProps, 'entry'> & { readonly paths?: readonly string[]; readonly warm?: true },
): ServiceFunction => {
  const fn = new ServiceFunction(scope, 'Api', { ...props, entry: `${context}/api` });
  const integration = new HttpLambdaIntegration(`${context}Api`, (props.warm ? fn.warm : fn) as IFunction);
  for (const path of props.paths ?? [`/api/${context}/{proxy+}`]) {
    house.api.addRoutes({ path, methods: [HttpMethod.ANY], integration });
  }
  house.identity.readBy(fn);
  house.audit.appendBy(fn);
  fn.learn('ORIGIN_SECRET', house.originSecret);
  fn.learn('SITE_ORIGIN', house.siteOrigin);
  fn.learn('COOKIE_SUFFIX', house.cookieSuffix);
  return fn;
};
