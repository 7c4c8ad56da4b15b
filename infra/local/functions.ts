import { randomUUID } from 'node:crypto';
import { devNull } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type LogLine, openLog } from './function-log.ts';
import type { Call, Consumption, Report, WorkerData } from './function-worker.ts';
import type { FunctionSpec } from './template-resources.ts';

/** What became of a call. `payload` is JSON. */
export type Outcome =
  | { readonly ok: true; readonly payload: string; readonly consumed?: Consumption }
  | {
      readonly ok: false;
      readonly reason: 'threw' | 'timed-out' | 'crashed' | 'throttled' | 'too-large' | 'unknown';
      readonly message: string;
    };

export interface FunctionCount {
  readonly invocations: number;
  readonly failures: number;
  /** Time between call and answer, all calls together. */
  readonly milliseconds: number;
  /** What tables were asked, by the operation that the answer names; runs without an answer to a phone stand under ''. */
  readonly operations: Readonly<Record<string, OperationCount>>;
}

/** Runs of one operation and what their calls of tables consumed. */
export interface OperationCount extends Readonly<Consumption> {
  readonly runs: number;
}

export interface Functions {
  /** Calls a function by its name and waits for its answer. Never throws for what the function does. */
  invoke(name: string, event: unknown): Promise<Outcome>;
  /** Loads functions before they are called. */
  prewarm(names: readonly string[]): Promise<void>;
  /** By logical id. */
  counts(): Readonly<Record<string, FunctionCount>>;
  resetCounts(): void;
  /** Calls under way. */
  underWay(): number;
  /** Calls begun since the start; no reset changes it. */
  started(): number;
  /** Processor time of the threads that live, in milliseconds, by logical id. */
  processorTime(): Promise<Readonly<Record<string, number>>>;
  /** Ends every thread in the middle of what it does; the next calls find new ones. */
  kill(): void;
  /** The latest lines of a function, by name or logical id. */
  logs(name: string): readonly LogLine[];
  readonly names: readonly string[];
  stop(): Promise<void>;
}

export interface FunctionsOptions {
  /** Folder of the logs. */
  readonly logs: string;
  /** Variables that the platform gives to every function. */
  readonly platform: Readonly<Record<string, string>>;
  /** Told after each call: the function may have written something. */
  onDone?(spec: FunctionSpec): void;
}

/** Largest event and largest answer of a synchronous call. Source: Lambda quotas. */
const payloadLimit = 6 * 1024 * 1024;

/** A function not called for so long gives its memory back. */
const idleMs = 10 * 60_000;

/** The functions of the template, each in a thread of its own with exactly its own environment. */
export const startFunctions = (specs: readonly FunctionSpec[], options: FunctionsOptions): Functions => {
  const running = new Map(specs.map((spec) => [spec.name, runFunction(spec, options)]));
  const all = [...running.values()];
  return {
    invoke: async (name, event) =>
      running.get(name)?.invoke(event) ?? { ok: false, reason: 'unknown', message: `There is no function ${name}` },
    prewarm: async (names) => {
      await Promise.all(names.map((name) => running.get(name)?.warm()));
    },
    counts: () => Object.fromEntries(all.map((it) => [it.logicalId, it.count()])),
    resetCounts: () => {
      for (const it of all) it.resetCount();
    },
    underWay: () => all.reduce((sum, it) => sum + it.underWay(), 0),
    started: () => all.reduce((sum, it) => sum + it.started(), 0),
    processorTime: async () =>
      Object.fromEntries(await Promise.all(all.map(async (it) => [it.logicalId, await it.processorTime()]))),
    kill: () => {
      for (const it of all) it.kill();
    },
    logs: (name) => (running.get(name) ?? all.find((it) => it.logicalId === name))?.logs() ?? [],
    names: [...running.keys()],
    stop: async () => {
      await Promise.all(all.map((it) => it.stop()));
    },
  };
};

const nothingCounted = () => ({
  invocations: 0,
  failures: 0,
  milliseconds: 0,
  operations: {} as Record<string, Consumption & { runs: number }>,
});

const noteConsumed = (
  operations: Record<string, Consumption & { runs: number }>,
  { payload, consumed }: Extract<Outcome, { ok: true }>,
): void => {
  const name = /"x-operation":"([\w.-]+)"/.exec(payload.slice(0, 400))?.[1] ?? '';
  operations[name] ??= { runs: 0, calls: 0, readUnits: 0, writeUnits: 0, puts: 0 };
  const sum = operations[name];
  sum.runs += 1;
  sum.calls += consumed?.calls ?? 0;
  sum.readUnits += consumed?.readUnits ?? 0;
  sum.writeUnits += consumed?.writeUnits ?? 0;
  sum.puts += consumed?.puts ?? 0;
};

interface Waiting {
  /** Runs once the function is loaded: loading has its own time. */
  timer: NodeJS.Timeout | undefined;
  settle(outcome: Outcome): void;
}

/** One thread and the calls that wait for it. */
interface Thread {
  readonly worker: Worker;
  readonly loaded: Promise<void>;
  readonly waiting: Map<number, Waiting>;
  /** A call of it was given up: it finishes what it has and takes no more. */
  retired: boolean;
}

const runFunction = (spec: FunctionSpec, options: FunctionsOptions) => {
  const log = openLog(options.logs, spec.logicalId);
  const threads = new Set<Thread>();
  let current: Thread | undefined;
  let idle: NodeJS.Timeout | undefined;
  let nextId = 1;
  let started = 0;
  let count = nothingCounted();

  const start = (): Thread => {
    const { directory, handler, name, arn, memoryMb } = spec;
    const workerData: WorkerData = { directory, handler, name, arn, memoryMb };
    const worker = new Worker(new URL('./function-worker.ts', import.meta.url), {
      name: spec.logicalId,
      workerData,
      env: environmentOf(spec, options.platform),
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdout: true,
      stderr: true,
    });
    log.listen(worker.stdout, 'stdout');
    log.listen(worker.stderr, 'stderr');
    const loaded = Promise.withResolvers<void>();
    const thread: Thread = { worker, loaded: loaded.promise, waiting: new Map(), retired: false };
    const end = (outcome: Outcome): void => {
      if (current === thread) current = undefined;
      threads.delete(thread);
      loaded.resolve();
      for (const waiting of thread.waiting.values()) waiting.settle(outcome);
    };
    worker.on('message', (report: Report) => {
      const outcome: Outcome = report.ok ? report : { ok: false, reason: 'threw', message: report.message };
      if (!report.ok) log.say({ fault: report.message, stack: report.stack });
      if (report.id !== 0) return thread.waiting.get(report.id)?.settle(outcome);
      if (!report.ok) end(outcome);
      loaded.resolve();
    });
    worker.on('error', (error) => {
      log.say({ crash: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      end({ ok: false, reason: 'crashed', message: `${spec.logicalId} crashed: ${String(error)}` });
    });
    worker.on('exit', (code) =>
      end({ ok: false, reason: 'crashed', message: `${spec.logicalId} exited with code ${code}` }),
    );
    threads.add(thread);
    return thread;
  };

  const finish = (thread: Thread): void => {
    if (thread.waiting.size > 0) return;
    if (thread.retired) void thread.worker.terminate();
    else if (underWay() === 0) {
      clearTimeout(idle);
      idle = setTimeout(() => void current?.worker.terminate(), idleMs).unref();
    }
  };

  const underWay = (): number => [...threads].reduce((sum, { waiting }) => sum + waiting.size, 0);

  /** Whatever hangs in there may hang others: the next call gets a fresh thread. */
  const giveUp = (thread: Thread, settle: Waiting['settle']): void => {
    const message = `${spec.logicalId} timed out after ${spec.timeoutMs / 1_000} seconds`;
    log.say({ fault: message });
    thread.retired = true;
    if (current === thread) current = undefined;
    settle({ ok: false, reason: 'timed-out', message });
  };

  const call = (thread: Thread, event: string): Promise<Outcome> =>
    new Promise((resolve) => {
      const id = nextId;
      nextId += 1;
      const begun = performance.now();
      const settle = (outcome: Outcome): void => {
        const waiting = thread.waiting.get(id);
        if (waiting === undefined) return;
        clearTimeout(waiting.timer);
        thread.waiting.delete(id);
        count.milliseconds += performance.now() - begun;
        if (outcome.ok) noteConsumed(count.operations, outcome);
        else count.failures += 1;
        resolve(outcome);
        finish(thread);
        options.onDone?.(spec);
      };
      thread.waiting.set(id, { timer: undefined, settle });
      void thread.loaded.then(() => {
        const waiting = thread.waiting.get(id);
        if (waiting === undefined) return;
        waiting.timer = setTimeout(() => giveUp(thread, settle), spec.timeoutMs);
        const message: Call = { id, event, requestId: randomUUID(), deadline: Date.now() + spec.timeoutMs };
        thread.worker.postMessage(message);
      });
    });

  return {
    logicalId: spec.logicalId,
    invoke: async (event: unknown): Promise<Outcome> => {
      const text = JSON.stringify(event);
      if (text.length > payloadLimit) return tooLarge(`The event for ${spec.logicalId} is larger than 6 MB`);
      if (spec.reserved !== undefined && underWay() >= spec.reserved) {
        return {
          ok: false,
          reason: 'throttled',
          message: `${spec.logicalId} has its ${spec.reserved} calls under way`,
        };
      }
      count.invocations += 1;
      started += 1;
      clearTimeout(idle);
      current ??= start();
      const outcome = await call(current, text);
      return outcome.ok && outcome.payload.length > payloadLimit
        ? tooLarge(`The answer of ${spec.logicalId} is larger than 6 MB`)
        : outcome;
    },
    warm: async () => {
      current ??= start();
      await current.loaded;
    },
    count: (): FunctionCount => count,
    resetCount: () => {
      count = nothingCounted();
    },
    underWay,
    started: () => started,
    logs: () => log.latest(),
    processorTime: async (): Promise<number> => {
      // an older Node does not tell threads apart
      const told = [...threads].map(({ worker }) =>
        'cpuUsage' in worker ? worker.cpuUsage() : { user: 0, system: 0 },
      );
      const times = await Promise.all(told);
      return times.reduce((sum, { user, system }) => sum + (user + system) / 1_000, 0);
    },
    kill: () => {
      for (const { worker } of threads) void worker.terminate();
    },
    stop: async () => {
      clearTimeout(idle);
      // what a thread has just written is still on its way here
      await pause(100);
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
      await log.close();
    },
  };
};

const tooLarge = (message: string): Outcome => ({ ok: false, reason: 'too-large', message });

/** The template's own variables and what the platform itself sets; nothing of this machine. */
const environmentOf = (
  spec: FunctionSpec,
  platform: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => ({
  ...platform,
  AWS_LAMBDA_FUNCTION_NAME: spec.name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
  LAMBDA_TASK_ROOT: spec.directory,
  TZ: ':UTC',
  // the settings of whoever sits at this machine are no part of the function's world
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
  ...spec.environment,
});
