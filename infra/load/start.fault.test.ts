import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { renewSession } from '#shared/access/contract.ts';
import { cdkOut } from '../local/build.ts';
import { startCognito } from '../local/engines/cognito.ts';
import { localCredentials, localRegion } from '../local/engines/credentials.ts';
import { startDynamoDb } from '../local/engines/dynamodb.ts';
import { startS3 } from '../local/engines/s3.ts';
import { openTemplate } from '../local/template.ts';
import { bucketsOf, poolsOf } from '../local/template-resources.ts';
import type { Person } from './person.ts';
import { administrator } from './population.ts';

const root = join(import.meta.dirname, '../..');

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'start-fault-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const running = new Set<() => void>();
afterEach(() => {
  for (const end of running) end();
});

/** `npm start` in a process group of its own, as a terminal starts it. */
const npmStart = (dataDir: string, options: readonly string[] = [], port = '0') => {
  const given = ['start', '--silent', '--', '--port', port, '--data', dataDir, '--seed', 'empty', ...options];
  const npm = spawn('npm', given, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const endWhole = () => void process.kill(-(npm.pid as number), 'SIGKILL');
  running.add(endWhole);
  npm.once('exit', () => running.delete(endWhole));
  let said = '';
  const ready = Promise.withResolvers<string>();
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk;
      const url = /^ready (http:\/\/\S+)$/m.exec(said)?.[1];
      if (url) ready.resolve(url);
    });
  }
  const ended = once(npm, 'exit').then(([code]) => ({ code: code as number | null, said: said.trim() }));
  const started = Promise.race([
    ready.promise,
    ended.then(() => Promise.reject(new Error(`it ended before it was ready: ${said}`))),
  ]);
  // a copy that is meant to be refused is waited for by its end alone
  started.catch(() => {});
  return { npm, ended, ready: started };
};

/** Waits until nobody answers at this address and the folder's engine is gone. */
const nothingLeft = async (url: string, dataDir: string): Promise<void> => {
  await expect
    .poll(
      () =>
        fetch(url).then(
          () => 'answers',
          () => 'gone',
        ),
      { timeout: 30_000 },
    )
    .toBe('gone');
  await expect.poll(() => processesWith(dataDir)).toEqual([]);
};

const processesWith = async (word: string): Promise<string[]> => {
  const ps = spawn('ps', ['-eo', 'args'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let list = '';
  ps.stdout.on('data', (chunk: Buffer) => (list += chunk));
  await once(ps, 'close');
  return list.split('\n').filter((line) => line.includes(word));
};

const founded = async (url: string, dataDir: string): Promise<string> => (await administrator(url, dataDir)).unitId;

describe('npm start', () => {
  test('ends whole however it is told to: Ctrl-C, SIGTERM, a signal to npm alone, npm killed; and nothing is lost', async () => {
    const dataDir = join(home, 'signals');
    let port = '0';
    let officer: Person | undefined;
    const ways: readonly (readonly [NodeJS.Signals, 'group' | 'npm'])[] = [
      ['SIGINT', 'group'],
      ['SIGINT', 'npm'],
      ['SIGTERM', 'group'],
      ['SIGTERM', 'npm'],
      ['SIGKILL', 'npm'],
    ];
    for (const [signal, to] of ways) {
      const { npm, ready, ended } = npmStart(dataDir, [], port);
      const url = await ready;
      ({ port } = new URL(url));
      // a session of the first start is known to every later one
      officer ??= (await administrator(url, dataDir)).person;
      expect((await officer.ask(renewSession, {})).status).toBe(200);
      process.kill(to === 'group' ? -(npm.pid as number) : (npm.pid as number), signal);
      await ended;
      await nothingLeft(url, dataDir);
    }
  });

  test('two copies run side by side, each with its own data', async () => {
    const dirs = [join(home, 'one'), join(home, 'two')] as const;
    const copies = dirs.map((dataDir) => npmStart(dataDir));
    const urls = await Promise.all(copies.map(({ ready }) => ready));
    const roots = [await founded(urls[0] as string, dirs[0]), await founded(urls[1] as string, dirs[1])];
    expect(new Set(urls).size).toBe(2);
    expect(roots.every((unitId) => unitId !== '')).toBe(true);
    const third = await npmStart(dirs[0]).ended;
    expect(third).toEqual({ code: 1, said: expect.stringContaining('is in use by another copy') });
    for (const { npm } of copies) npm.kill('SIGTERM');
    await Promise.all(copies.map(({ ended }) => ended));
  });

  test('a seed that is killed in the middle begins again at the next start', async () => {
    const dataDir = join(home, 'seeding');
    const first = npmStart(dataDir);
    const mark = join(dataDir, 'seed.json');
    await expect.poll(() => existsSync(mark), { timeout: 60_000, interval: 5 }).toBe(true);
    expect(JSON.parse(readFileSync(mark, 'utf8'))).toMatchObject({ state: 'begun' });
    process.kill(-(first.npm.pid as number), 'SIGKILL');
    first.ready.catch(() => undefined);
    await first.ended;
    const second = npmStart(dataDir);
    expect(await founded(await second.ready, dataDir)).not.toBe('');
    expect(JSON.parse(readFileSync(mark, 'utf8'))).toMatchObject({ state: 'done' });
    second.npm.kill('SIGTERM');
    await second.ended;
  });

  test('runs on engines that were started elsewhere', async () => {
    const at = (name: string) => join(home, 'engines', name);
    const template = openTemplate(cdkOut, {
      site: '',
      api: 'http://127.0.0.1:0',
      queues: '',
      parameters: { SiteOrigin: '', CookieSuffix: '', MoreConnections: '' },
      secret: () => '',
      secretArn: () => undefined,
    });
    const pools = poolsOf(template).map(({ poolId, clientIds, minimumPasswordLength }) => ({
      poolId,
      clientIds,
      mfa: 'ON' as const,
      minimumPasswordLength,
    }));
    const dynamoDb = await startDynamoDb({ dataDir: at('dynamodb') });
    const s3 = await startS3({ dataDir: at('s3'), credentials: localCredentials, buckets: [] });
    const cognito = await startCognito({ dataDir: at('cognito'), region: localRegion, pools });
    const dataDir = join(home, 'elsewhere');
    const endpoints = [
      ...['--dynamodb-endpoint', dynamoDb.endpoint],
      ...['--s3-endpoint', s3.endpoint],
      ...['--cognito-endpoint', cognito.endpoint],
    ];
    const copy = npmStart(dataDir, endpoints);
    const url = await copy.ready;
    expect(await founded(url, dataDir)).not.toBe('');
    expect((await fetch(url)).headers.get('content-type')).toContain('text/html');
    expect(bucketsOf(template).every(({ name }) => s3.objects.list !== undefined && name !== '')).toBe(true);
    for (const engine of ['dynamodb', 's3', 'cognito']) expect(existsSync(join(dataDir, engine))).toBe(false);
    copy.npm.kill('SIGTERM');
    await copy.ended;
    await Promise.all([dynamoDb.stop(), s3.stop(), cognito.stop()]);
  });
});

describe('a data folder that cannot be used ends npm start with one sentence and code 1', () => {
  let whole: string;
  beforeAll(async () => {
    whole = join(home, 'whole');
    const copy = npmStart(whole);
    await copy.ready;
    copy.npm.kill('SIGTERM');
    await copy.ended;
  });

  const broken: readonly (readonly [string, (dataDir: string) => void, string])[] = [
    [
      'a file in its place',
      (dataDir) => writeFileSync(dataDir, ''),
      'is a file, not a folder; choose another with --data',
    ],
    ['its own record is no database', overwritten('cloud.sqlite'), 'start with --fresh to empty it'],
    ['its tables are no database', overwritten('dynamodb/dynamodb.sqlite'), 'is broken; start with --fresh'],
    ['its accounts are no database', overwritten('cognito'), 'is broken; start with --fresh'],
    ['its files are no database', overwritten('s3'), 'is broken; start with --fresh'],
    ['its queues are no database', overwritten('sqs'), 'is broken; start with --fresh'],
    ['its mark is half written', overwritten('seed.json'), 'is broken; start with --fresh'],
    [
      'it was made by another version',
      (dataDir) => writeFileSync(join(dataDir, 'seed.json'), '{"kind":"empty","state":"done","format":99}'),
      'was made by another version',
    ],
  ];

  /** Puts something else over a file, or over every database of a folder. */
  function overwritten(name: string) {
    return (dataDir: string) => {
      const path = join(dataDir, name);
      const files = name.includes('.') ? [path] : [join(path, `${name}.sqlite`)];
      for (const file of files) {
        expect(existsSync(file), file).toBe(true);
        for (const journal of [`${file}-wal`, `${file}-shm`]) rmSync(journal, { force: true });
        writeFileSync(file, 'neither a database nor anything else, only long enough to be taken for one '.repeat(80));
      }
    };
  }

  test.each(broken)('%s', async (name, breakIt, sentence) => {
    const dataDir = join(home, name.replaceAll(' ', '-'));
    if (name !== 'a file in its place') cpSync(whole, dataDir, { recursive: true });
    breakIt(dataDir);
    const { code, said } = await withoutReady(npmStart(dataDir));
    expect({ code, lines: said.split('\n').length }, said).toEqual({ code: 1, lines: 1 });
    expect(said).toContain(sentence);
  });

  test('a place where nobody may write', async () => {
    const { code, said } = await withoutReady(npmStart('/proc/handbook'));
    expect({ code, lines: said.split('\n').length }, said).toEqual({ code: 1, lines: 1 });
    expect(said).toContain('The data folder /proc/handbook cannot be written to');
  });

  test('--fresh makes a broken one whole again', async () => {
    const dataDir = join(home, 'fresh');
    cpSync(whole, dataDir, { recursive: true });
    overwritten('cloud.sqlite')(dataDir);
    overwritten('seed.json')(dataDir);
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    const copy = npmStart(dataDir, ['--fresh']);
    expect(await founded(await copy.ready, dataDir)).not.toBe('');
    copy.npm.kill('SIGTERM');
    await copy.ended;
  });

  const withoutReady = ({ ready, ended }: ReturnType<typeof npmStart>) => {
    ready.catch(() => undefined);
    return ended;
  };
});

describe('a machine that is not fit ends npm start with one sentence and code 1', () => {
  /** Runs a file of the start with parts of the machine pretended. */
  const pretending = async (pretence: string, file: string, options: readonly string[]) => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', `data:text/javascript,${pretence}`, file, ...options],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: '/nowhere' } },
    );
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk));
    const [code] = await once(child, 'exit');
    return { code, said: said.trim() };
  };
  const another = (name: 'platform' | 'arch', value: string) =>
    `Object.defineProperty(process,'${name}',{value:'${value}'});`;

  test('an old Node where none can be brought', async () => {
    const old = `${another('platform', 'darwin')}Object.defineProperty(process.versions,'node',{value:'20.9.0'})`;
    expect(await pretending(old, 'infra/local/run.mjs', ['start'])).toEqual({
      code: 1,
      said: 'Node 22.17 or newer is needed on darwin x64; this is Node 20.9.0.',
    });
  });

  test('no database engine for this machine, and none on the PATH', async () => {
    const dataDir = join(home, 'no-engine');
    const options = ['--port', '0', '--data', dataDir, '--seed', 'empty'];
    const { code, said } = await pretending(another('arch', 'riscv64'), 'infra/local/start.ts', options);
    expect({ code, lines: said.split('\n').length }, said).toEqual({ code: 1, lines: 1 });
    expect(said).toContain('put "dynoxide" on PATH');
  });
});
