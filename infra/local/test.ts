import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm test`: everything, the same on a desk and in CI. Each check counts as one test beside those of the test files;
 * the last line is `N passed, N failed`. Skipped tests count as failed: a test that does not run proves nothing.
 */
const root = join(import.meta.dirname, '../..');
const bin = (name: string) => join(root, 'node_modules/.bin', name);
const reports = mkdtempSync(join(tmpdir(), 'handbook-report-'));
let passed = 0;
let failed = 0;

const run = (command: string, args: readonly string[], cwd = root): boolean =>
  spawnSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, FORCE_COLOR: '0' } }).status === 0;

const check = (name: string, command: string, args: readonly string[], cwd = root): boolean => {
  const started = performance.now();
  const green = run(command, args, cwd);
  console.log(`${green ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (green) passed++;
  else failed++;
  return green;
};

/** Chromium comes from the system's packages; nothing downloads a browser of its own. */
const browserReady = (): boolean => {
  if (existsSync(process.env['CHROMIUM'] ?? '/usr/bin/chromium')) return true;
  console.log('Installing Chromium for the browser tests (apt-get) …');
  return (
    run('apt-get', ['update', '-qq']) && run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'])
  );
};

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { status: string; assertionResults: readonly unknown[] }[];
}

const tests = async (project: string): Promise<void> => {
  const file = join(reports, `${project}.json`);
  const vitest = spawn(
    bin('vitest'),
    ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    { cwd: root, stdio: 'inherit', env: { ...process.env, FORCE_COLOR: '0' } },
  );
  const [status] = await once(vitest, 'exit');
  const green = status === 0;
  if (!existsSync(file)) {
    console.log(`FAIL ${project}: the tests did not start`);
    failed++;
    return;
  }
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report; // written by vitest just now
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  const bad = report.numFailedTests + report.numPendingTests + report.numTodoTests + brokenFiles;
  passed += report.numPassedTests;
  failed += bad === 0 && !green ? 1 : bad;
};

const only = process.argv[2];
const part = async (name: string, work: () => void | Promise<void>): Promise<void> => {
  if (only === undefined || only === name) await work();
};

if (!browserReady()) {
  console.log('Chromium is missing and could not be installed: set CHROMIUM to the path of a Chromium.');
  failed++;
}
await part('check', () => {
  check('functions build', process.execPath, ['functions/build.ts']);
  check('site builds', bin('vite'), ['build', '--logLevel', 'warn'], join(root, 'web'));
  check('cloud synthesises, cdk-nag without a finding', process.execPath, ['infra/main.ts']);
  check('types', bin('tsc'), ['-p', '.']);
  check('types of the service worker', bin('tsc'), ['-p', 'web/tsconfig.worker.json']);
  check('types of the site', bin('svelte-check'), ['--threshold', 'warning', '--output', 'human'], join(root, 'web'));
  check('lint and format', bin('biome'), ['check', '.']);
});
// the journeys mostly wait for screens: the other tests fill the time
await Promise.all([part('unit', () => tests('unit')), part('e2e', () => tests('e2e'))]);
await part('faults', () => tests('faults'));
rmSync(reports, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
