import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { type Credentials, localAccount, localCredentials, localRegion } from './credentials.ts';
import { type JsonOperation, jsonOperation, serveJson } from './json-service.ts';
import type { Listening } from './listen.ts';
import { isServiceError, serviceError } from './service-error.ts';
import { type Depth, md5, openMessageStorage, type QueueSettings, type ReceivedMessage } from './sqs/storage.ts';
import { startWaiting } from './sqs/waiting.ts';

export interface SqsOptions {
  readonly dataDir: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly queues: readonly QueueSettings[];
  readonly credentials?: Credentials;
  /** All receivers ended with the last run: what they held is given back at once instead of when its time is over. */
  readonly receiversEnded?: boolean;
}

/** The queues, also for callers in this process, who name them by name. */
export interface Sqs extends Listening {
  urlOf(queue: string): string;
  addQueue(settings: QueueSettings): void;
  send(queue: string, body: string): string;
  /** As many messages as there are up to `max`, as soon as there is one; none when `waitSeconds` have passed. */
  receive(
    queue: string,
    options?: { readonly max?: number; readonly waitSeconds?: number },
  ): Promise<ReceivedMessage[]>;
  delete(queue: string, ...receiptHandles: readonly string[]): void;
  /** Hides a received message for so many seconds more; 0 gives it back at once. */
  changeVisibility(queue: string, receiptHandle: string, seconds: number): void;
  depth(queue: string): Depth;
}

/** Longest message and longest batch, in bytes. Source: Amazon SQS, 1 MiB. */
const longestMessage = 1_048_576;

/**
 * Local queues for the JSON protocol of the SDK: at least once, no order promised, dead letters. What it acknowledged
 * survives `kill -9`. Not spoken: FIFO queues, tags, policies.
 */
export const startSqs = async (options: SqsOptions): Promise<Sqs> => {
  const storage = openMessageStorage(options.dataDir);
  if (options.receiversEnded === true) storage.giveBackAll(Date.now());
  const queues = new Map(options.queues.map((queue) => [queue.name, queue]));
  const waiting = startWaiting();
  /** What this queue gives up goes to its dead letters; into a queue of dead letters comes what others give up. */
  const tidy = (name: string, now: number) => {
    for (const queue of queues.values())
      if (queue.name === name || queue.redrive?.to === name) storage.bury(queue, now);
  };
  const expiring = setInterval(() => storage.expire(Date.now()), 60_000).unref();
  const settingsOf = (name: string): QueueSettings => {
    const queue = queues.get(name);
    if (queue === undefined) throw serviceError(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  };
  const send = (queue: string, messages: readonly v.InferOutput<typeof Message>[]): readonly string[] => {
    settingsOf(queue);
    const fresh = messages.map(({ MessageBody, MessageAttributes, DelaySeconds }) => ({
      body: MessageBody,
      attributes: MessageAttributes,
      delaySeconds: DelaySeconds,
    }));
    const ids = storage.send(queue, fresh, Date.now());
    waiting.wake(queue);
    return ids;
  };
  const receive = (
    name: string,
    { limit = 10, waitSeconds = 0, visibilityTimeout = -1 },
  ): Promise<ReceivedMessage[]> => {
    const queue = settingsOf(name);
    const hidden = visibilityTimeout < 0 ? queue.visibilityTimeout : visibilityTimeout;
    return waiting
      .until(
        name,
        (now) => {
          tidy(name, now);
          const messages = storage.receive(queue, { limit, visibilityTimeout: hidden }, now);
          return messages.length > 0 ? messages : undefined;
        },
        (now) => storage.nextDue(name, now),
        Date.now() + waitSeconds * 1000,
      )
      .then((messages) => messages ?? []);
  };
  const change = (queue: string, receipt: string, seconds: number) => {
    storage.hide(settingsOf(queue).name, receipt, seconds, Date.now());
    waiting.wake(queue);
  };
  const depth = (queue: string) => {
    const now = Date.now();
    tidy(queue, now);
    return storage.depth(settingsOf(queue).name, now);
  };
  const remove = (queue: string, ...receipts: readonly string[]) => storage.remove(settingsOf(queue).name, receipts);
  const moveBack = (name: string): number => {
    const source = [...queues.values()].find(({ redrive }) => redrive?.to === settingsOf(name).name);
    if (!source) throw serviceError(400, 'InvalidParameterValue', 'The source is no dead letter queue of another.');
    const moved = storage.move(name, source.name, Date.now());
    waiting.wake(source.name);
    return moved;
  };
  const inner: Inner = { settingsOf, send, receive, remove, change, depth, moveBack };
  const listening = await serveJson({
    port: options.port,
    target: 'AmazonSQS',
    service: 'sqs',
    credentials: options.credentials ?? localCredentials,
    malformed: 'InvalidParameterValue',
    operations: operationsOf(inner, (name) => urlOf(name)),
  });
  const urlOf = (name: string) => `${listening.endpoint}/${localAccount}/${name}`;
  return {
    ...listening,
    urlOf,
    addQueue: (settings) => void queues.set(settings.name, settings),
    send: (queue, body) => send(queue, [v.parse(Message, { MessageBody: body })])[0] as string,
    receive: (queue, { max = 10, waitSeconds = 0 } = {}) => receive(queue, { limit: max, waitSeconds }),
    delete: remove,
    changeVisibility: change,
    depth,
    stop: async () => {
      clearInterval(expiring);
      waiting.end();
      await listening.stop();
      storage.close();
    },
  };
};

interface Inner {
  readonly settingsOf: (name: string) => QueueSettings;
  readonly send: (queue: string, messages: readonly v.InferOutput<typeof Message>[]) => readonly string[];
  readonly receive: (
    queue: string,
    options: { limit?: number; waitSeconds?: number; visibilityTimeout?: number },
  ) => Promise<ReceivedMessage[]>;
  readonly remove: (queue: string, receipt: string) => void;
  readonly change: (queue: string, receipt: string, seconds: number) => void;
  readonly depth: (queue: string) => Depth;
  /** Starts handing the dead letters of this queue back to where they came from; answers how many. */
  readonly moveBack: (queue: string) => number;
}

const seconds = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most));
/** A queue's address; answers its name. */
const QueueUrl = v.pipe(
  v.string(),
  v.transform((url) => url.slice(url.lastIndexOf('/') + 1)),
);
// the service refuses signs that XML cannot hold
const text = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]+$/u;
const Message = v.object({
  MessageBody: v.pipe(v.string(), v.maxBytes(longestMessage), v.regex(text)),
  MessageAttributes: v.optional(v.record(v.string(), v.unknown()), {}),
  DelaySeconds: v.optional(seconds(900), 0),
});
const Receipt = v.object({ ReceiptHandle: v.string() });
const Visibility = v.object({ ReceiptHandle: v.string(), VisibilityTimeout: seconds(43_200) });
const batchOf = <const E extends v.ObjectEntries>(entries: E) =>
  v.object({ QueueUrl, Entries: v.array(v.object({ Id: v.string(), ...entries })) });

const operationsOf = (sqs: Inner, urlOf: (name: string) => string): Record<string, JsonOperation> => ({
  GetQueueUrl: jsonOperation(v.object({ QueueName: v.string() }), ({ QueueName }) => ({
    QueueUrl: urlOf(sqs.settingsOf(QueueName).name),
  })),
  GetQueueAttributes: jsonOperation(
    v.object({ QueueUrl, AttributeNames: v.optional(v.array(v.string()), []) }),
    ({ QueueUrl: name, AttributeNames }) => {
      const all = attributesOf(sqs.settingsOf(name), sqs.depth(name));
      const wanted = Object.entries(all).filter(
        ([key]) => AttributeNames.includes(key) || AttributeNames.includes('All'),
      );
      return { Attributes: Object.fromEntries(wanted) };
    },
  ),
  StartMessageMoveTask: jsonOperation(v.object({ SourceArn: v.string() }), ({ SourceArn }) => {
    sqs.moveBack(SourceArn.slice(SourceArn.lastIndexOf(':') + 1));
    return { TaskHandle: randomUUID() };
  }),
  SendMessage: jsonOperation(v.object({ QueueUrl, ...Message.entries }), ({ QueueUrl: name, ...message }) => ({
    MessageId: sqs.send(name, [message])[0],
    MD5OfMessageBody: md5(message.MessageBody),
  })),
  SendMessageBatch: jsonOperation(batchOf(Message.entries), ({ QueueUrl: name, Entries }) => {
    requireBatch(Entries);
    if (Entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.MessageBody), 0) > longestMessage) {
      throw serviceError(400, 'BatchRequestTooLong', 'The messages of the batch are too long together.');
    }
    const ids = sqs.send(name, Entries);
    const results = Entries.map(({ Id, MessageBody }, at) => ({
      Id,
      MessageId: ids[at],
      MD5OfMessageBody: md5(MessageBody),
    }));
    return { Successful: results, Failed: [] };
  }),
  ReceiveMessage: jsonOperation(
    v.object({
      QueueUrl,
      MaxNumberOfMessages: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)), 1),
      WaitTimeSeconds: v.optional(seconds(20), 0),
      VisibilityTimeout: v.optional(seconds(43_200)),
    }),
    async ({ QueueUrl: name, MaxNumberOfMessages: limit, WaitTimeSeconds: waitSeconds, VisibilityTimeout }) => ({
      Messages: await sqs.receive(name, {
        limit,
        waitSeconds,
        ...(VisibilityTimeout !== undefined && { visibilityTimeout: VisibilityTimeout }),
      }),
    }),
  ),
  DeleteMessage: jsonOperation(v.object({ QueueUrl, ...Receipt.entries }), ({ QueueUrl: name, ReceiptHandle }) => {
    sqs.remove(name, ReceiptHandle);
    return {};
  }),
  DeleteMessageBatch: jsonOperation(batchOf(Receipt.entries), ({ QueueUrl: name, Entries }) =>
    eachOf(Entries, ({ ReceiptHandle }) => sqs.remove(name, ReceiptHandle)),
  ),
  ChangeMessageVisibility: jsonOperation(v.object({ QueueUrl, ...Visibility.entries }), (input) => {
    sqs.change(input.QueueUrl, input.ReceiptHandle, input.VisibilityTimeout);
    return {};
  }),
  ChangeMessageVisibilityBatch: jsonOperation(batchOf(Visibility.entries), ({ QueueUrl: name, Entries }) =>
    eachOf(Entries, ({ ReceiptHandle, VisibilityTimeout }) => sqs.change(name, ReceiptHandle, VisibilityTimeout)),
  ),
});

const attributesOf = (queue: QueueSettings, depth: Depth): Record<string, string> => ({
  QueueArn: arnOf(queue.name),
  VisibilityTimeout: String(queue.visibilityTimeout),
  ApproximateNumberOfMessages: String(depth.visible),
  ApproximateNumberOfMessagesNotVisible: String(depth.inFlight),
  ApproximateNumberOfMessagesDelayed: String(depth.delayed),
  ...(queue.redrive !== undefined && {
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: arnOf(queue.redrive.to),
      maxReceiveCount: queue.redrive.maxReceiveCount,
    }),
  }),
});

const arnOf = (queue: string): string => `arn:aws:sqs:${localRegion}:${localAccount}:${queue}`;

const requireBatch = (entries: readonly { readonly Id: string }[]): void => {
  if (entries.length === 0) throw serviceError(400, 'EmptyBatchRequest', 'The batch has no entries.');
  if (entries.length > 10)
    throw serviceError(400, 'TooManyEntriesInBatchRequest', 'The batch has more than 10 entries.');
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw serviceError(400, 'BatchEntryIdsNotDistinct', 'Two entries of the batch have the same id.');
  }
};

/** Each entry has its own fate: what is refused is told, the others are done. */
const eachOf = <E extends { readonly Id: string }>(entries: readonly E[], act: (entry: E) => void) => {
  requireBatch(entries);
  const Successful: { Id: string }[] = [];
  const Failed: { Id: string; SenderFault: boolean; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    try {
      act(entry);
      Successful.push({ Id: entry.Id });
    } catch (cause) {
      if (!isServiceError(cause)) throw cause;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: cause.code, Message: cause.message });
    }
  }
  return { Successful, Failed };
};
