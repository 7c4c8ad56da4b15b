import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fits } from './event-filter.ts';
import type { Functions } from './functions.ts';
import type { State } from './state.ts';
import { deliver } from './stream-batches.ts';
import type { StreamCalls } from './stream-calls.ts';
import { type Lane, startLane } from './stream-lane.ts';
import { eventRecordOf, isBefore, type StreamEventRecord } from './stream-records.ts';
import type { MappingSpec } from './template-events.ts';

/** How far behind its table a reader is. */
export interface StreamLag {
  readonly mapping: string;
  readonly table: string;
  /** Name of the function that is called. */
  readonly functionName: string;
  /** Records read that the function has not done yet. */
  readonly pending: number;
  /** Milliseconds since the oldest of them was written. */
  readonly oldestMs: number;
}

export interface StreamReader {
  lag(): StreamLag;
  /** Reads at once instead of at the next turn: something was written. */
  nudge(): void;
  /** Resolves once everything written before this call is done. */
  caughtUp(): Promise<void>;
  readonly table: string;
  stop(): Promise<void>;
}

export interface StreamOptions {
  readonly mapping: MappingSpec & { readonly source: { readonly kind: 'stream'; readonly table: string } };
  readonly dynamoDb: DynamoDBClient;
  readonly streams: StreamCalls;
  readonly functions: Pick<Functions, 'invoke'>;
  readonly state: State;
  readonly region: string;
  setAside(queue: string, message: unknown): void;
  readonly now?: () => number;
  /** Somebody waits for what is on its way: no window is waited out. */
  readonly hurried?: () => boolean;
}

/**
 * The engine has one shard per table, a real stream has several: records are dealt to so many lanes by their partition key,
 * each lane read by its own consumer, so that code that needs a single reader fails here too.
 */
const lanesPerShard = 4;

/**
 * Milliseconds between two readings of a quiet stream, of one that is written to (Lambda asks four times a second; who sits
 * before this machine is less patient), and while somebody waits for what is on its way.
 */
const turn = { quiet: 500, busy: 100, hurried: 25 };

/** Where a lane stands that has records and has done none of them: before every sequence number. */
const beginning = '0';

/** Records waiting in memory above which reading pauses. */
const mostPending = 5_000;

/** Follows a table's stream for one event source mapping, from where it stood when this machine last ran. */
export const startStream = async (options: StreamOptions): Promise<StreamReader> => {
  const { mapping, streams } = options;
  const now = options.now ?? Date.now;
  const { table } = mapping.source;
  const { Table } = await options.dynamoDb.send(new DescribeTableCommand({ TableName: table }));
  const streamArn = Table?.LatestStreamArn;
  if (streamArn === undefined) throw new Error(`${mapping.logicalId} reads the stream of ${table}, which has none`);
  const keyName = Table?.KeySchema?.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
  const closing = new AbortController();
  const readers = new Map<string, ShardReader>();

  const readShards = async (): Promise<void> => {
    for (const { ShardId = '', ParentShardId = '' } of await streams.shards(streamArn)) {
      const parentDone = readers.get(ParentShardId)?.ended() ?? true;
      if (!readers.has(ShardId) && parentDone) {
        readers.set(
          ShardId,
          readShard({ ...options, streamArn, keyName, shard: ShardId, now, signal: closing.signal }),
        );
      }
    }
  };
  await readShards();
  // a real stream splits its shards every few hours; the engine's one shard stays
  const looking = setInterval(() => void readShards().catch(() => undefined), 30_000).unref();
  const all = () => [...readers.values()];
  return {
    table,
    lag: () => ({
      mapping: mapping.logicalId,
      table,
      functionName: mapping.functionName,
      pending: all().reduce((sum, reader) => sum + reader.pending(), 0),
      oldestMs: Math.max(0, ...all().map((reader) => reader.oldestMs())),
    }),
    nudge: () => {
      for (const reader of all()) reader.nudge();
    },
    caughtUp: async () => {
      await Promise.all(all().map((reader) => reader.caughtUp()));
    },
    stop: async () => {
      clearInterval(looking);
      closing.abort();
      await Promise.all(all().map((reader) => reader.stopped));
    },
  };
};

interface ShardReader {
  pending(): number;
  oldestMs(): number;
  nudge(): void;
  caughtUp(): Promise<void>;
  ended(): boolean;
  readonly stopped: Promise<void>;
}

const readShard = (
  options: StreamOptions & {
    readonly streamArn: string;
    readonly keyName: string;
    readonly shard: string;
    readonly now: () => number;
    readonly signal: AbortSignal;
  },
): ShardReader => {
  const { mapping, state, shard, signal, now } = options;
  const count = lanesPerShard * mapping.parallel;
  const known = state.positions(mapping.logicalId, shard);
  const laneName = (index: number): string => `${index} of ${count}`;
  const before = [...known.values()].reduce<string | undefined>(
    (least, it) => (least === undefined || isBefore(it, least) ? it : least),
    undefined,
  );
  let read = before === beginning ? undefined : before;
  let iterator: string | undefined;
  let ended = false;
  let nudged = Promise.withResolvers<void>();
  let readings = 0;
  let lastEmpty = 0;
  /** When the last record that was read was written, to the second below. */
  let lastWritten = 0;

  const lanes: readonly Lane[] = Array.from({ length: count }, (_, index) =>
    startLane({
      mapping,
      start: known.get(laneName(index)) ?? before,
      signal,
      now,
      ...(options.hurried && { hurried: options.hurried }),
      work: (records, done) =>
        deliver(mapping, records, {
          invoke: (event) => options.functions.invoke(mapping.functionName, event),
          done: (sequence) => {
            done(sequence);
            save();
          },
          setAside: (message) => {
            if (mapping.onFailureQueue !== undefined) options.setAside(mapping.onFailureQueue, message);
          },
          signal,
          now,
        }),
    }),
  );
  const laneOf = (record: StreamEventRecord): Lane => {
    const key = JSON.stringify((record.dynamodb.Keys as Record<string, unknown> | undefined)?.[options.keyName]);
    const index =
      createHash('sha256')
        .update(key ?? '')
        .digest()
        .readUInt32BE(0) % count;
    return lanes[index] as Lane; // within the count
  };

  /** A lane with nothing to do is as far as the reading itself. */
  const save = (): void => {
    const positions = lanes.flatMap((lane, index) => {
      const done = lane.position();
      const further = lane.pending() === 0 && read !== undefined && (done === undefined || isBefore(done, read));
      // without a place of its own it would be taken to stand where the others stand, and its records would be gone
      const position = further ? read : (done ?? (lane.pending() > 0 ? beginning : undefined));
      return position === undefined ? [] : [[laneName(index), position] as const];
    });
    state.savePositions(mapping.logicalId, shard, new Map(positions));
  };

  /** A mapping that begins with the latest leaves out what is there when it reads for the first time ever. */
  const begun = `begun ${mapping.logicalId} ${shard}`;
  let leavingOut = mapping.startingPosition === 'LATEST' && read === undefined && state.note(begun) === undefined;

  /** Reads once; answers how many records there were. */
  const readOnce = async (): Promise<number> => {
    iterator ??= await options.streams.iterator(options.streamArn, shard, read);
    if (iterator === undefined) {
      ended = true;
      return 0;
    }
    const { records, next } = await options.streams.records(iterator, 1_000);
    for (const raw of records) {
      const record = eventRecordOf(raw, options.streamArn, options.region);
      const sequence = record.dynamodb.SequenceNumber;
      const fitting = mapping.filters.length === 0 || mapping.filters.some((filter) => fits(filter, record));
      if (fitting && !leavingOut) laneOf(record).add(record);
      read = sequence;
      lastWritten = record.dynamodb.ApproximateCreationDateTime * 1_000;
    }
    if (leavingOut && records.length === 0) {
      leavingOut = false;
      state.saveNote(begun, new Date(now()).toISOString());
      save();
    }
    iterator = next;
    ended = next === undefined;
    return records.length;
  };

  const follow = async (): Promise<void> => {
    while (!signal.aborted && !ended) {
      try {
        readings += 1;
        if ((await readOnce()) === 0) {
          lastEmpty = readings;
          await Promise.race([rest(turn.quiet), nudged.promise]);
        }
        nudged = Promise.withResolvers();
        const busy = options.hurried?.() ? turn.hurried : turn.busy;
        await rest(pending() > mostPending ? turn.quiet : busy);
      } catch (error) {
        if (signal.aborted) return;
        // an iterator lives 15 minutes; from the position a new one is had
        iterator = undefined;
        const name = error instanceof Error ? error.name : '';
        if (name === 'TrimmedDataAccessException') read = undefined;
        if (name !== 'ExpiredIteratorException') {
          console.error(`stream of ${mapping.source.table}:`, error instanceof Error ? error.message : error);
        }
        await rest(turn.quiet);
      }
    }
  };
  const rest = (ms: number): Promise<void> => pause(ms, undefined, { signal, ref: false }).catch(() => undefined);
  const pending = (): number => lanes.reduce((sum, lane) => sum + lane.pending(), 0);
  const stopped = follow().then(async () => {
    await Promise.all(lanes.map((lane) => lane.stopped));
    save();
  });

  return {
    pending,
    oldestMs: () => Math.max(0, ...lanes.map((lane) => lane.oldestMs())),
    nudge: () => nudged.resolve(),
    caughtUp: async () => {
      const asked = readings;
      const askedAt = now();
      const isOpen = () => !signal.aborted && !ended;
      // all that was written before is read once there is nothing more, or something that was written since
      while (isOpen() && lastEmpty <= asked && lastWritten <= askedAt) {
        nudged.resolve();
        await pause(5);
      }
      // what is written from here on is not waited for
      const upTo = read;
      while (isOpen() && upTo !== undefined && lanes.some((lane) => lane.owes(upTo))) await pause(5);
    },
    ended: () => ended && pending() === 0,
    stopped,
  };
};
