import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { arrivals, chance } from './arrivals.ts';
import { Step, type StepFigures } from './measure.ts';

/**
 * Another system, as its owner describes it in one file: `export const signin = (index) => …`, and so on. What `signin`
 * answers is handed to `tokenOf`, and its token to the rest. Each throws when it was refused.
 */
export interface PeerAdapter {
  signin(index: number): Promise<unknown>;
  tokenOf(answer: unknown): string;
  list(token: string): Promise<unknown>;
  create(token: string, index: number): Promise<unknown>;
}

/** Seconds after the arrival at which each act begins. */
const PLAN = [
  ['signin', 0],
  ['list', 1],
  ['list', 3],
  ['create', 5],
] as const;

/** The same simple evening against another server: sign in, look twice, write once. Latency from the intended start. */
export const comparePeer = async (
  file: string,
  { members, minutes, peak, seed }: { members: number; minutes: number; peak: number; seed: number },
): Promise<{ members: number; minutes: number; done: number; within3s: number; steps: readonly StepFigures[] }> => {
  const adapter = (await import(pathToFileURL(resolve(file)).href)) as PeerAdapter; // the file says what it exports
  const steps = { signin: new Step('signin'), list: new Step('list'), create: new Step('create') };
  const times = arrivals(members, minutes * 60_000, peak, chance(seed));
  const begun = performance.now();
  let done = 0;
  let within = 0;
  await Promise.all(
    times.map(async (arrival, index) => {
      let token = '';
      let slowest = 0;
      for (const [name, after] of PLAN) {
        const meant = begun + arrival + after * 1000;
        await new Promise((ready) => setTimeout(ready, Math.max(0, meant - performance.now())));
        try {
          if (name === 'signin') token = adapter.tokenOf(await adapter.signin(index));
          else await adapter[name](token, index);
        } catch {
          // whatever the other system's adapter throws is a refusal to its member
          steps[name].fail(0);
          return;
        } finally {
          const took = performance.now() - meant;
          steps[name].add(took);
          slowest = Math.max(slowest, took);
        }
      }
      done++;
      if (slowest <= 3_000) within++;
    }),
  );
  const share = (count: number) => Math.round((count / members) * 1000) / 1000;
  return {
    members,
    minutes,
    done: share(done),
    within3s: share(within),
    steps: Object.values(steps).map((step) => step.figures()),
  };
};
