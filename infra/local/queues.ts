import type { ReceivedMessage } from './engines/sqs/storage.ts';
import type { Sqs } from './engines/sqs.ts';
import { fits } from './event-filter.ts';
import type { Functions } from './functions.ts';
import type { MappingSpec } from './template-events.ts';

/** What waits before a function. */
export interface QueueLag {
  readonly mapping: string;
  readonly queue: string;
  readonly waiting: number;
  readonly inFlight: number;
  /** Milliseconds since the oldest of them was sent. */
  readonly oldestMs: number;
}

export interface QueueReader {
  lag(): QueueLag;
  stop(): Promise<void>;
}

export interface QueueOptions {
  readonly mapping: MappingSpec & { readonly source: { readonly kind: 'queue'; readonly queue: string } };
  readonly sqs: Pick<Sqs, 'receive' | 'delete' | 'changeVisibility' | 'depth'>;
  readonly functions: Pick<Functions, 'invoke'>;
  readonly region: string;
  readonly account: string;
  /** Seconds for which the queue hides a received message. */
  readonly visibilityTimeoutSeconds: number;
  /** Somebody waits for what is on its way: no window is waited out. */
  readonly hurried?: () => boolean;
}

/** Seconds a receiver waits for a message before it asks again. */
const longPollSeconds = 20;

/** Receives messages for one event source mapping and hands them to its function in batches. */
export const startQueueReader = (options: QueueOptions): QueueReader => {
  const { mapping, sqs } = options;
  const { queue } = mapping.source;
  const arn = `arn:aws:sqs:${options.region}:${options.account}:${queue}`;
  const running = new Set<Promise<void>>();
  let gathering = 0;
  let stopping = false;

  /** Waits for a first message, then for a full batch or the end of the window. */
  const gather = async (): Promise<readonly ReceivedMessage[]> => {
    const most = (held: number) => mapping.batchSize - held;
    const batch = await sqs.receive(queue, { max: most(0), waitSeconds: longPollSeconds });
    gathering = batch.length;
    const until = Date.now() + mapping.windowMs;
    while (batch.length > 0 && batch.length < mapping.batchSize && !stopping && !options.hurried?.()) {
      const waitSeconds = Math.min(0.2, (until - Date.now()) / 1_000);
      const more = await sqs.receive(queue, { max: most(batch.length), waitSeconds: Math.max(0, waitSeconds) });
      batch.push(...more);
      gathering = batch.length;
      if (more.length === 0 && Date.now() >= until) break;
    }
    return batch;
  };

  const work = async (batch: readonly ReceivedMessage[]): Promise<void> => {
    const records = batch.map((message) => ({ message, record: recordOf(message, arn, options.region) }));
    const wanted = records.filter(({ record }) => isWanted(mapping, record));
    const left = records.filter((it) => !wanted.includes(it));
    if (left.length > 0) sqs.delete(queue, ...left.map(({ message }) => message.ReceiptHandle));
    if (wanted.length === 0) return;
    const outcome = await options.functions.invoke(mapping.functionName, {
      Records: wanted.map(({ record }) => record),
    });
    const failed = outcome.ok
      ? failedIds(
          mapping,
          outcome.payload,
          wanted.map(({ message }) => message.MessageId),
        )
      : new Set(wanted.map(({ message }) => message.MessageId));
    const done = wanted.filter(({ message }) => !failed.has(message.MessageId));
    if (done.length > 0) sqs.delete(queue, ...done.map(({ message }) => message.ReceiptHandle));
    for (const { message } of wanted) {
      if (!failed.has(message.MessageId)) continue;
      sqs.changeVisibility(queue, message.ReceiptHandle, patience(message, options.visibilityTimeoutSeconds));
    }
  };

  const run = async (): Promise<void> => {
    while (!stopping) {
      const batch = await gather();
      if (stopping) {
        for (const { ReceiptHandle } of batch) sqs.changeVisibility(queue, ReceiptHandle, 0);
        return;
      }
      if (batch.length === 0) continue;
      const working = work(batch)
        .catch((error) => console.error(`queue ${queue}:`, error))
        .finally(() => running.delete(working));
      running.add(working);
      gathering = 0;
      if (running.size >= mapping.maximumConcurrency) await Promise.race(running);
    }
  };
  run().catch((error) => {
    // the engine closes under a receiver that waits: that is how it learns of the end
    if (!stopping) console.error(`queue ${queue}:`, error);
  });

  return {
    lag: () => {
      const { visible, inFlight, delayed, oldestMs } = sqs.depth(queue);
      const waiting = visible + delayed;
      return { mapping: mapping.logicalId, queue, waiting, inFlight: Math.max(inFlight, gathering), oldestMs };
    },
    stop: async () => {
      stopping = true;
      await Promise.all(running);
    },
  };
};

/** Seconds until a failed message comes back: sooner than in the cloud at first, as nobody wants to watch a laptop wait. */
const patience = (message: ReceivedMessage, most: number): number =>
  Math.min(2 ** (Number(message.Attributes.ApproximateReceiveCount) - 1), most);

const recordOf = (message: ReceivedMessage, arn: string, region: string) => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  md5OfBody: message.MD5OfBody,
  attributes: message.Attributes,
  messageAttributes: message.MessageAttributes,
  eventSource: 'aws:sqs',
  eventSourceARN: arn,
  awsRegion: region,
});

const isWanted = (mapping: MappingSpec, record: { readonly body: string }): boolean => {
  if (mapping.filters.length === 0) return true;
  const body = parsed(record.body);
  return mapping.filters.some((filter) => fits(filter, { ...record, body }));
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
};

/** Ids that the function gave back; all of them when its answer names one that was not in the batch. */
const failedIds = (mapping: MappingSpec, payload: string, ids: readonly string[]): ReadonlySet<string> => {
  if (!mapping.partialFailures) return new Set();
  const failures: unknown = JSON.parse(payload)?.batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  const named = Array.isArray(failures) ? failures.map((failure) => String(failure?.itemIdentifier)) : [''];
  return new Set(named.every((id) => ids.includes(id)) ? named : ids);
};
