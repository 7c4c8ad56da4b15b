import { TimeZone } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { Edge } from './edge.ts';
import { contextApi } from './parts/context-api.ts';
import { ServiceFunction } from './parts/service-function.ts';
import { allowWildcard } from './parts/wildcard.ts';

/** Slips, sessions, step-up and passes. Its functions are the only ones that may read the master key. */
export const access = (scope: Construct, edge: Edge) => {
  const here = new Construct(scope, 'Access');

  const api = contextApi(here, 'access', edge.house, {
    impact: 'Nobody can sign in or renew a session; those who have one go on until their pass ends.',
    paths: ['/api/access/{proxy+}', '/api/session/{proxy+}'],
    memoryMb: 1024,
  });
  edge.house.identity.readWriteBy(api);
  api.learn('STAFF_POOL', edge.staffPool.userPoolId);
  api.learn('STAFF_CLIENT', edge.staffClient.userPoolClientId);

  const keys = new ServiceFunction(here, 'OnKeysDue', {
    entry: 'access/on-keys-due',
    impact: 'Passes and content cookies of next week cannot be checked; sign-in stops when the week ends.',
    timeoutSeconds: 30,
  });
  edge.house.identity.readWriteBy(keys);
  keys.learn('COOKIE_SUFFIX', edge.house.cookieSuffix);
  for (const fn of [api, keys]) {
    fn.learn('KEYS_SECRET', edge.masterKey.secretArn);
    edge.masterKey.grantRead(fn);
    fn.learn('EDGE_STORE', edge.edgeStore.keyValueStoreArn);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['DescribeKeyValueStore', 'GetKey', 'PutKey'].map((act) => `cloudfront-keyvaluestore:${act}`),
        resources: [edge.edgeStore.keyValueStoreArn],
      }),
    );
  }
  new Schedule(here, 'KeysDue', {
    schedule: ScheduleExpression.cron({ minute: '17', hour: '3', timeZone: TimeZone.ASIA_HO_CHI_MINH }),
    target: new LambdaInvoke(keys, { input: ScheduleTargetInput.fromObject({}) }),
    description: 'Publishes the check keys of this week and the next.',
  });
  allowWildcard(here, keys.functionArn, ':*', 'The schedule may run any version of this one function.');
  return { api };
};
