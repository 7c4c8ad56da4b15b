/** Seconds between looks at the shared file: a vote is followed closely, a waiting hall seldom. Source: burst.md §5.1. */
export const POLL_SECONDS = { voting: 5, open: 30, door: 45, waiting: 60, over: 0 } as const;

/**
 * Milliseconds between looks of a desk, which run a function: at what moves, and at the whole of it. A little less than two
 * looks at the shared file while phones vote; its own acts a desk shows at once.
 */
export const DESK_MS = { moving: 9_000, whole: 60_000 } as const;
