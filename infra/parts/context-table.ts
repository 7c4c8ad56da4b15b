import { Duration, Lazy, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AttributeType,
  Billing,
  type ITable,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnvName } from '../../functions/runtime/env.ts';
import type { Inbox } from './inbox.ts';
import { ServiceFunction } from './service-function.ts';
import { asideName, LATE_SECONDS, wayOf } from './way.ts';

const READ = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const WRITE = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'];

/**
 * The table of one context: on demand, encrypted, restorable to any second of 35 days, kept when the stack goes.
 * Its facts are carried to consumers by one relay, made with the first consumer. `forgetful` (with its reason): nobody can
 * see what stood in it when, so it has no stream and no way back in time.
 */
export class ContextTable extends Construct {
  readonly table: TableV2;
  private readonly routes = new Map<string, string[]>();
  /** Carries its facts; made with the first consumer. */
  relay: ServiceFunction | undefined;
  /** Where facts are set aside that could not be carried, and the name by which an operator knows the way. */
  aside: Queue | undefined;
  way = '';

  private readonly envName: EnvName;

  constructor(scope: Construct, id: string, envName: EnvName, { forgetful }: { readonly forgetful?: string } = {}) {
    super(scope, id);
    this.envName = envName;
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: forgetful === undefined },
      ...(forgetful === undefined && { dynamoStream: StreamViewType.NEW_IMAGE }),
      timeToLiveAttribute: 'expiresAt',
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    if (forgetful !== undefined) Validations.of(this.table).acknowledge({ id: 'AwsSolutions-DDB3', reason: forgetful });
  }

  readBy(fn: ServiceFunction): void {
    fn.learn(this.envName, this.table.tableName);
    this.table.grant(fn, ...READ);
  }

  readWriteBy(fn: ServiceFunction): void {
    fn.learn(this.envName, this.table.tableName);
    this.table.grant(fn, ...READ, ...WRITE);
  }

  /** May add items, not read them: for the audit log. */
  appendBy(fn: ServiceFunction): void {
    fn.learn(this.envName, this.table.tableName);
    this.table.grant(fn, 'dynamodb:PutItem');
  }

  /** May do this and no more, to items whose partition begins so: for a function that must never meet the rest of the table. */
  narrowlyBy(fn: ServiceFunction, does: readonly string[], begins: `${string}#`): void {
    fn.learn(this.envName, this.table.tableName);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: does.map((act) => `dynamodb:${act}`),
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${begins}*`] } },
      }),
    );
  }

  /** Facts of this type go to that inbox as well. */
  factsTo(type: string, inbox: Inbox): void {
    const relay = this.relay ?? this.makeRelay();
    this.routes.set(type, [...(this.routes.get(type) ?? []), inbox.queue.queueUrl]);
    inbox.queue.grantSendMessages(relay);
  }

  /** The same, and what is practised too, which goes nowhere else. */
  bothTo(type: string, inbox: Inbox): void {
    this.factsTo(type, inbox);
    this.factsTo(`practice:${type}`, inbox);
  }

  private makeRelay(): ServiceFunction {
    const relay = new ServiceFunction(this, 'Relay', {
      entry: 'runtime/relay',
      impact: 'What members did is kept, but counts, points and live screens stand still until this runs again.',
      timeoutSeconds: 30,
    });
    relay.learn(
      'FACT_ROUTES',
      Lazy.string({ produce: () => Stack.of(this).toJsonString(Object.fromEntries(this.routes)) }),
    );
    this.way = wayOf(this);
    const aside = new Queue(this, 'RelayAside', {
      queueName: asideName(this.way),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(aside).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself where facts are set aside: the failure destination of the stream, with an alarm.',
    });
    relay.addEventSource(
      // the construct's stream is always on; CDK's own types disagree about `undefined` under exactOptionalPropertyTypes
      new DynamoEventSource(this.table as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        // a second of gathering: in the meeting hour a run carries what hundreds did, and nobody waits for it longer
        batchSize: 1000,
        maxBatchingWindow: Duration.seconds(1),
        parallelizationFactor: 1,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts: 20,
        onFailure: new SqsDlq(aside),
        filters: [
          FilterCriteria.filter({ dynamodb: { NewImage: { fact: { M: { type: { S: FilterRule.exists() } } } } } }),
        ],
      }),
    );
    new Alarm(this, 'RelayLateAlarm', {
      metric: relay.metric('IteratorAge', { period: Duration.minutes(1), statistic: 'Maximum' }),
      threshold: LATE_SECONDS * 1000,
      evaluationPeriods: 3,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: 'A relay is minutes behind its table. Runbook: README "Facts come late".',
    });
    new Alarm(this, 'RelayAsideAlarm', {
      metric: aside.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: 'A fact could not be carried to its consumers. Runbook: README "Something was set aside".',
    });
    this.relay = relay;
    this.aside = aside;
    return relay;
  }
}
