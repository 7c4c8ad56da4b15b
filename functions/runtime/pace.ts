import type { SessionId } from '#shared/kernel/ids.ts';

/**
 * How many requests one session may send at once, and how many a second lasting: three times what a phone sends that
 * kept two hundred acts while it had no network.
 */
const PACE = { member: { most: 600, aSecond: 5 }, staff: { most: 1_200, aSecond: 30 } } as const;

/** Sessions remembered; of more the one that has asked least lately is forgotten, and begins with all it may. */
const MOST_SESSIONS = 5_000;

const known = new Map<SessionId, { readonly left: number; readonly at: number }>();

/**
 * Whether this session may ask now, `now` in milliseconds. Each environment of a function counts for itself and in memory,
 * so that the limit costs neither a read nor a write: it is for a phone that runs wild or a stolen pass, not a sum that
 * must hold. A hall behind one address never meets it.
 */
export const mayAsk = (sessionId: SessionId, kind: keyof typeof PACE, now: number): boolean => {
  const { most, aSecond } = PACE[kind];
  const before = known.get(sessionId);
  // a clock set back gives nothing
  const left = before ? Math.min(most, before.left + (Math.max(0, now - before.at) / 1_000) * aSecond) : most;
  known.delete(sessionId);
  const [longestSilent] = known.size < MOST_SESSIONS ? [] : known.keys();
  if (longestSilent !== undefined) known.delete(longestSilent);
  known.set(sessionId, { left: left < 1 ? left : left - 1, at: now });
  return left >= 1;
};
