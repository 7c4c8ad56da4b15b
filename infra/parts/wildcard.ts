import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';

/** Lets one wildcard behind a named resource stand, with its reason. `arn` is the token of the resource. */
export const allowWildcard = (scope: Construct, arn: string, suffix: string, reason: string): void => {
  const stack = Stack.of(scope);
  const named = stack.resolve(arn) as { 'Fn::GetAtt': [string, string] };
  Validations.of(stack).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${named['Fn::GetAtt'].join('.')}>${suffix}]`,
    reason,
  });
};

/** Lets one statement of a function that names no resource stand, with its reason. */
export const allowAny = (fn: ServiceFunction, reason: string): void => {
  if (fn.role) Validations.of(fn.role).acknowledge({ id: 'AwsSolutions-IAM5[Resource::*]', reason });
};
