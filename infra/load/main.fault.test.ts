import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { afterAll, expect, it } from 'vitest';
import type { findKnee } from './knee.ts';
import { stepNames } from './member.ts';
import { LoadRun } from './simulate-predict.ts';

const folder = mkdtempSync(join(tmpdir(), 'handbook-load-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = join(import.meta.dirname, '../..');
const load = (...given: string[]) =>
  promisify(execFile)(process.execPath, ['infra/local/run.mjs', 'load', ...given], { cwd: root });

it('tells a program of the hour and of the knee, and draws the hour', async () => {
  const file = join(folder, 'hour.svg');
  const asked = [
    '--members',
    '12',
    '--branch',
    '6',
    '--looks',
    '0',
    '--minutes',
    '0.1',
    '--find-knee',
    '--json',
    '--picture',
    file,
  ];
  const { stdout } = await load(...asked);
  const [hour, knee, ...more] = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  expect(more).toEqual([]);

  const { members, halls, steps } = v.parse(LoadRun, hour);
  expect([members, halls]).toEqual([12, 2]);
  expect(hour).toMatchObject({ acknowledged: 36, stored: 36, lost: 0, doubled: 0 });
  expect(hour.processorInTheHour).toBeGreaterThan(0);

  const { knee: highest, tries } = knee as Awaited<ReturnType<typeof findKnee>>;
  // all twelve in the twenty seconds of a try: there is no higher rate for so few
  expect(tries.map(({ rate }) => rate)).toEqual([0.6]);
  expect(highest).toBe(tries[0]?.held ? 0.6 : 0);

  const drawn = readFileSync(file, 'utf8');
  const rows = [...drawn.matchAll(/<text x="4" y="\d+">([a-z-]+)<\/text>/g)].map(([, step]) => step);
  expect(rows).toEqual(steps.map(({ step }) => step));
  expect(stepNames).toEqual(expect.arrayContaining(rows));
  expect(drawn).toContain('12 members in 0.1 minutes');
  expect(drawn.match(/<svg/g)).toHaveLength(1);
});

it('says which number it takes', async () => {
  await expect(load('--members', 'many')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--members takes a number from 1 to 100000.'),
  });
});
