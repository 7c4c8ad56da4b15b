import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ContextTable } from './parts/context-table.ts';
import { Inbox } from './parts/inbox.ts';
import type { ServiceFunction } from './parts/service-function.ts';
import { allowAny } from './parts/wildcard.ts';

/** The operator's page sees every way on which facts travel, and may hand back what was set aside before a consumer. */
export const watching = (stack: Construct, fn: ServiceFunction): void => {
  const all = stack.node.findAll();
  const inboxes = all.filter((it) => it instanceof Inbox);
  const tables = all.filter((it) => it instanceof ContextTable).filter(({ relay }) => relay !== undefined);
  const streams = Object.fromEntries(tables.map(({ way, relay }) => [way, relay?.functionName]));
  const queues = inboxes.map(({ way }) => way);
  fn.learn('WAYS', Stack.of(stack).toJsonString({ base: inboxes[0]?.queue.queueUrl, queues, streams }));
  const asides = inboxes.map(({ aside }) => aside.queueArn);
  const carried = tables.flatMap(({ aside }) => (aside ? [aside.queueArn] : []));
  const own = inboxes.map(({ queue }) => queue.queueArn);
  fn.addToRolePolicy(
    new PolicyStatement({ actions: ['sqs:GetQueueAttributes'], resources: [...own, ...asides, ...carried] }),
  );
  // moving messages back takes what takes them there by hand
  const moving = ['sqs:StartMessageMoveTask', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'];
  fn.addToRolePolicy(new PolicyStatement({ actions: moving, resources: asides }));
  fn.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: own }));
  // the service knows no permission on single measures
  fn.addToRolePolicy(new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }));
  allowAny(
    fn,
    'CloudWatch grants reading measures for the whole account only; they are numbers without names of people.',
  );
};
