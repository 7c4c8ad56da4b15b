// Runs one function of the template in its own thread: nothing is shared with the others but the machine.
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { resolveLocalhost } from './engines/localhost-names.ts';

/** What the thread is started with. */
export interface WorkerData {
  readonly directory: string;
  /** `index.handler`. */
  readonly handler: string;
  readonly name: string;
  readonly arn: string;
  readonly memoryMb: number;
}

/** One call. The event travels as JSON, as it does in the cloud. */
export interface Call {
  readonly id: number;
  readonly event: string;
  readonly requestId: string;
  /** Milliseconds since 1970 at which the call is given up. */
  readonly deadline: number;
}

/** What the calls of tables within one run consumed, as the functions tell it (`functions/runtime/capacity.ts`). */
export interface Consumption {
  calls: number;
  readUnits: number;
  writeUnits: number;
  puts: number;
}

/** What became of a call, or of loading the function. `id` 0 is the loading. */
export type Report =
  | { readonly id: number; readonly ok: true; readonly payload: string; readonly consumed?: Consumption }
  | { readonly id: number; readonly ok: false; readonly message: string; readonly stack: string };

type Handler = (event: unknown, context: unknown) => unknown;

const port = parentPort;
if (port === null) throw new Error('This file runs as a thread of the local cloud');
const { directory, handler: entry, name, arn, memoryMb } = workerData as WorkerData; // given by functions.ts
const report = (it: Report): void => port.postMessage(it);

const failureOf = (id: number, error: unknown): Report =>
  error instanceof Error
    ? { id, ok: false, message: `${error.name}: ${error.message}`, stack: error.stack ?? '' }
    : { id, ok: false, message: String(error), stack: '' };

const load = async (): Promise<Handler> => {
  const [file = 'index', exported = 'handler'] = entry.split('.');
  const path = ['.mjs', '.js', '.cjs'].map((ending) => join(directory, `${file}${ending}`)).find(existsSync);
  if (path === undefined) throw new Error(`${name} has no ${file}.mjs in ${directory}`);
  const found = (await import(pathToFileURL(path).href))[exported];
  if (typeof found !== 'function') throw new Error(`${path} exports no function named ${exported}`);
  return found as Handler; // checked just before; its arguments are the platform's own
};

const contextOf = ({ requestId, deadline }: Call) => ({
  awsRequestId: requestId,
  functionName: name,
  functionVersion: '$LATEST',
  invokedFunctionArn: arn,
  memoryLimitInMB: String(memoryMb),
  logGroupName: `/aws/lambda/${name}`,
  logStreamName: 'local',
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
});

const metered = new AsyncLocalStorage<Consumption>();
subscribe('handbook.capacity', (told) => {
  const consumed = metered.getStore();
  if (consumed === undefined) return;
  const { calls, readUnits, writeUnits, puts } = told as Consumption; // the form of its one publisher
  consumed.calls += calls;
  consumed.readUnits += readUnits;
  consumed.writeUnits += writeUnits;
  consumed.puts += puts;
});

resolveLocalhost();
try {
  const handle = await load();
  port.on('message', async (call: Call) => {
    const consumed: Consumption = { calls: 0, readUnits: 0, writeUnits: 0, puts: 0 };
    try {
      const answer = await metered.run(consumed, () => handle(JSON.parse(call.event), contextOf(call)));
      report({ id: call.id, ok: true, payload: JSON.stringify(answer) ?? 'null', consumed });
    } catch (error) {
      report(failureOf(call.id, error));
    }
  });
  report({ id: 0, ok: true, payload: 'null' });
} catch (error) {
  // told to whoever waits for the first call; the thread ends since nothing listens
  report(failureOf(0, error));
}
