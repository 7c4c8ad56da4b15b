import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildAll, cdkOut, root, siteFolders } from './build.ts';
import { type Cloud, startCloud } from './cloud.ts';
import {
  emptyDataFolder,
  inOneSentence,
  readSeedMark,
  requireUsable,
  type SeedKind,
  writeSeedMark,
} from './data-folder.ts';
import { afterDeployment } from './deployment.ts';
import { findDynamoDbEngine } from './engines/dynamodb.ts';
import { type Faults, readFaults } from './faults.ts';
import { listen } from './http-server.ts';

/** Functions run in the cloud's zone, whatever the machine's is. */
process.env['TZ'] = 'UTC';

export interface StartOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly seed: SeedKind | undefined;
  readonly fresh: boolean;
  readonly other: {
    readonly dynamoDb: string | undefined;
    readonly s3: string | undefined;
    readonly cognito: string | undefined;
  };
  /** `throttle=0.05,slow-engine=300`; a share of 0 only meters. */
  readonly faults: Faults | undefined;
  /** No function is loaded before it is called. */
  readonly cold: boolean;
}

/** What stands behind `npm start --`. Throws one sentence for an option it does not know or a value that is none. */
export const readOptions = (given: readonly string[]): StartOptions => {
  const { values } = parseArgs({
    args: [...given],
    options: {
      port: { type: 'string', default: '4173' },
      data: { type: 'string', default: join(root, '.data') },
      seed: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      'dynamodb-endpoint': { type: 'string' },
      's3-endpoint': { type: 'string' },
      'cognito-endpoint': { type: 'string' },
      fault: { type: 'string' },
      cold: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new Error(`--port needs a number from 0 to 65535, not "${values.port}".`);
  const { seed } = values;
  if (seed !== undefined && seed !== 'demo' && seed !== 'empty') {
    throw new Error(`--seed is "demo" or "empty", not "${seed}".`);
  }
  return {
    port,
    dataDir: resolve(values.data),
    seed,
    fresh: values.fresh,
    other: { dynamoDb: values['dynamodb-endpoint'], s3: values['s3-endpoint'], cognito: values['cognito-endpoint'] },
    faults: values.fault === undefined ? undefined : readFaults(values.fault),
    cold: values.cold,
  };
};

/** Builds what is stale, starts the cloud and seeds it once. */
export const start = async (options: StartOptions): Promise<Cloud> => {
  const { dataDir } = options;
  // a seed that was cut short left half a province
  if (options.fresh || readSeedMark(dataDir)?.state === 'begun') emptyDataFolder(dataDir);
  const mark = readSeedMark(dataDir);
  if (mark !== undefined && options.seed !== undefined && options.seed !== mark.kind) {
    throw new Error(
      `The data folder ${dataDir} was seeded with "${mark.kind}"; add --fresh to seed it with "${options.seed}".`,
    );
  }
  await requireFreePort(options.port);
  requireUsable(dataDir);
  if (options.other.dynamoDb === undefined) findDynamoDbEngine();
  await buildAll();
  const cloud = await startCloud({
    cdkOut,
    dataDir,
    port: options.port,
    siteFolders,
    other: options.other,
    runAtStart: afterDeployment,
    ...(options.faults && { faults: options.faults }),
    cold: options.cold,
  }).catch((error: unknown) => {
    throw inOneSentence(error, dataDir);
  });
  try {
    if (mark === undefined) await seed(cloud, options.seed ?? 'demo');
    return cloud;
  } catch (error) {
    await cloud.stop();
    throw error;
  }
};

/** Says so before minutes of building, as everything that is looked at before it. */
const requireFreePort = async (port: number): Promise<void> => {
  const nothing = { status: 503, headers: {}, cookies: [], body: Buffer.alloc(0) };
  const probe = await listen(async () => nothing, { port, bodyLimit: 0 });
  await probe.stop();
};

const seed = async (cloud: Cloud, kind: SeedKind): Promise<void> => {
  const file = join(import.meta.dirname, 'seed/seed.ts');
  if (!existsSync(file)) return;
  writeSeedMark(cloud.dataDir, { kind, state: 'begun' });
  const begun = performance.now();
  const { seed: plant } = (await import(pathToFileURL(file).href)) as typeof import('./seed/seed.ts');
  await plant({ cloud, dataDir: cloud.dataDir, kind, tell: (line) => console.log(`seed: ${line}`) });
  writeSeedMark(cloud.dataDir, { kind, state: 'done' });
  console.log(`seeded "${kind}" in ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
};

/** Milliseconds within which everything has ended after being told to. */
const endWithin = 10_000;

const main = async (): Promise<void> => {
  let ending: Promise<void> | undefined;
  let cloud: Cloud | undefined;
  const end = (): void => {
    setTimeout(() => process.exit(1), endWithin).unref();
    ending ??= (cloud?.stop() ?? Promise.resolve()).then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  // the last is told when whoever started this ends without a word
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.on(event, end);
  try {
    cloud = await start(readOptions(process.argv.slice(2)));
    if (ending === undefined) console.log(`ready ${cloud.url}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
};

if (process.argv[1] === import.meta.filename) await main();
