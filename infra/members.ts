import { Duration, TimeZone } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { Edge } from './edge.ts';
import { contextApi } from './parts/context-api.ts';
import { ContextTable } from './parts/context-table.ts';
import { Inbox } from './parts/inbox.ts';
import { ServiceFunction } from './parts/service-function.ts';
import { allowWildcard } from './parts/wildcard.ts';

/** Organisations, members and roles. The only context that writes who someone is and what he may do. */
export const members = (scope: Construct, edge: Edge) => {
  const here = new Construct(scope, 'Members');
  const table = new ContextTable(here, 'Records', 'MEMBERS_TABLE');

  const api = contextApi(here, 'members', edge.house, {
    impact: 'Records of members and organisations cannot be seen or changed; meetings go on.',
    timeoutSeconds: 29,
  });
  table.readWriteBy(api);
  edge.house.identity.readWriteBy(api);
  edge.house.audit.readBy(api);
  api.learn('STAFF_POOL', edge.staffPool.userPoolId);
  edge.staffPool.grant(
    api,
    'cognito-idp:AdminCreateUser',
    'cognito-idp:AdminDisableUser',
    'cognito-idp:AdminSetUserPassword',
    'cognito-idp:AdminSetUserMFAPreference',
    'cognito-idp:AdminUserGlobalSignOut',
  );

  const onRecordChanged = new ServiceFunction(here, 'OnRecordChanged', {
    entry: 'members/on-record-changed',
    impact: 'Whoever was moved or lost a role while a request broke off may keep the old rights until this runs.',
    timeoutSeconds: 30,
  });
  table.readBy(onRecordChanged);
  edge.house.identity.readWriteBy(onRecordChanged);
  onRecordChanged.learn('STAFF_POOL', edge.staffPool.userPoolId);
  edge.staffPool.grant(onRecordChanged, 'cognito-idp:AdminDisableUser', 'cognito-idp:AdminUserGlobalSignOut');
  const recordsChanged = new Inbox(here, 'RecordsChanged', { consumer: onRecordChanged, batch: 10 });
  table.factsTo('member-changed', recordsChanged);
  table.factsTo('unit-changed', recordsChanged);

  const dayOver = new ServiceFunction(here, 'OnDayOver', {
    entry: 'members/on-day-over',
    impact:
      'The audit log of yesterday is not sealed yet; entries are written as ever, and it is sealed when this runs.',
    timeoutSeconds: 300,
  });
  edge.house.audit.readWriteBy(dayOver);
  edge.seals.readBy(dayOver, 'audit/*');
  edge.seals.writeBy(dayOver, 'audit/*');
  edge.seals.readBy(api, 'audit/*');
  new Schedule(here, 'DayOver', {
    schedule: ScheduleExpression.cron({ minute: '40', hour: '0', timeZone: TimeZone.ASIA_HO_CHI_MINH }),
    target: new LambdaInvoke(dayOver, { input: ScheduleTargetInput.fromObject({}) }),
    description: 'Seals the audit log of yesterday and compares the last month with its seals.',
  });
  allowWildcard(here, dayOver.functionArn, ':*', 'The schedule may run any version of this one function.');
  const broken = new MetricFilter(here, 'SealBroken', {
    logGroup: dayOver.logGroup,
    filterPattern: FilterPattern.stringValue('$.event', '=', 'audit-unlike-its-seal'),
    metricNamespace: 'SoTay',
    metricName: 'AuditUnlikeItsSeal',
    metricValue: '1',
    defaultValue: 0,
  });
  new Alarm(here, 'SealBrokenAlarm', {
    metric: broken.metric({ period: Duration.minutes(5), statistic: 'Sum' }),
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription:
      'An entry of the audit log was changed or is missing. Runbook: README "The audit log is unlike its seal".',
  });
  return { table, api };
};
