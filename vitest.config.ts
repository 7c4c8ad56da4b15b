import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// web/tsconfig.json extends a file that SvelteKit writes; a fresh clone has none yet
if (!existsSync('web/node_modules/$app/tsconfig.json'))
  execFileSync('../node_modules/.bin/svelte-kit', ['sync'], { cwd: 'web', stdio: 'inherit' });

/** Unit, property, store, handler, infra and browser tests. The browser journeys share one local cloud, two at a time: each leaves the others' meetings and papers alone. */
export default defineConfig({
  test: {
    // a busy machine is late: these end what hangs, and nothing is measured by them
    testTimeout: 120_000,
    hookTimeout: 180_000,
    allowOnly: false,
    // what must come within a second is measured where it is asserted
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          exclude: ['**/node_modules/**', '**/*.fault.test.ts'],
          setupFiles: ['functions/runtime/log.testing.ts'],
          include: [
            'shared/**/*.test.ts',
            'functions/**/*.test.ts',
            'infra/**/*.test.ts',
            'web/src/**/*.test.ts',
            '*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['infra/load/**/*.fault.test.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['web/e2e/**/*.test.ts'],
          globalSetup: ['web/e2e/cloud.setup.ts'],
          maxWorkers: 2,
          // the files of a worker share its Chromium
          isolate: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
