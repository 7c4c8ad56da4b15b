import { notAuthorized, type Pool } from './pool.ts';

/** Failures before a name is locked, and the longest lock in milliseconds. Source: Amazon Cognito, lockout behaviour. */
const freeFailures = 5;
const longestLock = 15 * 60_000;

/**
 * Refuses while the name is locked. After the fifth failure a lock of one second, doubled with each further failure;
 * tries during a lock change nothing. Names without a user are counted in the same way, so that nothing tells them apart.
 */
export const requireUnlocked = ({ storage, settings, now }: Pool, name: string): void => {
  const { failures, last } = storage.attempts(settings.poolId, name.toLowerCase());
  if (now() < last + lockAfter(failures)) throw notAuthorized('Password attempts exceeded');
};

export const countFailure = ({ storage, settings, now }: Pool, name: string): void => {
  const { failures, last } = storage.attempts(settings.poolId, name.toLowerCase());
  const quiet = now() - last > longestLock;
  storage.setAttempts(settings.poolId, name.toLowerCase(), { failures: quiet ? 1 : failures + 1, last: now() });
};

export const clearFailures = ({ storage, settings }: Pool, name: string): void =>
  storage.setAttempts(settings.poolId, name.toLowerCase(), undefined);

const lockAfter = (failures: number): number =>
  failures < freeFailures ? 0 : Math.min(longestLock, 1000 * 2 ** (failures - freeFailures));
