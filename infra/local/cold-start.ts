import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { entries } from '../../functions/build.ts';
import { table } from '../load/measure.ts';
import { root } from './build.ts';

/**
 * `node infra/local/cold-start.ts`: for each function's bundle its size and how long a fresh process takes to load it,
 * the median of five. What a real cold start adds to it (the platform's own 115 ms) is the same for all.
 */
const TIMES = 5;
const timer = 'const begun = performance.now(); await import(process.argv[1]); console.log(performance.now() - begun)';

const loadingOf = (file: string): number => {
  const times = Array.from({ length: TIMES }, () =>
    Number(
      execFileSync(process.execPath, ['--input-type=module', '-e', timer, pathToFileURL(file).href], {
        encoding: 'utf8',
        env: { AWS_REGION: 'ap-southeast-1', PATH: process.env['PATH'] },
      }),
    ),
  );
  return times.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)] ?? 0;
};

const rows = entries().flatMap(({ name }) => {
  const file = join(root, 'dist', name, 'index.mjs');
  if (!existsSync(file)) return [];
  return [{ name, kB: Math.round(statSync(file).size / 1024), ms: Math.round(loadingOf(file)) }];
});
console.log(
  table(
    ['function', 'kB', 'load ms'],
    rows.toSorted((a, b) => b.kB - a.kB).map(({ name, kB, ms }) => [name, kB, ms]),
  ),
);
