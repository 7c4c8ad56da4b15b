import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { chromiumOf } from './chromium.ts';

/**
 * `npm test`: everything, the same on a desk and in CI. Each check counts as one test beside those of the test files;
 * the last line is `N passed, N failed`. Skipped tests count as failed: a test that does not run proves nothing. A lane
 * that hangs is stopped, and the log says in which test.
 */
const root = join(import.meta.dirname, '../..');
const broken: string[] = [];
const bin = (name: string) => join(root, 'node_modules/.bin', name);
const reports = mkdtempSync(join(tmpdir(), 'handbook-report-'));
let passed = 0;
let failed = 0;

/** Nothing here takes a quarter of it, even on a machine that others use. */
const LONGEST_MINUTES = 20;
/** Milliseconds in which what is stopped may end what it started itself. */
const ENDING_MS = 30_000;

type Ended = 'green' | 'red' | 'hung';

const run = async (
  command: string,
  args: readonly string[],
  {
    cwd = root,
    env = {},
    quiet = false,
  }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>>; readonly quiet?: boolean } = {},
): Promise<Ended> => {
  const stdio = ['inherit', quiet ? 'ignore' : 'inherit', 'inherit'] as const;
  const child = spawn(command, args, { cwd, stdio: [...stdio], env: { ...process.env, NO_COLOR: '1', ...env } });
  let hung = false;
  const stopping = setTimeout(() => {
    hung = true;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), ENDING_MS).unref();
  }, LONGEST_MINUTES * 60_000);
  const [status] = await once(child, 'exit');
  clearTimeout(stopping);
  if (hung) return 'hung';
  return status === 0 ? 'green' : 'red';
};

const tell = (name: string, ended: Ended, started: number): void => {
  const hanging = ended === 'hung' ? `: stopped, as it had not ended in ${LONGEST_MINUTES} minutes` : '';
  console.log(`${ended === 'green' ? 'ok  ' : 'FAIL'} ${name} (${secondsSince(started)} s)${hanging}`);
};

const check = async (name: string, command: string, args: readonly string[], cwd = root): Promise<void> => {
  const started = performance.now();
  const ended = await run(command, args, { cwd });
  tell(name, ended, started);
  const green = ended === 'green';
  if (green) passed++;
  else failed++;
};

const secondsSince = (started: number): string => ((performance.now() - started) / 1000).toFixed(1);

/** Chromium comes from the system's packages; nothing downloads a browser of its own. */
const browserReady = async (): Promise<boolean> => {
  if (chromiumOf()) return true;
  console.log('Installing Chromium for the browser tests (apt-get) …');
  const asked = { env: { DEBIAN_FRONTEND: 'noninteractive' }, quiet: true };
  return (
    (await run('apt-get', ['update', '-qq'], asked)) === 'green' &&
    (await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium-headless-shell'], asked)) ===
      'green'
  );
};

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

/** As much of a failure's message as says what went wrong. */
const TOLD = 900;

/** What went wrong is told again at the end, where nobody has to look for it between three lanes. */
const rememberBroken = ({ testResults }: Report): void => {
  for (const { name, status, message, assertionResults } of testResults) {
    const file = relative(root, name);
    if (status === 'failed' && assertionResults.length === 0) broken.push(`${file}\n${message.slice(0, TOLD)}`);
    for (const test of assertionResults)
      if (test.status !== 'passed')
        broken.push(`${file}: ${test.fullName}\n${test.failureMessages?.join('\n').slice(0, TOLD) ?? test.status}`);
  }
};

/** A test slower than this has a line of its own in the log. */
const SLOW_MS = 5_000;

const tests = async (project: string): Promise<void> => {
  const started = performance.now();
  const file = join(reports, `${project}.json`);
  const underWay = join(reports, `${project}.txt`);
  const reporters = ['default', 'json', './infra/local/test-under-way.ts'].map((one) => `--reporter=${one}`);
  const output = [`--outputFile.json=${file}`, `--slowTestThreshold=${SLOW_MS}`];
  // the journeys tell taps and bytes; of the others only those that fail have something to tell
  const silent = project === 'e2e' ? [] : ['--silent=passed-only'];
  const args = ['run', '--project', project, ...reporters, ...output, ...silent];
  const ended = await run(bin('vitest'), args, { env: { UNDER_WAY: underWay } });
  tell(`tests: ${project}`, ended, started);
  if (ended === 'hung' && existsSync(underWay)) console.log(`It hung in\n${readFileSync(underWay, 'utf8')}`);
  if (!existsSync(file)) {
    if (ended !== 'hung') console.log(`FAIL ${project}: the tests did not start`);
    failed++;
    return;
  }
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report; // written by vitest just now
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  const bad = report.numFailedTests + report.numPendingTests + report.numTodoTests + brokenFiles;
  rememberBroken(report);
  passed += report.numPassedTests;
  failed += bad === 0 && ended !== 'green' ? 1 : bad;
};

const only = process.argv[2];
const part = async (name: string, work: () => Promise<unknown>): Promise<void> => {
  if (only === undefined || only === name) await work();
};

// what is built here is what every copy below runs: none builds it again
const building = check('functions, site and template build, cdk-nag without a finding', process.execPath, [
  'infra/local/build.ts',
]);
if (!(await browserReady())) {
  console.log('Chromium is missing and could not be installed: set CHROMIUM to the path of a Chromium.');
  failed++;
}
await building;
// each lane waits often, for a screen or a queue: side by side they fill the time
const lanes = [
  // over before the province of the journeys stands
  () =>
    part('check', async () => {
      await check('types', bin('tsc'), ['-p', '.']);
      await check('types of the service worker', bin('tsc'), ['-p', 'web/tsconfig.worker.json']);
      await check(
        'types of the site',
        bin('svelte-check'),
        ['--threshold', 'warning', '--output', 'human'],
        join(root, 'web'),
      );
      await check('lint and format', bin('biome'), ['check', '.']);
    }),
  () => part('unit', () => tests('unit')),
  () => part('e2e', () => tests('e2e')),
  () => part('faults', () => tests('faults')),
];
await Promise.all(lanes.map((lane) => lane()));
rmSync(reports, { recursive: true, force: true });
for (const one of broken) console.log(`\nFAILED ${one}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
