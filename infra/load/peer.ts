import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renewSession } from '#shared/access/contract.ts';
import { giveOpinion } from '#shared/meetings/contract.ts';
import { arrivals, chance } from './arrivals.ts';
import type { Hall } from './evening.ts';
import { Step, type StepFigures } from './measure.ts';
import { must, newAction } from './population.ts';

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

export interface SimpleEvening {
  readonly members: number;
  readonly minutes: number;
  /** Share of members who came to the end. */
  readonly done: number;
  /** Share of members none of whose steps took longer than three seconds. */
  readonly within3s: number;
  readonly steps: readonly StepFigures[];
}

interface Arriving {
  readonly members: number;
  readonly minutes: number;
  readonly peak: number;
  readonly seed: number;
  /** How many times as fast as people: 1 unless a test is in a hurry. */
  readonly pace?: number;
}

/** The adapter in this file; it ends the run with one sentence when a function is missing. */
export const adapterIn = async (file: string): Promise<PeerAdapter> => {
  const found = (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>;
  const missing = ['signin', 'tokenOf', 'list', 'create'].filter((name) => typeof found[name] !== 'function');
  if (missing.length > 0) throw new Error(`${file} exports no function named ${missing.join(', ')}`);
  return found as unknown as PeerAdapter; // looked at just before
};

/** The handbook as a peer of others: renew the pass, look at the branch's list twice, give an opinion. */
export const handbookAdapter = (halls: readonly Hall[]): PeerAdapter => {
  const people = halls.flatMap((hall) => hall.members.map(({ person }) => ({ hall, person })));
  const of = (token: string) => people[Number(token)] as (typeof people)[number]; // tokens are made below
  return {
    signin: async (index) => {
      await must('a renewal', of(String(index)).person.ask(renewSession, {}));
      return index;
    },
    tokenOf: String,
    list: async (token) => {
      const { hall, person } = of(token);
      await must('the list', person.read<{ code?: string }>(`/content/live/${hall.unitId}/branch.json`));
    },
    create: async (token) => {
      const { hall, person } = of(token);
      const { unitId, meetingId } = hall;
      const opinion = { unitId, meetingId, actionId: newAction(), text: 'Tôi nhất trí với dự thảo nghị quyết' };
      await must('an opinion', person.ask(giveOpinion, opinion));
    },
  };
};

/** The same simple evening against any server: sign in, look twice, write once. Latency from the intended start. */
export const playSimpleEvening = async (
  adapter: PeerAdapter,
  { members, minutes, peak, seed, pace = 1 }: Arriving,
): Promise<SimpleEvening> => {
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
        const meant = begun + arrival + (after * 1000) / pace;
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
