import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildFunctions } from './build.ts';

/**
 * Largest bundle of each function in kB: what a cold start reads and compiles. The first five carry the meeting hour and
 * hold no SDK; those with Cognito, uploads in parts, pictures or Word files are asked when nobody waits at a door.
 */
const budgets: Readonly<Record<string, number>> = {
  'meetings/api': 180,
  'meetings/on-attendance-recorded': 60,
  'points/on-fact-recorded': 45,
  'reports/on-fact-recorded': 60,
  'runtime/relay': 12,
  'access/api': 500,
  'members/api': 470,
  'reports/api': 360,
  'documents/api': 560,
  'documents/on-page-due': 2_100,
  'meetings/on-minutes-adopted': 1_800,
};
/** For every function not named above. */
const OTHERS_KB = 540;

const dist = mkdtempSync(join(tmpdir(), 'handbook-dist-'));
let sizes: Record<string, number> = {};
beforeAll(async () => {
  const built = await buildFunctions(dist);
  sizes = Object.fromEntries(
    Object.entries(built).map(([path, bytes]) => [path.split('/').slice(-3, -1).join('/'), bytes / 1024]),
  );
});
afterAll(() => rmSync(dist, { recursive: true, force: true }));

it('every function is built, and none grows beyond its budget', () => {
  const over = Object.entries(sizes).filter(([name, kB]) => kB > (budgets[name] ?? OTHERS_KB));
  expect(over).toEqual([]);
  expect(Object.keys(sizes)).toEqual(expect.arrayContaining(Object.keys(budgets)));
});
