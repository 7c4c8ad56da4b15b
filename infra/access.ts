import { Duration, TimeZone } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { Edge } from './edge.ts';
import { contextApi } from './parts/context-api.ts';
import { Inbox } from './parts/inbox.ts';
import { ServiceFunction } from './parts/service-function.ts';
import { allowWildcard } from './parts/wildcard.ts';

/** Slips, sessions, step-up and passes. Its functions are the only ones that may read the master key. */
export const access = (scope: Construct, edge: Edge) => {
  const here = new Construct(scope, 'Access');

  const api = contextApi(here, 'access', edge.house, {
    impact: 'Nobody can sign in or renew a session; those who have one go on until their pass ends.',
    paths: ['/api/access/{proxy+}', '/api/session/{proxy+}'],
    memoryMb: 1024,
    warm: true,
  });
  edge.house.identity.readWriteBy(api);
  api.learn('STAFF_POOL', edge.staffPool.userPoolId);
  api.learn('STAFF_CLIENT', edge.staffClient.userPoolClientId);
  api.learn('MEMBER_POOL', edge.memberPool.userPoolId);
  api.learn('MEMBER_CLIENT', edge.memberClient.userPoolClientId);
  edge.memberPool.grant(
    api,
    'cognito-idp:AdminCreateUser',
    'cognito-idp:AdminSetUserPassword',
    'cognito-idp:AdminInitiateAuth',
    'cognito-idp:AdminDeleteUser',
  );

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
  }
  new Schedule(here, 'KeysDue', {
    schedule: ScheduleExpression.cron({ minute: '17', hour: '3', timeZone: TimeZone.ASIA_HO_CHI_MINH }),
    target: new LambdaInvoke(keys, { input: ScheduleTargetInput.fromObject({}) }),
    description: 'Publishes the check keys of this week and the next.',
  });
  allowWildcard(here, keys.functionArn, ':*', 'The schedule may run any version of this one function.');

  const ended = new ServiceFunction(here, 'OnPassEnded', {
    entry: 'access/on-pass-ended',
    impact: 'A device that was signed out can still read papers it had access to, until its pass ends by itself.',
    timeoutSeconds: 10,
  });
  edge.house.identity.factsTo(
    'pass-ended',
    new Inbox(here, 'PassEnded', { consumer: ended, batch: 50, gatherSeconds: 1 }),
  );

  const mayChange = ['DescribeKeyValueStore', 'UpdateKeys'];
  const mayTidy = [...mayChange, 'ListKeys'];
  for (const [fn, acts] of [
    [api, mayChange],
    [keys, mayTidy],
    [ended, mayChange],
  ] as const) {
    fn.learn('EDGE_STORE', edge.edgeStore.keyValueStoreArn);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: acts.map((act) => `cloudfront-keyvaluestore:${act}`),
        resources: [edge.edgeStore.keyValueStoreArn],
      }),
    );
  }

  const overBudget = new MetricFilter(here, 'WrongCodes', {
    logGroup: api.logGroup,
    filterPattern: FilterPattern.stringValue('$.event', '=', 'wrong-codes-over-budget'),
    metricNamespace: 'SoTay',
    metricName: 'WrongCodesOverBudget',
    metricValue: '1',
    defaultValue: 0,
  });
  new Alarm(here, 'WrongCodesAlarm', {
    metric: overBudget.metric({ period: Duration.minutes(5), statistic: 'Sum' }),
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: 'Someone is guessing codes of slips. Runbook: README "Codes are being guessed".',
  });
  return { api };
};
