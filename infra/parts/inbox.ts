import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';
import { asideName, LATE_SECONDS, wayOf } from './way.ts';

export interface InboxProps {
  readonly consumer: ServiceFunction;
  /** Facts taken in one run. */
  readonly batch: number;
  /** How long facts are gathered before a run, so that a hall checking in makes one file and not seventy. */
  readonly gatherSeconds?: number;
  /** Runs at the same time at most, so that what belongs together is not dealt out to many. */
  readonly abreast?: number;
}

/** A queue for one consumer: what fails five times is set aside with an alarm, nothing is dropped. */
export class Inbox extends Construct {
  readonly queue: Queue;
  readonly aside: Queue;
  /** The name by which an operator knows it, such as `meetings-live`. */
  readonly way: string;

  constructor(scope: Construct, id: string, { consumer, batch, gatherSeconds = 0, abreast }: InboxProps) {
    super(scope, id);
    // names of their own: what an operator watches finds a queue by the way it serves
    this.way = wayOf(this);
    this.aside = new Queue(this, 'Aside', {
      queueName: asideName(this.way),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      queueName: `handbook-${this.way}`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      // six times the consumer's own limit, as AWS advises, so that a slow run is not started twice
      visibilityTimeout: Duration.seconds(6 * (consumer.timeout?.toSeconds() ?? 15) + gatherSeconds),
      deadLetterQueue: { queue: this.aside, maxReceiveCount: 5 },
    });
    consumer.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: batch,
        reportBatchItemFailures: true,
        ...(abreast !== undefined && { maxConcurrency: abreast }),
        ...(gatherSeconds > 0 && { maxBatchingWindow: Duration.seconds(gatherSeconds) }),
      }),
    );
    new Alarm(this, 'LateAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
      threshold: LATE_SECONDS,
      evaluationPeriods: 3,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: 'A consumer is minutes behind its facts. Runbook: README "Facts come late".',
    });
    new Alarm(this, 'AsideAlarm', {
      metric: this.aside.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: 'A fact could not be worked on and was set aside. Runbook: README "Something was set aside".',
    });
  }
}
