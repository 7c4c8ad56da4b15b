import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { writeAccessList } from '../access-list.ts';

export const root = join(import.meta.dirname, '..', '..');
export const cdkOut = join(root, 'cdk.out');
/** What belongs into the site's bucket: the built app, and files derived from the contracts. */
export const siteFolders = [join(root, 'web/build'), join(root, 'dist/site')];

/** Something built from files of the repository into a folder that git does not keep. */
interface Step {
  readonly name: string;
  readonly inputs: readonly string[];
  /** Built earlier; a change there is a change here. */
  readonly after: readonly string[];
  readonly output: string;
  readonly command: readonly string[];
  readonly cwd?: string;
}

const steps = {
  functions: {
    name: 'functions',
    inputs: ['functions', 'shared', 'package-lock.json'],
    after: [],
    output: 'dist',
    command: ['functions/build.ts'],
  },
  web: {
    name: 'web',
    inputs: ['web', 'shared', 'package-lock.json'],
    after: [],
    output: 'web/build',
    command: [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
    cwd: 'web',
  },
  template: {
    name: 'template',
    inputs: ['infra', 'functions/edge', 'functions/runtime/env.ts', 'cdk.json', 'package-lock.json'],
    after: ['dist'],
    output: 'cdk.out',
    command: ['infra/main.ts'],
  },
} as const satisfies Record<string, Step>;

/** Names the inputs that an output was made from; stands in the output's folder. */
const stampFile = '.made-from';

/** Folders and files that no build reads. */
const ignored = /(^|\/)(node_modules|build|\.svelte-kit|e2e|load|local|engines)(\/|$)|\.test\.ts$|\/access\.txt$/;

/** Builds what has changed since it was built last: functions and then the template, the web meanwhile. */
export const buildAll = async (say: (line: string) => void = console.log): Promise<void> => {
  await alone(() =>
    Promise.all([
      buildStale(steps.functions, say).then(() => buildStale(steps.template, say)),
      existsSync(join(root, 'web/vite.config.ts')) ? buildStale(steps.web, say) : undefined,
    ]),
  );
};

/** Synthesises the template, and builds the functions it names if need be. */
export const synthesise = async (say: (line: string) => void = console.log): Promise<void> => {
  await alone(async () => {
    await buildStale(steps.functions, say);
    await buildStale(steps.template, say);
  });
};

/** One build at a time, whoever else starts or tests this copy: the lock goes with the process that holds it. */
const alone = async (build: () => Promise<unknown>): Promise<void> => {
  const folder = join(root, 'node_modules/.cache');
  mkdirSync(folder, { recursive: true });
  const lock = new DatabaseSync(join(folder, 'build.lock'), { timeout: 0 });
  while (!isTaken(lock)) await pause(100);
  try {
    await build();
  } finally {
    lock.close();
  }
};

const SQLITE_BUSY = 5;
const isTaken = (lock: DatabaseSync): boolean => {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw error;
  }
};

const buildStale = async (step: Step, say: (line: string) => void): Promise<void> => {
  const stamp = join(root, step.output, stampFile);
  const wanted = hashOf(step);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const begun = performance.now();
  await run(step);
  mkdirSync(join(root, step.output), { recursive: true });
  writeFileSync(stamp, wanted);
  say(`built ${step.name} in ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
};

const hashOf = (step: Step): string => {
  const hash = createHash('sha256').update(process.version);
  for (const input of step.inputs) {
    for (const file of filesOf(join(root, input))) hash.update(`${relative(root, file)}\n`).update(readFileSync(file));
  }
  for (const folder of step.after) hash.update(readFileSync(join(root, folder, stampFile)));
  return hash.digest('hex');
};

const filesOf = (path: string): readonly string[] => {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !ignored.test(join(relative(root, path), name)))
    .flatMap(({ name }) => filesOf(join(path, name)))
    .sort();
};

/** Runs a build quietly; what it said is shown only if it fails. */
const run = (step: Step): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...step.command], {
      cwd: join(root, step.cwd ?? '.'),
      stdio: ['ignore', 'pipe', 'pipe'],
      // the same site whoever asks for it: a test runner's own NODE_ENV would build one for development
      env: { ...process.env, NODE_ENV: 'production' },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said = `${said}${chunk}`.slice(-20_000);
      });
    }
    const endToo = () => child.kill();
    process.once('exit', endToo);
    child.on('error', reject);
    child.on('exit', (code) => {
      process.off('exit', endToo);
      if (code === 0) resolve();
      else reject(new Error(`Building the ${step.name} failed:\n${said.trim()}`));
    });
  });

if (process.argv[1] === import.meta.filename) {
  const only = process.argv[2];
  const building = only === 'template' ? synthesise().then(() => writeAccessList(cdkOut)) : buildAll();
  await building.catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
