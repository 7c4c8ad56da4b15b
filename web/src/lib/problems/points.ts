import type { ProblemsOf } from '../problems.ts';

/** Points are only looked at: nothing can be refused but what any operation refuses. */
export const pointsProblems = {} satisfies ProblemsOf<typeof import('#shared/points/contract.ts')>;
