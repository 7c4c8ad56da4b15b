import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  NotAuthorizedException,
  TooManyRequestsException,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { env } from './env.ts';
import { faultOf, log } from './log.ts';

/** The pool of members who chose a password: a user is made with the password and goes with it. */
type PoolRefusal = 'busy' | 'too-many';

let client: CognitoIdentityProviderClient | undefined;
/** Somebody waits: two tries, each four seconds at the most. */
const pool = (): CognitoIdentityProviderClient => {
  client ??= new CognitoIdentityProviderClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
  });
  return client;
};
const user = (name: string) => ({ UserPoolId: env('MEMBER_POOL'), Username: name });

/** Keeps this password under the name, whether it is the first or not. */
export const keepMemberPassword = (name: string, password: string): Promise<Result<true, PoolRefusal>> =>
  attempt(async () => {
    try {
      await pool().send(new AdminCreateUserCommand({ ...user(name), MessageAction: 'SUPPRESS' }));
    } catch (error) {
      if (!(error instanceof UsernameExistsException)) throw error;
    }
    await pool().send(new AdminSetUserPasswordCommand({ ...user(name), Password: password, Permanent: true }));
    return ok(true);
  });

/** Takes the user out of the pool. Repeating it, or asking it of none, is harmless. */
export const removeMemberUser = (name: string): Promise<Result<true, PoolRefusal>> =>
  attempt(async () => {
    try {
      await pool().send(new AdminDeleteUserCommand(user(name)));
    } catch (error) {
      if (!(error instanceof UserNotFoundException)) throw error;
    }
    return ok(true);
  });

/** Whether this is the password. The pool itself slows down who guesses; what it hands out is not kept. */
export const isMemberPassword = (name: string, password: string): Promise<Result<boolean, PoolRefusal>> =>
  attempt(async () => {
    try {
      await pool().send(
        new AdminInitiateAuthCommand({
          UserPoolId: env('MEMBER_POOL'),
          ClientId: env('MEMBER_CLIENT'),
          AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: name, PASSWORD: password },
        }),
      );
      return ok(true);
    } catch (error) {
      if (error instanceof UserNotFoundException) return ok(false);
      if (!(error instanceof NotAuthorizedException)) throw error;
      return /attempts exceeded/i.test(error.message) ? refuse('too-many') : ok(false);
    }
  });

/** Names of what the SDK throws when nobody answers. */
const unreachable = /TimeoutError|ECONN|EAI_AGAIN|ENOTFOUND|NetworkingError|InternalErrorException/;

const attempt = async <T>(act: () => Promise<Result<T, PoolRefusal>>): Promise<Result<T, PoolRefusal>> => {
  try {
    return await act();
  } catch (error) {
    if (error instanceof TooManyRequestsException) return refuse('busy');
    if (!(error instanceof Error) || !unreachable.test(`${error.name} ${(error as NodeJS.ErrnoException).code}`))
      throw error;
    log({ level: 'warn', event: 'member-pool-unreachable', fault: faultOf(error) });
    return refuse('busy');
  }
};
