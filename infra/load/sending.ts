import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from './person.ts';

/** One request of the story, the same every time it is sent. */
export interface Act<T = unknown> {
  readonly name: string;
  readonly send: () => Promise<Answer<T>>;
}

/** What became of an act that was sent until it was thanked for. */
export interface Thanks<T = unknown> {
  readonly act: Act<T>;
  readonly body: T;
  readonly tries: number;
  /** By `performance.now()`. */
  readonly firstSentAt: number;
  readonly thankedAt: number;
}

/** Statuses that may pass by themselves; any other refusal is final. */
const PASSING: readonly number[] = [429, 500, 502, 503, 504];
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 4_000;

/** Sends once; a connection that broke is `undefined`, as it is for a phone. */
export const sendOnce = async <T>(act: Act<T>): Promise<Answer<T> | undefined> => {
  try {
    return await act.send();
  } catch (error) {
    // a broken connection is an outcome; whatever else goes wrong is a fault of this program
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return undefined;
  }
};

/** Sends as a phone's outbox does: again after a growing wait with full jitter, until it is thanked or refused for good. */
export const untilThanked = async <T>(
  act: Act<T>,
  { random, withinMs = 120_000 }: { readonly random: () => number; readonly withinMs?: number },
): Promise<Thanks<T>> => {
  const firstSentAt = performance.now();
  for (let tries = 1; ; tries++) {
    const answer = await sendOnce(act);
    // a page that wants a sign-in to the Wi-Fi answers 200 too, but never what was asked for
    if (answer?.status === 200 && typeof answer.body === 'object') {
      return { act, body: answer.body, tries, firstSentAt, thankedAt: performance.now() };
    }
    if (answer && answer.status >= 400 && !PASSING.includes(answer.status)) {
      throw new Error(`${act.name} was refused: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    if (performance.now() - firstSentAt > withinMs)
      throw new Error(`${act.name} was not thanked for in ${tries} tries`);
    const backoff = random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
    await pause((answer?.retryAfterSeconds ?? 0) * 1_000 + backoff);
  }
};

/** Asks again until `found`, at most so long; answers what came last. */
export const eventually = async <T>(
  ask: () => Promise<T>,
  found: (value: T) => boolean,
  withinMs: number,
): Promise<T> => {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (found(value) || performance.now() > end) return value;
    await pause(100);
  }
};
