import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

export interface DynamoDbOptions {
  /** Folder that keeps the database file; made when missing. */
  readonly dataDir: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
}

export interface DynamoDb {
  readonly endpoint: string;
  readonly port: number;
  /** Process id of the engine itself. */
  readonly pid: number;
  /** Ends the engine as a crash does; it starts again by itself, on the same port with the same data. */
  readonly kill: () => void;
  /** From now on the rows of these tables lie in an order of chance: DynamoDB itself never tells in which they came. */
  readonly forgetOrder: (tables: readonly string[]) => void;
  stop(): Promise<void>;
}

/** Milliseconds the engine has to answer its first request. It needs about 300. */
const readyWithin = 15_000;

/** Milliseconds before an engine that ended by itself is started again. */
const restAfterCrash = 100;

/**
 * Without these two indexes each write to a table with a stream reads all earlier stream records.
 * The engine (dynoxide 1.2.1) leaves the file open to other readers and writers, so they are made from outside.
 */
const streamIndexes = `
  CREATE INDEX IF NOT EXISTS local_stream_order ON _stream_records(table_name, CAST(sequence_number AS INTEGER));
  CREATE INDEX IF NOT EXISTS local_stream_shard ON _stream_records(table_name, shard_id, sequence_number);`;

/**
 * Runs the engine for its owner: prints the engine's process id, and kills the engine as soon as the owner's end of the
 * pipe closes, so that an owner that was killed leaves nothing behind. Ctrl-C is for the owner, who then ends the engine.
 */
const guard =
  'trap "" INT; exec 4<&0; "$@" 4<&- >/dev/null & engine=$!; echo $engine; ' +
  '{ cat <&4 >/dev/null; kill -9 $engine 2>/dev/null; } >/dev/null 2>&1 & exec 4<&-; wait $engine';

/** Starts the DynamoDB engine on 127.0.0.1 and resolves once it answers. What it acknowledged survives `kill -9`. */
export const startDynamoDb = async (options: DynamoDbOptions): Promise<DynamoDb> => {
  const program = findDynamoDbEngine();
  mkdirSync(options.dataDir, { recursive: true });
  const databaseFile = join(options.dataDir, 'dynamodb.sqlite');
  const ownerFile = join(options.dataDir, 'dynamodb.owner.json');
  await releaseDatabase(databaseFile, ownerFile);
  const port = await claimPort(options.port ?? 0);
  const run = () => runEngine([program, ...serveArguments(port, databaseFile)]);
  let engine = await run();
  let stopping = false;
  const own = () => writeFileSync(ownerFile, JSON.stringify({ engine: engine.pid, owner: process.pid }));
  const startAgain = async (): Promise<void> => {
    engine.child.stdin?.destroy();
    await pause(restAfterCrash);
    if (stopping) return;
    engine = await run();
    own();
    engine.child.once('exit', () => void startAgain());
  };
  own();
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async () => {
    stopping = true;
    await end(engine.child, engine.pid);
    rmSync(ownerFile, { force: true });
  };
  try {
    await answers(endpoint, engine.child);
    changeSchema(databaseFile, streamIndexes);
  } catch (cause) {
    await stop();
    throw new Error(`The DynamoDB engine did not start: ${engine.complaints() || String(cause)}`, { cause });
  }
  engine.child.once('exit', () => void startAgain());
  return {
    endpoint,
    port,
    get pid() {
      return engine.pid;
    },
    kill: () => void signal(engine.pid, 'SIGKILL'),
    forgetOrder: (tables) => changeSchema(databaseFile, tables.map(shuffling).join('\n')),
    stop,
  };
};

const runEngine = async (command: readonly string[]) => {
  const child = spawn('sh', ['-c', guard, 'engine', ...command], { stdio: ['pipe', 'pipe', 'pipe'] });
  const complaints = collect(child);
  return { child, complaints, pid: await firstLineAsNumber(child) };
};

/** Path of the engine: the npm package of this platform, else `dynoxide` on PATH. Throws one clear sentence otherwise. */
export const findDynamoDbEngine = (): string => {
  const platform = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    const packaged = join(dirname(createRequire(import.meta.url).resolve(`${platform}/package.json`)), 'dynoxide');
    if (isExecutable(packaged)) return packaged;
  } catch (missing) {
    if ((missing as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw missing;
  }
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'dynoxide'))
    .find(isExecutable);
  if (onPath !== undefined) return onPath;
  throw new Error(
    `No DynamoDB engine found: run "npm ci" (it brings ${platform}) or put "dynoxide" on PATH, ` +
      'or name another DynamoDB endpoint with --dynamodb-endpoint.',
  );
};

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const serveArguments = (port: number, databaseFile: string): readonly string[] => [
  'serve',
  '--host',
  '127.0.0.1',
  '--port',
  String(port),
  '--db-path',
  databaseFile,
];

/** A free port of 127.0.0.1, or the one asked for; refuses with a clear sentence when that one is taken. */
const claimPort = (wanted: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (cause: NodeJS.ErrnoException) =>
      reject(cause.code === 'EADDRINUSE' ? new Error(`Port ${wanted} is taken; choose another one.`) : cause),
    );
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : wanted));
    });
  });

/** Waits for an engine left over from a killed owner to end, or ends it; refuses while another living owner has it. */
const releaseDatabase = async (databaseFile: string, ownerFile: string): Promise<void> => {
  const left = readOwner(ownerFile);
  if (left === undefined) return;
  const deadline = Date.now() + 2_000;
  while (servesDatabase(left.engine, databaseFile)) {
    if (Date.now() > deadline) {
      if (isAlive(left.owner)) {
        throw new Error(
          `The data folder ${dirname(databaseFile)} is in use by process ${left.owner}; stop that first.`,
        );
      }
      signal(left.engine, 'SIGKILL');
    }
    await pause(20);
  }
  rmSync(ownerFile, { force: true });
};

const readOwner = (ownerFile: string): { engine: number; owner: number } | undefined => {
  if (!existsSync(ownerFile)) return undefined;
  try {
    const { engine, owner } = JSON.parse(readFileSync(ownerFile, 'utf8'));
    return Number.isInteger(engine) && Number.isInteger(owner) ? { engine, owner } : undefined;
  } catch (broken) {
    // a kill in the middle of writing leaves half a file: nobody's
    if (broken instanceof SyntaxError) return undefined;
    throw broken;
  }
};

/** Whether this process id is still our engine and not another program that got its number later. */
const servesDatabase = (pid: number, databaseFile: string): boolean => {
  if (!isAlive(pid)) return false;
  const commandLine = `/proc/${pid}/cmdline`;
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(commandLine, 'utf8').split('\0').includes(databaseFile);
  } catch {
    return false;
  }
};

const isAlive = (pid: number): boolean => signal(pid, 0);

/** Whether there was a process to take the signal; signal 0 only asks. */
const signal = (pid: number, name: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw cause;
  }
};

const collect = (child: ChildProcess): (() => string) => {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = `${text}${chunk}`.slice(-2_000);
  });
  return () => text.trim();
};

const firstLineAsNumber = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout?.once('data', (line: Buffer) => resolve(Number(line.toString().trim())));
  });

/** Its health page needs no signature, unlike every operation. */
const answers = async (endpoint: string, child: ChildProcess): Promise<void> => {
  const deadline = Date.now() + readyWithin;
  while (!(await isHealthy(endpoint))) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error(`it did not answer within ${readyWithin} ms`);
    await pause(20);
  }
};

const isHealthy = async (endpoint: string): Promise<boolean> => {
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(1_000) });
    return (await response.text()).startsWith('healthy');
  } catch {
    return false;
  }
};

/** The engine numbers rows as they come; a row that has come takes a number by chance. */
const shuffling = (table: string): string =>
  `CREATE TRIGGER IF NOT EXISTS "local_unordered_${table}" AFTER INSERT ON "${table}" BEGIN
    UPDATE "${table}" SET rowid = abs(random() % 1000000000000000) WHERE rowid = NEW.rowid; END;`;

const changeSchema = (databaseFile: string, statements: string): void => {
  const database = new DatabaseSync(databaseFile, { timeout: 5_000 });
  try {
    database.exec(statements);
  } finally {
    database.close();
  }
};

/** Asks the engine to end, and ends it when it has not within two seconds. */
const end = async (child: ChildProcess, pid: number): Promise<void> => {
  const deadline = Date.now() + 2_000;
  signal(pid, 'SIGTERM');
  while (isAlive(pid)) {
    if (Date.now() > deadline) signal(pid, 'SIGKILL');
    await pause(10);
  }
  child.stdin?.destroy();
};
