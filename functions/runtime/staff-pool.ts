import { randomInt } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminSetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { env } from './env.ts';

let client: CognitoIdentityProviderClient | undefined;
const pool = (): CognitoIdentityProviderClient => {
  client ??= new CognitoIdentityProviderClient({ maxAttempts: 4 });
  return client;
};

/** Letters of first passwords: none that looks like another on paper. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A first password of 16 signs in groups of four (about 79 bits). The pool asks for another at the first sign-in. */
export const firstPassword = (): string =>
  [0, 1, 2, 3].map(() => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('')).join('-');

/** Opens an account in the staff pool without writing to anybody. False when there is one of this name. */
export const createStaffUser = async (staffName: string, password: string): Promise<boolean> => {
  try {
    await pool().send(
      new AdminCreateUserCommand({
        UserPoolId: env('STAFF_POOL'),
        Username: staffName,
        TemporaryPassword: password,
        MessageAction: 'SUPPRESS',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof UsernameExistsException) return false;
    throw error;
  }
};

/** Gives an account a new first password and lets it choose a new second factor. Repeating it gives the last one. */
export const resetStaffUser = async (staffName: string, password: string): Promise<void> => {
  const user = { UserPoolId: env('STAFF_POOL'), Username: staffName };
  await pool().send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: false }));
  await pool().send(
    new AdminSetUserMFAPreferenceCommand({
      ...user,
      SoftwareTokenMfaSettings: { Enabled: false, PreferredMfa: false },
    }),
  );
  await pool().send(new AdminUserGlobalSignOutCommand(user));
};

/** Closes the door of the pool to an account. Repeating it, or asking it of no account, is harmless. */
export const disableStaffUser = async (staffName: string): Promise<void> => {
  const user = { UserPoolId: env('STAFF_POOL'), Username: staffName };
  try {
    await pool().send(new AdminDisableUserCommand(user));
    await pool().send(new AdminUserGlobalSignOutCommand(user));
  } catch (error) {
    if (!(error instanceof UserNotFoundException)) throw error;
  }
};
