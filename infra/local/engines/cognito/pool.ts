import { serviceError } from '../service-error.ts';
import { makeVerifier } from './srp.ts';
import type { User, UserStorage } from './storage.ts';
import type { Tokens } from './tokens.ts';

export interface PoolSettings {
  /** `<region>_<letters and digits>`. */
  readonly poolId: string;
  readonly clientIds: readonly string[];
  /** `ON`: nobody signs in without a code of an authenticator app. */
  readonly mfa: 'ON' | 'OFF';
  readonly minimumPasswordLength: number;
}

/** A pool at work. */
export interface Pool {
  readonly settings: PoolSettings;
  readonly storage: UserStorage;
  readonly tokens: Tokens;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Milliseconds that a temporary password holds. Source: Amazon Cognito, default of 7 days. */
const temporaryLife = 7 * 24 * 3_600_000;
/** Longest password. Source: Amazon Cognito. */
const longestPassword = 256;

/** The user with a new password, or the refusal `InvalidPasswordException`. */
export const withPassword = (pool: Pool, user: User, password: string, kind: 'permanent' | 'temporary'): User => {
  const { minimumPasswordLength, poolId } = pool.settings;
  if ([...password].length < minimumPasswordLength || password.length > longestPassword) {
    const reason = 'Password did not conform with policy: Password not long enough';
    throw serviceError(400, 'InvalidPasswordException', reason);
  }
  const now = pool.now();
  const { temporaryUntil: _, ...rest } = user;
  const fresh = { ...rest, ...makeVerifier({ pool: poolId, username: user.username }, password), modified: now };
  return kind === 'permanent'
    ? { ...fresh, status: 'CONFIRMED' }
    : { ...fresh, status: 'FORCE_CHANGE_PASSWORD', temporaryUntil: now + temporaryLife };
};

/** The user of this name, for an administrator: `UserNotFoundException` otherwise. */
export const requireUser = ({ storage, settings }: Pool, name: string): User => {
  const user = storage.findByAlias(settings.poolId, name);
  if (user === undefined) throw serviceError(400, 'UserNotFoundException', 'User does not exist.');
  return user;
};

export const notAuthorized = (sentence: string) => serviceError(400, 'NotAuthorizedException', sentence);
