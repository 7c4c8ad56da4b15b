import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A copy of everything, started as `npm start` does, on a free port and in a folder of its own. */
export interface OwnCopy {
  readonly url: string;
  readonly dataDir: string;
  /** Ends it as a power cut would: the whole process group at once, nothing said. */
  readonly kill: () => Promise<void>;
  /** Ends it cleanly and throws its folder away. */
  readonly end: () => Promise<void>;
}

export const startCopy = async (
  options: { seed: 'demo' | 'empty'; dataDir?: string; port?: number; metered?: true; cold?: true },
  tell: (line: string) => void,
): Promise<OwnCopy> => {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'handbook-copy-'));
  const child = spawn(
    process.execPath,
    [
      'infra/local/start.ts',
      ...['--port', String(options.port ?? 0), '--data', dataDir, '--seed', options.seed],
      // a share of nothing: no call fails, all are counted in capacity units
      ...(options.cold ? ['--cold'] : []),
      ...(options.metered ? ['--fault', 'throttle=0'] : []),
    ],
    // a group of its own, so that it can be killed whole; with the channel it ends by itself when this process is gone
    { cwd: join(import.meta.dirname, '../..'), stdio: ['ignore', 'pipe', 'inherit', 'ipc'], detached: true },
  );
  const gone = once(child, 'exit');
  // who breaks a run off leaves no copy behind
  const brokenOff = () => {
    child.kill('SIGTERM');
    void gone.then(() => {
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
      process.exit(1);
    });
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, brokenOff);
  void gone.then(() => {
    for (const signal of signals) process.off(signal, brokenOff);
  });
  const url = await readyUrl(child, tell);
  return {
    url,
    dataDir,
    kill: async () => {
      process.kill(-(child.pid as number), 'SIGKILL');
      await gone;
    },
    end: async () => {
      child.kill('SIGTERM');
      await gone;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

/** Until what was done before has been followed to its end by streams and queues, without the windows that gather it. */
export const followed = async (url: string, withinSeconds = 60): Promise<void> => {
  const answer = await (await fetch(`${url}/_local/followed?within=${withinSeconds}`)).json();
  if (!(answer as { followed: boolean }).followed)
    throw new Error(`what was done is not followed to its end in ${withinSeconds} s`);
};

/** With the demonstration, and the site still to be built, on a busy machine. */
const READY_WITHIN_MINUTES = 8;

const readyUrl = (child: ChildProcess, tell: (line: string) => void): Promise<string> =>
  new Promise((resolve, reject) => {
    const late = () => reject(new Error(`the copy was not ready in ${READY_WITHIN_MINUTES} minutes`));
    setTimeout(late, READY_WITHIN_MINUTES * 60_000).unref();
    child.once('exit', (code) => reject(new Error(`the copy ended with ${code} before it was ready`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      tell(line);
      const ready = /^ready (http:\/\/\S+)$/.exec(line);
      if (ready) resolve(ready[1] as string);
    });
  });
