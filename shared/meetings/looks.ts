/** Seconds between looks at the shared file: a vote is followed closely, a waiting hall seldom. Source: burst.md §5.1. */
export const POLL_SECONDS = { voting: 5, open: 30, door: 45, waiting: 60, over: 0 } as const;

/** Members of a branch from which on a hall is large: at nearly every look something has changed there. */
const LARGE_HALL = 51;

/** The same for a hall of so many: a large one is looked at less often, so that an evening's looks cost no more than in a small one. */
export const pollSecondsIn = (members: number): Readonly<Record<keyof typeof POLL_SECONDS, number>> =>
  members < LARGE_HALL ? POLL_SECONDS : { ...POLL_SECONDS, voting: 6, open: 45 };

/**
 * Milliseconds between looks of a desk, which run a function: at what moves, and at the whole of it. A little less than two
 * looks at the shared file while phones vote; its own acts a desk shows at once.
 */
export const DESK_MS = { moving: 9_000, whole: 60_000 } as const;
