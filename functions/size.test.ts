import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root, synthesise } from '../infra/local/build.ts';
import { entries } from './build.ts';

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

it('every function is built, and none grows beyond its budget', async () => {
  await synthesise();
  const sizes = Object.fromEntries(
    entries().map(({ name }) => [name, statSync(join(root, 'dist', name, 'index.mjs')).size / 1024]),
  );
  const over = Object.entries(sizes).filter(([name, kB]) => kB > (budgets[name] ?? OTHERS_KB));
  expect(over).toEqual([]);
  expect(Object.keys(sizes)).toEqual(expect.arrayContaining(Object.keys(budgets)));
});
