import { randomUUID } from 'node:crypto';
import { serviceError } from '../service-error.ts';
import { sameText } from '../signature.ts';
import { clearFailures, countFailure, requireUnlocked } from './lockout.ts';
import { notAuthorized, type Pool, withPassword } from './pool.ts';
import { beginExchange, decoyVerifier, type Exchange, expectedSignature, makeVerifier } from './srp.ts';
import type { HalfSignIn, SignIn, User } from './storage.ts';
import { matchingStep } from './totp.ts';

/** Where a half sign-in stands. The username is that of the user, or what was typed when there is none. */
export type Step =
  | { readonly name: 'PASSWORD_VERIFIER'; readonly username: string; readonly exchange: Exchange }
  | { readonly name: 'NEW_PASSWORD_REQUIRED'; readonly username: string }
  | { readonly name: 'MFA_SETUP'; readonly username: string; readonly proven: boolean }
  | { readonly name: 'SOFTWARE_TOKEN_MFA'; readonly username: string; readonly failures: number };

/** Milliseconds that a half sign-in is kept. Source: Amazon Cognito, default of 3 minutes. */
const sessionLife = 3 * 60_000;
/** Milliseconds that a refresh token holds. Source: Amazon Cognito, default of 30 days. */
const refreshLife = 30 * 24 * 3_600_000;
/** Wrong codes after which a half sign-in ends. */
const codeTries = 3;

const wrong = () => notAuthorized('Incorrect username or password.');

export const signInWithPassword = async (
  pool: Pool,
  client: string,
  name: string,
  password: string,
): Promise<object> => {
  const user = pool.storage.findByAlias(pool.settings.poolId, name);
  const attempted = user?.username ?? name;
  requireUnlocked(pool, attempted);
  const kept = user ?? nobody(pool, attempted);
  const given = makeVerifier({ pool: pool.settings.poolId, username: kept.username }, password, kept.salt);
  if (!sameText(given.verifier, kept.verifier) || user === undefined) {
    countFailure(pool, attempted);
    throw wrong();
  }
  return afterPassword(pool, client, user);
};

export const beginSrp = (pool: Pool, client: string, name: string, clientPublic: string): object => {
  const user = pool.storage.findByAlias(pool.settings.poolId, name) ?? nobody(pool, name);
  requireUnlocked(pool, user.username);
  const exchange = beginExchange(clientPublic, user);
  if (exchange === undefined) throw serviceError(400, 'InvalidParameterException', 'SRP_A is not a usable number.');
  const { username } = user;
  const SECRET_BLOCK = keep(pool, client, { name: 'PASSWORD_VERIFIER', username, exchange });
  const numbers = { SALT: user.salt, SRP_B: exchange.serverPublic };
  return {
    ChallengeName: 'PASSWORD_VERIFIER',
    ChallengeParameters: { ...numbers, SECRET_BLOCK, USERNAME: username, USER_ID_FOR_SRP: username },
  };
};

/** Goes on with a half sign-in by the answers to its challenge. */
export const respond = async (pool: Pool, client: string, sent: ChallengeAnswer): Promise<object> => {
  const { challenge, answers } = sent;
  const session = (challenge === 'PASSWORD_VERIFIER' ? answers.PASSWORD_CLAIM_SECRET_BLOCK : sent.session) ?? '';
  const { step } = requireHalf(pool, session, client);
  if (step.name !== challenge) throw invalidSession();
  if (step.name === 'PASSWORD_VERIFIER') {
    pool.storage.drop(session);
    return provePassword(pool, client, step, answers);
  }
  const user = pool.storage.find(pool.settings.poolId, step.username);
  const named = pool.storage.findByAlias(pool.settings.poolId, answers.USERNAME ?? '');
  if (user === undefined || named?.username !== user.username) throw invalidSession();
  if (!user.enabled) throw notAuthorized('User is disabled.');
  switch (step.name) {
    case 'NEW_PASSWORD_REQUIRED': {
      const renewed = withPassword(pool, user, answers.NEW_PASSWORD ?? '', 'permanent');
      pool.storage.drop(session);
      pool.storage.save(renewed);
      return secondFactor(pool, client, renewed);
    }
    case 'SOFTWARE_TOKEN_MFA': {
      const proven = proveCode(pool, { session, client, step, user }, answers.SOFTWARE_TOKEN_MFA_CODE ?? '');
      return finish(pool, client, proven);
    }
    case 'MFA_SETUP':
      if (!step.proven) throw invalidSession();
      pool.storage.drop(session);
      return finish(pool, client, user);
  }
};

export interface ChallengeAnswer {
  readonly challenge: string;
  readonly session: string | undefined;
  readonly answers: Readonly<Record<string, string>>;
}

/** New identity and access token for a refresh token that still holds. */
export const refresh = async (pool: Pool, client: string, refreshToken: string): Promise<object> => {
  const signIn = pool.storage.signInOf(refreshToken);
  const mine = signIn !== undefined && signIn.client === client && signIn.pool === pool.settings.poolId;
  const user = mine ? pool.storage.find(signIn.pool, signIn.username) : undefined;
  if (!mine || user === undefined) throw notAuthorized('Invalid Refresh Token');
  if (signIn.expires <= pool.now()) throw notAuthorized('Refresh Token has expired');
  if (!user.enabled) throw notAuthorized('User is disabled.');
  const tokens = await pool.tokens.mint(user, signIn, pool.now());
  return { AuthenticationResult: { ...tokens, TokenType: 'Bearer' }, ChallengeParameters: {} };
};

/** The user whose half sign-in stands at the set-up of an app, and how to go on from there with a new session. */
export const atSetup = (pool: Pool, session: string) => {
  const { client, step } = requireHalf(pool, session);
  const user = pool.storage.find(pool.settings.poolId, step.username);
  if (step.name !== 'MFA_SETUP' || user === undefined) throw invalidSession();
  const goOn = (state: 'offered' | 'proven') => {
    pool.storage.drop(session);
    return keep(pool, client, { name: 'MFA_SETUP', username: user.username, proven: state === 'proven' });
  };
  return { user, goOn };
};

const invalidSession = () => notAuthorized('Invalid session for the user.');

/** The half sign-in that this text leads to; refused when it is of another client, unknown or too old. */
const requireHalf = (pool: Pool, session: string, client?: string): HalfSignIn<Step> => {
  const half = pool.storage.half<Step>(session);
  if (half === undefined || half.pool !== pool.settings.poolId) throw invalidSession();
  if (client !== undefined && half.client !== client) throw invalidSession();
  if (half.expires <= pool.now()) throw notAuthorized('Invalid session for the user, session is expired.');
  return half;
};

const keep = (pool: Pool, client: string, step: Step): string => {
  const now = pool.now();
  return pool.storage.keep({ pool: pool.settings.poolId, client, step, expires: now + sessionLife }, now);
};

const challengeOf = (
  ChallengeName: string,
  Session: string,
  ChallengeParameters: Readonly<Record<string, string>>,
) => ({
  ChallengeName,
  Session,
  ChallengeParameters,
});

/** Stands in for a user who is not there: nobody can tell the difference, and no password is right. */
const nobody = ({ storage, settings }: Pool, name: string): Pick<User, 'username' | 'salt' | 'verifier'> => {
  const username = name.toLowerCase();
  return { username, ...decoyVerifier(storage.seal.mark(`${settings.poolId} ${username}`)) };
};

const provePassword = async (
  pool: Pool,
  client: string,
  step: Step & { name: 'PASSWORD_VERIFIER' },
  answers: Readonly<Record<string, string>>,
): Promise<object> => {
  const user = pool.storage.find(pool.settings.poolId, step.username);
  const kept = user ?? nobody(pool, step.username);
  requireUnlocked(pool, kept.username);
  const expected = expectedSignature(step.exchange, kept, {
    pool: pool.settings.poolId,
    username: kept.username,
    secretBlock: answers.PASSWORD_CLAIM_SECRET_BLOCK ?? '',
    timestamp: answers.TIMESTAMP ?? '',
  });
  if (!sameText(expected, answers.PASSWORD_CLAIM_SIGNATURE ?? '') || user === undefined) {
    countFailure(pool, kept.username);
    throw wrong();
  }
  return afterPassword(pool, client, user);
};

const afterPassword = async (pool: Pool, client: string, user: User): Promise<object> => {
  if (!user.enabled) throw notAuthorized('User is disabled.');
  if (user.status === 'CONFIRMED') return secondFactor(pool, client, user);
  if (pool.now() > (user.temporaryUntil ?? 0)) {
    throw notAuthorized('Temporary password has expired and must be reset by an administrator.');
  }
  const { username, attributes } = user;
  clearFailures(pool, username);
  const Session = keep(pool, client, { name: 'NEW_PASSWORD_REQUIRED', username });
  const known = { requiredAttributes: '[]', userAttributes: JSON.stringify(attributes) };
  return challengeOf('NEW_PASSWORD_REQUIRED', Session, { USER_ID_FOR_SRP: username, ...known });
};

const secondFactor = async (pool: Pool, client: string, user: User): Promise<object> => {
  if (pool.settings.mfa === 'OFF') return finish(pool, client, user);
  const { username } = user;
  if (user.totp !== undefined) {
    const Session = keep(pool, client, { name: 'SOFTWARE_TOKEN_MFA', username, failures: 0 });
    return challengeOf('SOFTWARE_TOKEN_MFA', Session, { USER_ID_FOR_SRP: username });
  }
  clearFailures(pool, username);
  const Session = keep(pool, client, { name: 'MFA_SETUP', username, proven: false });
  const MFAS_CAN_SETUP = '["SOFTWARE_TOKEN_MFA"]';
  return challengeOf('MFA_SETUP', Session, { USER_ID_FOR_SRP: username, MFAS_CAN_SETUP });
};

/** A code is taken once; some wrong ones are forgiven, and all of them count as failures of the name. */
const proveCode = (pool: Pool, half: HalfAtCode, code: string): User => {
  const { session, client, step, user } = half;
  requireUnlocked(pool, user.username);
  const { totp } = user;
  if (totp === undefined) throw invalidSession();
  const matched = matchingStep(pool.storage.seal.open(totp.sealed), code, pool.now());
  if (matched === undefined || matched <= totp.lastStep) {
    countFailure(pool, user.username);
    const failures = step.failures + 1;
    const { expires } = requireHalf(pool, session, client);
    if (failures >= codeTries) pool.storage.drop(session);
    else pool.storage.replace(session, { pool: user.pool, client, step: { ...step, failures }, expires });
    throw matched === undefined
      ? serviceError(400, 'CodeMismatchException', 'Invalid code received for user')
      : serviceError(400, 'ExpiredCodeException', 'Your software token has already been used once.');
  }
  const proven = { ...user, totp: { ...totp, lastStep: matched } };
  pool.storage.drop(session);
  pool.storage.save(proven);
  return proven;
};

interface HalfAtCode {
  readonly session: string;
  readonly client: string;
  readonly step: Step & { readonly name: 'SOFTWARE_TOKEN_MFA' };
  readonly user: User;
}

const finish = async (pool: Pool, client: string, user: User): Promise<object> => {
  clearFailures(pool, user.username);
  const now = pool.now();
  const signIn: SignIn = {
    pool: pool.settings.poolId,
    username: user.username,
    client,
    origin: randomUUID(),
    authTime: Math.floor(now / 1000),
    expires: now + refreshLife,
  };
  const RefreshToken = pool.storage.addSignIn(signIn);
  const tokens = await pool.tokens.mint(user, signIn, now);
  return { AuthenticationResult: { ...tokens, RefreshToken, TokenType: 'Bearer' }, ChallengeParameters: {} };
};
