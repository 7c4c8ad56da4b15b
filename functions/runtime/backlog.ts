import { AwsRefusal, askAws } from './aws-call.ts';
import { env } from './env.ts';
import { log } from './log.ts';

/** The ways on which facts travel, as infra knows them. */
interface Ways {
  /** Address of one queue; the others have the same but for the name. */
  readonly base: string;
  readonly queues: readonly string[];
  /** Names of the functions that read the tables' streams. */
  readonly streams: Readonly<Record<string, string>>;
}

export const waysOf = (): Ways => JSON.parse(env('WAYS')) as Ways; // set by infra from what it made

/** Names of queues, as infra gives them: the queue of a consumer, and where the messages of a way are set aside. */
const queueName = (id: string): string => `handbook-${id}`;
const asideName = (id: string): string => `handbook-${id}-aside`;
const urlOf = (name: string): string => waysOf().base.replace(/[^/]+$/, name);

export interface QueueStanding {
  readonly waiting: number;
  readonly inWork: number;
}

const attributesOf = async (name: string): Promise<Readonly<Record<string, string>>> => {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'QueueArn'];
  const asked = { QueueUrl: urlOf(name), AttributeNames };
  return (await askAws<{ Attributes: Record<string, string> }>('sqs', 'GetQueueAttributes', asked)).Attributes;
};

/** How much waits before a consumer, and with it. */
export const standingOfQueue = async (id: string): Promise<QueueStanding> => {
  const attributes = await attributesOf(queueName(id));
  return {
    waiting: Number(attributes['ApproximateNumberOfMessages']),
    inWork: Number(attributes['ApproximateNumberOfMessagesNotVisible']),
  };
};

/** How many messages of a way were set aside. */
export const asideOf = async (id: string): Promise<number> =>
  Number((await attributesOf(asideName(id)))['ApproximateNumberOfMessages']);

/**
 * Hands what was set aside before a consumer back to its queue; the service moves it one by one and forgets nothing
 * that it has not moved. While an earlier move still runs, that one is enough.
 */
export const moveBack = async (id: string): Promise<void> => {
  const { QueueArn } = await attributesOf(asideName(id));
  try {
    await askAws('sqs', 'StartMessageMoveTask', { SourceArn: QueueArn });
  } catch (error) {
    if (!(error instanceof AwsRefusal && /already/i.test(error.message))) throw error;
  }
};

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

/** How far back a measure is looked for: it comes by the minute, and some minutes late. */
const LOOKED_BACK_S = 600;

/** Age in seconds of the oldest that is not done, by way. What the measure says nothing of is not in it. */
export const agesOf = async (nowMs: number): Promise<ReadonlyMap<string, number>> => {
  const { queues, streams } = waysOf();
  const asked: readonly { id: string; metric: Metric; unit: number }[] = [
    ...queues.map((id) => ({ id, metric: queueAge(queueName(id)), unit: 1 })),
    ...Object.entries(streams).map(([id, name]) => ({ id, metric: streamAge(name), unit: 1000 })),
  ];
  const end = Math.ceil(nowMs / 60_000) * 60;
  const MetricDataQueries = asked.map(({ metric }, at) => ({
    Id: `m${at}`,
    MetricStat: { Metric: metric, Period: 60, Stat: 'Maximum' },
  }));
  try {
    const { MetricDataResults } = await askAws<{
      MetricDataResults: readonly { readonly Id: string; readonly Values: readonly number[] }[];
    }>('monitoring', 'GetMetricData', {
      MetricDataQueries,
      StartTime: end - LOOKED_BACK_S,
      EndTime: end,
      ScanBy: 'TimestampDescending',
    });
    return new Map(
      MetricDataResults.flatMap(({ Id, Values: [latest] }) => {
        const of = asked[Number(Id.slice(1))];
        return of && latest !== undefined ? [[of.id, Math.round(latest / of.unit)] as const] : [];
      }),
    );
  } catch (error) {
    // the counts are worth showing without the ages
    if (!(error instanceof AwsRefusal)) throw error;
    log({ level: 'error', event: 'ages-unknown', code: error.code });
    return new Map();
  }
};

const queueAge = (name: string): Metric => ({
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateAgeOfOldestMessage',
  Dimensions: [{ Name: 'QueueName', Value: name }],
});
const streamAge = (name: string): Metric => ({
  Namespace: 'AWS/Lambda',
  MetricName: 'IteratorAge',
  Dimensions: [{ Name: 'FunctionName', Value: name }],
});
