import { wait } from '#lib/waiting.ts';
import type { DeskState } from '../desk.svelte.ts';

/** The Word file is made a moment after the act. */
const EVERY_MS = 1_500;
const TRIES = 20;

/** Looks for the Word file of a settled paper until it is there, or the page is left. */
export const awaitWord = async (
  desk: DeskState,
  which: 'minutes' | 'resolution',
  signal: AbortSignal,
): Promise<void> => {
  for (let tries = 0; tries < TRIES && !desk.desk.words[which] && !signal.aborted; tries++) {
    await wait(EVERY_MS, signal);
    if (!signal.aborted) await desk.reload();
  }
};
