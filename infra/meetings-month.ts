import { RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Edge } from './edge.ts';
import type { ContextTable } from './parts/context-table.ts';
import { Inbox } from './parts/inbox.ts';
import { ServiceFunction } from './parts/service-function.ts';
import { allowWildcard } from './parts/wildcard.ts';

/** The month between two meetings: who is below whom, which day a meeting is on, and the morning's reminders. */
export const meetingsMonth = (
  here: Construct,
  edge: Edge,
  {
    table,
    api,
    members,
  }: { readonly table: ContextTable; readonly api: ServiceFunction; readonly members: ContextTable },
): void => {
  const secret = new Secret(here, 'PushSecret', {
    description:
      'From it the key is derived by which push services know this handbook. A new one ends all subscriptions.',
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });

  const onUnitChanged = new ServiceFunction(here, 'OnUnitChanged', {
    entry: 'meetings/on-unit-changed',
    impact: 'Founded or moved branches are missing in the view of preparations until this runs again.',
  });
  table.readWriteBy(onUnitChanged);
  members.factsTo('unit-changed', new Inbox(here, 'Units', { consumer: onUnitChanged, batch: 25, gatherSeconds: 1 }));

  const onMeetingChanged = new ServiceFunction(here, 'OnMeetingChanged', {
    entry: 'meetings/on-meeting-changed',
    impact: 'Meetings are announced, but nobody is reminded of them until this runs again.',
  });
  table.readWriteBy(onMeetingChanged);
  table.factsTo(
    'meeting-changed',
    new Inbox(here, 'Days', { consumer: onMeetingChanged, batch: 25, gatherSeconds: 1 }),
  );

  const onRemindersDue = new ServiceFunction(here, 'OnRemindersDue', {
    entry: 'meetings/on-reminders-due',
    impact:
      'Nobody is reminded of the meetings of today and tomorrow by his phone; they stand in the handbook as ever.',
    timeoutSeconds: 120,
  });
  table.readWriteBy(onRemindersDue);
  new Schedule(here, 'RemindersDue', {
    schedule: ScheduleExpression.cron({ minute: '15', hour: '7', timeZone: TimeZone.ASIA_HO_CHI_MINH }),
    target: new LambdaInvoke(onRemindersDue, { input: ScheduleTargetInput.fromObject({}) }),
    description: 'Every morning: reminders of the meetings of today and tomorrow.',
  });
  allowWildcard(here, onRemindersDue.functionArn, ':*', 'The schedule may run any version of this one function.');

  const onReminderDue = new ServiceFunction(here, 'OnReminderDue', {
    entry: 'meetings/on-reminder-due',
    impact: 'Members of some branches are not reminded by their phones; the meetings stand in the handbook as ever.',
    timeoutSeconds: 60,
  });
  table.readWriteBy(onReminderDue);
  onReminderDue.learn('SITE_ORIGIN', edge.house.siteOrigin);
  table.factsTo('reminder-due', new Inbox(here, 'Reminders', { consumer: onReminderDue, batch: 5 }));

  for (const fn of [api, onReminderDue]) {
    fn.learn('PUSH_SECRET', secret.secretArn);
    secret.grantRead(fn);
  }
};
