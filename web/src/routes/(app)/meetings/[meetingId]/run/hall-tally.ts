import type { InputOf } from '#shared/kernel/operation.ts';
import type { recordHands } from '#shared/meetings/hands-contract.ts';

/** What was counted in the hall, and who watched it. */
export type HallTally = Pick<InputOf<typeof recordHands>, 'hands' | 'papers' | 'witnessId'>;
