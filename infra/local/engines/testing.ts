import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** An engine that runs in a process of its own, so that the process can be killed under load. */
export interface EngineProcess {
  readonly endpoint: string;
  /** Kills the process at once (`kill -9`) and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts `module`'s `start` with these options (plain data) in a new Node process. */
export const inOwnProcess = async (module: string, start: string, options: object): Promise<EngineProcess> => {
  const source = `
    const engine = await (await import(${JSON.stringify(module)})).${start}(${JSON.stringify(options)});
    console.log(engine.endpoint);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return { endpoint: line.toString().trim(), kill };
};

/**
 * Lets `writers` write side by side until `enough` writes were acknowledged, kills the engine in the middle of the
 * others, and answers what was acknowledged.
 */
export const killUnderWrites = async (
  engine: EngineProcess,
  write: (name: string) => Promise<unknown>,
  { writers = 8, enough = 200 } = {},
): Promise<readonly string[]> => {
  const acknowledged: string[] = [];
  let killed: Promise<void> | undefined;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let turn = 0; ; turn += 1) {
        const name = `${writer}-${turn}`;
        try {
          await write(name);
        } catch {
          return;
        }
        acknowledged.push(name);
        if (acknowledged.length === enough) killed = engine.kill();
      }
    }),
  );
  await killed;
  return acknowledged;
};
