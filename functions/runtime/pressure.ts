import type { GivesWay } from '#shared/kernel/operation.ts';

/**
 * How hard the tables work, as this function feels it: a running mean of how long their calls take, tries again and
 * waits included. It forgets within seconds, so that the first calm calls open everything again.
 */
let mean = 0;
let notedAt = 0;

/** Share of the newest call in the mean. */
const WEIGHT = 0.1;
const FORGOTTEN_AFTER_MS = 10_000;

export const noteTableCall = (milliseconds: number, now = performance.now()): void => {
  mean = now - notedAt > FORGOTTEN_AFTER_MS ? milliseconds : mean + (milliseconds - mean) * WEIGHT;
  notedAt = now;
};

/** From which mean what gives way, in order. Check-in and ballots never do. Source: burst.md §5.5. */
const LIMITS_MS: Readonly<Record<GivesWay, number>> = {
  statistics: 800,
  polls: 1_200,
  uploads: 1_800,
  opinions: 2_500,
};

export const mustGiveWay = (what: GivesWay, now = performance.now()): boolean =>
  now - notedAt <= FORGOTTEN_AFTER_MS && mean > LIMITS_MS[what];
