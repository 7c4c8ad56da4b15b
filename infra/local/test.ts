import { spawn } from 'node:child_process';
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

const run = async (command: string, args: readonly string[], cwd = root): Promise<boolean> => {
  const child = spawn(command, args, { cwd, stdio: 'inherit', env: { ...process.env, FORCE_COLOR: '0' } });
  const [status] = await once(child, 'exit');
  return status === 0;
};

const check = async (name: string, command: string, args: readonly string[], cwd = root): Promise<void> => {
  const started = performance.now();
  const green = await run(command, args, cwd);
  console.log(`${green ? 'ok  ' : 'FAIL'} ${name} (${secondsSince(started)} s)`);
  if (green) passed++;
  else failed++;
};

const secondsSince = (started: number): string => ((performance.now() - started) / 1000).toFixed(1);

/** Chromium comes from the system's packages; nothing downloads a browser of its own. */
const browserReady = async (): Promise<boolean> => {
  if (existsSync(process.env['CHROMIUM'] ?? '/usr/bin/chromium')) return true;
  console.log('Installing Chromium for the browser tests (apt-get) …');
  return (
    (await run('apt-get', ['update', '-qq'])) &&
    (await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']))
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
  const started = performance.now();
  const file = join(reports, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const green = await run(bin('vitest'), ['run', '--project', project, ...reporters]);
  console.log(`${green ? 'ok  ' : 'FAIL'} tests: ${project} (${secondsSince(started)} s)`);
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
const part = async (name: string, work: () => Promise<unknown>): Promise<void> => {
  if (only === undefined || only === name) await work();
};

if (!(await browserReady())) {
  console.log('Chromium is missing and could not be installed: set CHROMIUM to the path of a Chromium.');
  failed++;
}
// what is built here is what every copy below runs: none builds it again
await check('functions, site and template build, cdk-nag without a finding', process.execPath, [
  'infra/local/build.ts',
]);
// each lane waits often, for a screen or a queue: side by side they fill the time
const lanes = [
  async () => {
    await part('check', async () => {
      await check('types', bin('tsc'), ['-p', '.']);
      await check('types of the service worker', bin('tsc'), ['-p', 'web/tsconfig.worker.json']);
      await check(
        'types of the site',
        bin('svelte-check'),
        ['--threshold', 'warning', '--output', 'human'],
        join(root, 'web'),
      );
      await check('lint and format', bin('biome'), ['check', '.']);
    });
    await part('unit', () => tests('unit'));
  },
  () => part('e2e', () => tests('e2e')),
  () => part('faults', () => tests('faults')),
];
await Promise.all(lanes.map((lane) => lane()));
rmSync(reports, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
