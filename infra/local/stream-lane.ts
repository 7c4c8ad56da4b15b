import { setTimeout as pause } from 'node:timers/promises';
import { isBefore, type StreamEventRecord } from './stream-records.ts';
import type { MappingSpec } from './template-events.ts';

/** Records of some partition keys, worked on one batch at a time, in order. */
export interface Lane {
  /** Takes a record, unless this lane has done it before. */
  add(record: StreamEventRecord): void;
  /** Records taken and not done, those under way included. */
  pending(): number;
  /** Whether a record up to this sequence number is not done yet. */
  owes(sequence: string): boolean;
  /** The last record that is done. */
  position(): string | undefined;
  oldestMs(): number;
  readonly stopped: Promise<void>;
}

/** Works until the signal says stop; the batch under way is finished by then. */
export const startLane = (options: {
  readonly mapping: Pick<MappingSpec, 'batchSize' | 'windowMs'>;
  /** What was done before this machine last stopped. */
  readonly start: string | undefined;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Somebody waits for what is on its way: no window is waited out. */
  readonly hurried?: () => boolean;
  work(records: readonly StreamEventRecord[], done: (sequence: string) => void): Promise<void>;
}): Lane => {
  const { mapping, signal, now } = options;
  const waiting: StreamEventRecord[] = [];
  let position = options.start;
  let woken = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => woken.resolve());

  const finish = (sequence: string): void => {
    position = sequence;
    while (waiting[0] !== undefined && !isBefore(sequence, waiting[0].dynamodb.SequenceNumber)) waiting.shift();
  };

  /** Waits until the batch is full or the window since its first record is over. */
  const gather = async (): Promise<void> => {
    const until = now() + mapping.windowMs;
    while (!signal.aborted && waiting.length < mapping.batchSize && now() < until && !options.hurried?.()) {
      await pause(Math.min(20, until - now()), undefined, { signal }).catch(() => undefined);
    }
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      if (waiting.length === 0) {
        woken = Promise.withResolvers();
        await woken.promise;
        continue;
      }
      await gather();
      if (signal.aborted) return;
      await options.work(waiting.slice(0, mapping.batchSize), finish);
    }
  };

  const stopped = run();
  return {
    add: (record) => {
      const sequence = record.dynamodb.SequenceNumber;
      if (position !== undefined && !isBefore(position, sequence)) return;
      waiting.push(record);
      woken.resolve();
    },
    pending: () => waiting.length,
    owes: (sequence) => waiting[0] !== undefined && !isBefore(sequence, waiting[0].dynamodb.SequenceNumber),
    position: () => position,
    oldestMs: () => {
      const [oldest] = waiting;
      return oldest === undefined ? 0 : Math.max(0, now() - oldest.dynamodb.ApproximateCreationDateTime * 1_000);
    },
    stopped,
  };
};
