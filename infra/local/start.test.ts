import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyDataFolder, inOneSentence, readSeedMark, requireUsable, writeSeedMark } from './data-folder.ts';
import { openDatabase } from './engines/database.ts';
import { readOptions } from './start.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'start-test-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs `npm start` with these options and answers how it ended and what it said. */
const starting = async (...options: string[]) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run.mjs'), 'start', '--', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk));
  return { child, said: () => said, ended: once(child, 'exit').then(([code]) => ({ code, said: said.trim() })) };
};

describe('npm start', () => {
  test('has the options of the README with their defaults', () => {
    expect(readOptions([])).toMatchObject({ port: 4173, fresh: false, seed: undefined });
    expect(readOptions(['--port', '0', '--data', home, '--seed', 'empty', '--fresh'])).toMatchObject({
      port: 0,
      dataDir: home,
      seed: 'empty',
      fresh: true,
    });
    expect(readOptions(['--s3-endpoint', 'http://localhost:9000']).other.s3).toBe('http://localhost:9000');
  });

  test.each([
    [['--port', 'many'], '--port needs a number'],
    [['--port', '70000'], '--port needs a number'],
    [['--seed', 'big'], '--seed is "demo" or "empty"'],
    [['--colour'], "Unknown option '--colour'"],
    [['extra'], 'extra'],
  ])('%j is refused in one sentence', (options, sentence) => {
    expect(() => readOptions(options)).toThrow(sentence);
  });

  test('an unknown option ends it with one sentence and code 1', async () => {
    const { ended } = await starting('--colour');
    const { code, said } = await ended;
    expect(code).toBe(1);
    expect(said.split('\n')).toHaveLength(1);
  });

  test('a data folder seeded with another kind is refused, and a file in its place too', async () => {
    const dataDir = join(home, 'seeded');
    writeSeedMark(dataDir, { kind: 'empty', state: 'done' });
    expect(readSeedMark(dataDir)).toEqual({ kind: 'empty', state: 'done' });
    const other = await (await starting('--data', dataDir, '--seed', 'demo', '--port', '0')).ended;
    expect(other).toMatchObject({ code: 1, said: expect.stringContaining('was seeded with "empty"') });
    writeFileSync(join(home, 'file'), '');
    expect(readSeedMark(join(home, 'file'))).toBeUndefined();
  });

  test('a data folder that cannot be opened is refused in one sentence that says what to do', () => {
    // a folder where a file of the engine should be
    const at = (name: string, folder: string) => {
      mkdirSync(join(home, name, folder), { recursive: true });
      return join(home, name);
    };
    const said = (look: () => unknown) => {
      try {
        look();
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing';
    };
    const broken = at('unopened', 'cloud.sqlite');
    expect(said(() => requireUsable(broken))).toMatch(
      /is broken .*; start with --fresh to empty it, or choose another/,
    );
    emptyDataFolder(broken);
    expect(said(() => requireUsable(broken))).toBe('nothing');
    const engine = at('engine', 's3/s3.sqlite');
    const opening = () => openDatabase(join(engine, 's3'), 's3.sqlite', '');
    const sentence = inOneSentence(new Error(said(opening)), engine);
    expect((sentence as Error).message).toMatch(/^The data folder \S+ is broken; start with --fresh/);
    const file = join(home, 'a-file');
    writeFileSync(file, '');
    for (const look of [requireUsable, emptyDataFolder])
      expect(said(() => look(file))).toBe(`${file} is a file, not a folder; choose another with --data.`);
    expect(said(() => requireUsable('/proc/nothing'))).toMatch(/cannot be written to \(ENOENT\); choose another/);
  });

  test('a port that is taken ends it before anything is built, with one sentence', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, said } = await (await starting('--port', String(port), '--data', join(home, 'taken'))).ended;
    expect({ code, said }).toEqual({ code: 1, said: `Port ${port} is taken; choose another with --port.` });
    server.close();
  });
});
