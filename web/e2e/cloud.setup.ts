import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';
import { type Cookie, Person } from '../../infra/load/person.ts';
import { signInStaff } from '../../infra/load/staff-sign-in.ts';
import type { Account } from './journey.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the local cloud that all journeys share. */
    readonly url: string;
    /** Its data folder, where `demo-accounts.json` lies. */
    readonly dataDir: string;
    /** What staff have been signed in with, by the name they sign in with: a code of theirs opens only once. */
    readonly staff: Readonly<Record<string, readonly Cookie[]>>;
  }
}

const signInAll = async (url: string, dataDir: string): Promise<Record<string, readonly Cookie[]>> => {
  const all = JSON.parse(readFileSync(join(dataDir, 'demo-accounts.json'), 'utf8')) as Account[]; // written by the seed
  const jars: Record<string, readonly Cookie[]> = {};
  for (const { username, password, totpSecret } of all) {
    if (username === undefined || password === undefined || totpSecret === undefined) continue;
    const person = new Person(url);
    await signInStaff(person, { username, password, totpSecret }, Date.now());
    jars[username] = person.jar();
  }
  return jars;
};

/** First start of the demonstration: a minute on a quiet machine, four on a busy one. */
const READY_WITHIN_MINUTES = 8;

let cloud: ChildProcess | undefined;
let dataDir: string | undefined;

/** Starts one copy of everything, as the README says, on a free port and in a folder of its own. */
export const setup = async (project: TestProject): Promise<void> => {
  // a copy that runs already saves the minutes of a seed while a journey is being written
  const { HANDBOOK_URL, HANDBOOK_DATA } = process.env;
  if (HANDBOOK_URL !== undefined && HANDBOOK_DATA !== undefined) {
    project.provide('url', HANDBOOK_URL);
    project.provide('dataDir', HANDBOOK_DATA);
    project.provide('staff', await signInAll(HANDBOOK_URL, HANDBOOK_DATA));
    return;
  }
  dataDir = mkdtempSync(join(tmpdir(), 'handbook-e2e-'));
  cloud = spawn(process.execPath, ['infra/local/start.ts', '--port', '0', '--data', dataDir, '--seed', 'demo'], {
    cwd: join(import.meta.dirname, '../..'),
    // with the channel it ends by itself when this process is gone without a word
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    const late = () => reject(new Error(`the local cloud was not ready in ${READY_WITHIN_MINUTES} minutes`));
    setTimeout(late, READY_WITHIN_MINUTES * 60_000).unref();
    const lines = createInterface({ input: cloud?.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => {
      console.log(`[cloud] ${line}`);
      const ready = /^ready (http:\/\/\S+)$/.exec(line);
      if (ready) resolve(ready[1] as string);
    });
    cloud?.on('exit', (code) => reject(new Error(`the local cloud ended with ${code}`)));
  });
  project.provide('url', url);
  project.provide('dataDir', dataDir);
  project.provide('staff', await signInAll(url, dataDir));
};

export const teardown = async (): Promise<void> => {
  if (!cloud) return;
  const ended = new Promise((resolve) => cloud?.once('exit', resolve));
  cloud?.kill('SIGTERM');
  await ended;
  if (dataDir) rmSync(dataDir, { recursive: true, force: true });
};
