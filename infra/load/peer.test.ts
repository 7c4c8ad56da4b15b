import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adapterIn, playSimpleEvening } from './peer.ts';

/** A server of another kind, the smallest there is: it knows who signed in and keeps what he made. */
let server: Server;
let folder: string;
const made: string[] = [];
beforeAll(async () => {
  const known = new Set<string>();
  server = createServer((request, response) => {
    const [, act, token = ''] = (request.url ?? '').split('/');
    if (act === 'signin') known.add(`t${token}`);
    else if (!known.has(token)) response.statusCode = 401;
    else if (act === 'create') made.push(token);
    response.end(JSON.stringify({ token: `t${token}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  folder = mkdtempSync(join(tmpdir(), 'peer-test-'));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const adapterFile = (name: string, lines: readonly string[]): string => {
  const file = join(folder, name);
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const ask =
    `const ask = async (path) => { const answer = await fetch('http://127.0.0.1:${port}/' + path);` +
    ` if (!answer.ok) throw new Error('refused'); return answer.json(); };`;
  writeFileSync(file, [ask, ...lines].join('\n'));
  return file;
};
const whole = [
  "export const signin = (index) => ask('signin/' + index);",
  'export const tokenOf = (answer) => answer.token;',
  "export const list = (token) => ask('list/' + token);",
  "export const create = (token) => ask('create/' + token);",
];
const arriving = { members: 5, minutes: 0.001, peak: 1, seed: 1, pace: 50 };

describe('side by side with another server', () => {
  test('each member signs in once, looks twice and makes one thing, through four functions', async () => {
    const evening = await playSimpleEvening(await adapterIn(adapterFile('whole.mjs', whole)), arriving);
    expect(evening.steps.map(({ step, count, failed }) => [step, count, failed])).toEqual([
      ['signin', 5, 0],
      ['list', 10, 0],
      ['create', 5, 0],
    ]);
    expect(evening.done).toBe(1);
    expect(made.toSorted()).toEqual(['t0', 't1', 't2', 't3', 't4']);
  });

  test('who is refused is counted where it happened and did not come to the end', async () => {
    const wrong = whole.with(1, "export const tokenOf = () => 'nobody';");
    const evening = await playSimpleEvening(await adapterIn(adapterFile('wrong.mjs', wrong)), arriving);
    expect(evening.steps.map(({ step, count, failed }) => [step, count, failed])).toEqual([
      ['signin', 5, 0],
      ['list', 5, 5],
      ['create', 0, 0],
    ]);
    expect(evening).toMatchObject({ done: 0, within3s: 0 });
  });

  test('an adapter without one of the four functions is refused by its name', async () => {
    await expect(adapterIn(adapterFile('less.mjs', whole.slice(0, 3)))).rejects.toThrow(/create/);
  });
});
