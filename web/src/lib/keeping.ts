/** What the service worker does with a request for this path of our own origin. */
export type Keeping =
  /** Hashed file of the app: from the phone, fetched once. */
  | 'shell'
  /** Hashed content: from the phone, fetched once, the oldest make room. */
  | 'content'
  /** Changes all the time: from the network, the last copy when there is none. */
  | 'live'
  /** None of its business: acts, sessions, sounds and films in parts. */
  | 'leave';

/** Requests that are no GET or ask for a part of a file never come here. */
export const keepingOf = (path: string): Keeping => {
  if (path.startsWith('/_app/immutable/')) return 'shell';
  if (path.startsWith('/content/live/')) return 'live';
  if (path.startsWith('/content/')) return 'content';
  return 'leave';
};

/** Files that name what was withdrawn: a branch's manifest and a unit's library. Source: access.md §4. */
export const namesWithdrawn = (path: string): boolean => /^\/content\/live\/[^/]+\/(branch|library)\.json$/.test(path);

/** Paths (or hashes) of withdrawn content in such a file; none when it says nothing readable. */
export const withdrawnIn = (manifest: unknown): readonly string[] => {
  const list = typeof manifest === 'object' && manifest !== null && 'withdrawn' in manifest ? manifest.withdrawn : [];
  return Array.isArray(list) ? list.filter((name): name is string => typeof name === 'string' && name.length >= 8) : [];
};

/** The kept addresses that hold withdrawn content. */
export const toPurge = (kept: readonly string[], withdrawn: readonly string[]): readonly string[] =>
  kept.filter((url) => withdrawn.some((name) => url.includes(name)));

/** How many of the oldest must go so that there is room for `limit`. */
export const surplus = (count: number, limit: number): number => Math.max(0, count - limit);
