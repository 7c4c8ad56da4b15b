import { setTimeout as pause } from 'node:timers/promises';
import type { Functions } from './functions.ts';
import type { Home } from './home.ts';
import { type QueueLag, type QueueReader, startQueueReader } from './queues.ts';
import type { State } from './state.ts';
import { type StreamLag, type StreamReader, startStream } from './streams.ts';
import type { Template } from './template.ts';
import { type MappingSpec, mappingsOf } from './template-events.ts';
import { queuesOf } from './template-resources.ts';

/** Everything that brings records to functions. */
export interface Readers {
  lag(): { readonly streams: readonly StreamLag[]; readonly queues: readonly QueueLag[] };
  /** Something was perhaps written to these tables. */
  nudge(tables: ReadonlySet<string>): void;
  /**
   * Waits until no record is left, read or unread, and nobody is busy; false when the time was over before. Who hurries
   * does not wait out the windows in which records are gathered.
   */
  settled(withinMs: number, hurry?: boolean): Promise<boolean>;
  /**
   * Waits until what was written before this call has been followed to its end, whatever is written meanwhile; false when
   * the time was over before. No window is waited out, and mappings whose logical id begins so are not waited for.
   */
  followed(withinMs: number, but?: readonly string[]): Promise<boolean>;
  stop(): Promise<void>;
}

/**
 * So often what follows from an act is itself followed: from the table by its stream and a queue to a consumer, which
 * writes again. A published paper comes to the live file of its meeting on the third of these ways.
 */
const WAYS_IN_A_ROW = 4;
/** Clocks are read one after the other. */
const CLOCK_MS = 5;

/** Starts a reader for each event source mapping of the template. */
export const startReaders = async (options: {
  readonly template: Template;
  readonly home: Pick<Home, 'dynamoDb' | 'streams' | 'sqs'>;
  readonly functions: Functions;
  readonly state: State;
}): Promise<Readers> => {
  const { template, home, functions, state } = options;
  const { region, account } = template.place;
  const queueSpecs = queuesOf(template);
  let hurrying = 0;
  const hurried = () => hurrying > 0;
  const streams: StreamReader[] = [];
  const queues: QueueReader[] = [];
  for (const mapping of mappingsOf(template)) {
    if (isStream(mapping)) {
      const setAside = (queue: string, message: unknown) => void home.sqs.send(queue, JSON.stringify(message));
      const { dynamoDb, streams: client } = home;
      streams.push(
        await startStream({ mapping, dynamoDb, streams: client, functions, state, region, setAside, hurried }),
      );
    } else if (isQueue(mapping)) {
      const seconds = queueSpecs.find(({ name }) => name === mapping.source.queue)?.visibilityTimeoutSeconds ?? 30;
      queues.push(
        startQueueReader({
          mapping,
          sqs: home.sqs,
          functions,
          region,
          account,
          hurried,
          visibilityTimeoutSeconds: seconds,
        }),
      );
    }
  }
  const lag = () => ({ streams: streams.map((it) => it.lag()), queues: queues.map((it) => it.lag()) });
  const isQuiet = (): boolean => {
    const now = lag();
    return (
      functions.underWay() === 0 &&
      now.streams.every(({ pending }) => pending === 0) &&
      now.queues.every(({ waiting, inFlight }) => waiting + inFlight === 0)
    );
  };
  const quietWithin = async (withinMs: number): Promise<boolean> => {
    const until = Date.now() + withinMs;
    for (;;) {
      const before = functions.started();
      const read = await Promise.race([
        Promise.all(streams.map((stream) => stream.caughtUp())).then(() => true),
        pause(Math.max(1, until - Date.now()), false, { ref: false }),
      ]);
      // a call made meanwhile may have written behind the reading
      if (read && isQuiet() && functions.started() === before) return true;
      if (Date.now() >= until) return false;
      await pause(10);
    }
  };
  const followed = async (withinMs: number, but: readonly string[] = []): Promise<boolean> => {
    const until = Date.now() + withinMs;
    const awaited = queues.filter((queue) => !but.some((name) => queue.lag().mapping.startsWith(name)));
    for (let way = 0; way < WAYS_IN_A_ROW; way++) {
      const read = Promise.all(streams.map((stream) => stream.caughtUp())).then(() => true);
      const late = pause(Math.max(1, until - Date.now()), false, { ref: false });
      if (!(await Promise.race([read, late]))) return false;
      const asked = Date.now();
      const owes = ({ waiting, inFlight, oldestMs }: QueueLag): boolean =>
        waiting + inFlight > 0 && Date.now() - oldestMs <= asked + CLOCK_MS;
      while (awaited.some((queue) => owes(queue.lag()))) {
        if (Date.now() >= until) return false;
        await pause(10);
      }
    }
    return true;
  };
  const hurriedly = async <T>(wait: Promise<T>): Promise<T> => {
    hurrying += 1;
    return wait.finally(() => {
      hurrying -= 1;
    });
  };
  return {
    lag,
    nudge: (tables) => {
      for (const stream of streams) if (tables.has(stream.table)) stream.nudge();
    },
    settled: (withinMs, hurry = false) => (hurry ? hurriedly(quietWithin(withinMs)) : quietWithin(withinMs)),
    followed: (withinMs, but) => hurriedly(followed(withinMs, but)),
    stop: async () => {
      await Promise.all([...streams, ...queues].map((reader) => reader.stop()));
    },
  };
};

const isStream = (
  mapping: MappingSpec,
): mapping is MappingSpec & { readonly source: { readonly kind: 'stream'; readonly table: string } } =>
  mapping.source.kind === 'stream';

const isQueue = (
  mapping: MappingSpec,
): mapping is MappingSpec & { readonly source: { readonly kind: 'queue'; readonly queue: string } } =>
  mapping.source.kind === 'queue';
