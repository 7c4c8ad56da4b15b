import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** `npm run check`: types, lint and the tests that need no engine; under a minute. */
const root = join(import.meta.dirname, '../..');
const bin = (name: string) => join(root, 'node_modules/.bin', name);
const steps: readonly (readonly [string, readonly string[]])[] = [
  [bin('tsc'), ['-p', '.']],
  [bin('biome'), ['check', '.']],
  [bin('vitest'), ['run', '--project', 'unit', 'shared', 'boundaries.test.ts']],
];
for (const [command, args] of steps) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
