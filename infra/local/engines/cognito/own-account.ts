import { serviceError } from '../service-error.ts';
import { sameText } from '../signature.ts';
import { clearFailures, countFailure, requireUnlocked } from './lockout.ts';
import { notAuthorized, type Pool, withPassword } from './pool.ts';
import { atSetup } from './sign-in.ts';
import { makeVerifier } from './srp.ts';
import type { User } from './storage.ts';
import { matchingStep, newTotpSecret } from './totp.ts';

/** Who an access token stands for; refuses a user who was deleted or disabled meanwhile. */
export const signedInUser = (pool: Pool, accessToken: string): { readonly user: User; readonly origin: string } => {
  const { username, origin } = pool.tokens.read(accessToken, pool.now());
  const user = pool.storage.find(pool.settings.poolId, username);
  if (user === undefined) throw serviceError(400, 'UserNotFoundException', 'User does not exist.');
  if (!user.enabled) throw notAuthorized('User is disabled.');
  return { user, origin };
};

export const changePassword = (pool: Pool, accessToken: string, previous: string, proposed: string): object => {
  const { user } = signedInUser(pool, accessToken);
  requireUnlocked(pool, user.username);
  const given = makeVerifier({ pool: user.pool, username: user.username }, previous, user.salt);
  if (!sameText(given.verifier, user.verifier)) {
    countFailure(pool, user.username);
    throw notAuthorized('Incorrect username or password.');
  }
  clearFailures(pool, user.username);
  pool.storage.save(withPassword(pool, user, proposed, 'permanent'));
  return {};
};

/** Whose authenticator app is set up: by a half sign-in, or by somebody signed in. */
export type SetupBy = { readonly session: string } | { readonly accessToken: string };

/** Hands out a new secret; the present one holds until the new one is proven. */
export const offerTotp = (pool: Pool, by: SetupBy): object => {
  const { user, goOn } = setupOf(pool, by);
  const SecretCode = newTotpSecret();
  pool.storage.save({ ...user, offeredTotp: pool.storage.seal.close(SecretCode), modified: pool.now() });
  return { SecretCode, ...goOn('offered') };
};

/** Takes the app into use when its code is right; that code is used up. */
export const proveTotp = (pool: Pool, by: SetupBy, code: string): object => {
  const { user, goOn } = setupOf(pool, by);
  requireUnlocked(pool, user.username);
  const { offeredTotp, ...rest } = user;
  const step = offeredTotp && matchingStep(pool.storage.seal.open(offeredTotp), code, pool.now());
  if (offeredTotp === undefined || typeof step !== 'number') {
    countFailure(pool, user.username);
    throw serviceError(400, 'EnableSoftwareTokenMFAException', 'Code mismatch');
  }
  pool.storage.save({ ...rest, totp: { sealed: offeredTotp, lastStep: step }, modified: pool.now() });
  return { Status: 'SUCCESS', ...goOn('proven') };
};

const setupOf = (pool: Pool, by: SetupBy) => {
  if ('accessToken' in by) return { user: signedInUser(pool, by.accessToken).user, goOn: () => ({}) };
  const { user, goOn } = atSetup(pool, by.session);
  return { user, goOn: (state: 'offered' | 'proven') => ({ Session: goOn(state) }) };
};

/** Ends the sign-in of this refresh token, with all tokens made from it. A token that is not known is no fault. */
export const revokeToken = (pool: Pool, client: string, token: string): object => {
  const signIn = pool.storage.signInOf(token);
  if (signIn?.client === client) pool.storage.endSignIn(signIn.origin);
  return {};
};
