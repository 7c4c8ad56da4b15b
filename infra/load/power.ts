import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type OwnCopy, startCopy } from './own-copy.ts';
import { type Act, sendOnce, untilThanked } from './sending.ts';

/** An act of which the answer may hold something that is new each time; `same` is what must not change. */
export interface StoryAct<T = unknown> extends Act<T> {
  readonly same?: (body: T) => unknown;
}

/** A copy whose power is cut again and again. */
export interface Power {
  readonly url: () => string;
  readonly dataDir: string;
  readonly cuts: () => number;
  /** Acts that were thanked for although the power went a moment later. */
  readonly thankedBefore: () => number;
  /**
   * Sends the acts at once, kills everything at a moment within `withinMs`, starts it again, and sends the same until all
   * are thanked for. Throws when an act that had been thanked for is now answered otherwise. Answers the thanks.
   */
  strike<T>(acts: readonly StoryAct<T>[], withinMs?: number): Promise<T[]>;
  /** Kills while only what follows from earlier acts is under way. */
  cut(withinMs: number): Promise<void>;
  end(): Promise<void>;
}

const quiet = (): void => {};

export const startPower = async (random: () => number): Promise<Power> => {
  let copy: OwnCopy = await startCopy({ seed: 'empty', cold: true }, quiet);
  const { dataDir } = copy;
  const port = Number(new URL(copy.url).port);
  let cuts = 0;
  let thankedBefore = 0;

  const cut = async (withinMs: number): Promise<void> => {
    await pause(random() * withinMs);
    await copy.kill();
    cuts++;
    copy = await startCopy({ seed: 'empty', dataDir, port, cold: true }, quiet);
  };

  return {
    url: () => copy.url,
    dataDir,
    cuts: () => cuts,
    thankedBefore: () => thankedBefore,
    cut,
    strike: async <T>(acts: readonly StoryAct<T>[], withinMs = 250): Promise<T[]> => {
      const first = acts.map((act) => sendOnce(act));
      await cut(withinMs);
      const bodies: T[] = [];
      for (const [at, act] of acts.entries()) {
        const before = await first[at];
        const { body } = await untilThanked(act, { random });
        const lasting = (value: T): unknown => (act.same ? act.same(value) : value);
        if (before?.status === 200) {
          thankedBefore++;
          if (!isDeepStrictEqual(lasting(before.body), lasting(body))) {
            const [first, second] = [before.body, body].map((value) => JSON.stringify(lasting(value)));
            throw new Error(`${act.name} was answered ${first} and, sent again, ${second}`);
          }
        }
        bodies.push(body);
      }
      return bodies;
    },
    end: () => copy.end(),
  };
};
