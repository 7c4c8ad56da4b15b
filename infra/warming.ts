import { Stack, TimeZone } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { ContextTable } from './parts/context-table.ts';
import { ServiceFunction } from './parts/service-function.ts';
import { allowWildcard } from './parts/wildcard.ts';

/** Before a meeting hour the functions that members ask are kept ready, by the calendar of published meetings. */
export const warming = (scope: Construct, meetings: ContextTable, functions: readonly ServiceFunction[]): void => {
  const here = new Construct(scope, 'Warming');
  const onHourNear = new ServiceFunction(here, 'OnHourNear', {
    entry: 'meetings/on-hour-near',
    impact: 'The first members of an evening wait some tenths of a second longer.',
    timeoutSeconds: 60,
  });
  meetings.readBy(onHourNear);
  const warm = functions.map(({ functionName, warm: { aliasName } }) => ({ name: functionName, alias: aliasName }));
  onHourNear.learn('WARM_FUNCTIONS', Stack.of(here).toJsonString(warm));
  const acts = ['Get', 'Put', 'Delete'].map((act) => `lambda:${act}ProvisionedConcurrencyConfig`);
  onHourNear.addToRolePolicy(
    new PolicyStatement({ actions: acts, resources: functions.map((fn) => fn.warm.functionArn) }),
  );
  new Schedule(here, 'HourNear', {
    schedule: ScheduleExpression.cron({ minute: '*/10', hour: '4-23', timeZone: TimeZone.ASIA_HO_CHI_MINH }),
    target: new LambdaInvoke(onHourNear, { input: ScheduleTargetInput.fromObject({}) }),
    description: 'Every ten minutes: environments are kept ready for the meetings of the next minutes.',
  });
  allowWildcard(here, onHourNear.functionArn, ':*', 'The schedule may run any version of this one function.');
};
