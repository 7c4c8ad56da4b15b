import { Amplify } from 'aws-amplify';
import { confirmSignIn, fetchAuthSession, type SignInOutput, signIn, signOut } from 'aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito';
import type { signInSettings } from '#shared/access/own-contract.ts';
import type { OutputOf } from '#shared/kernel/operation.ts';
import { type Result, refuse } from '#shared/kernel/result.ts';
import type { PoolCode } from './pool-problems.ts';

/** What the pool wants next. */
export type Step =
  | { readonly step: 'new-password' }
  | { readonly step: 'set-up'; readonly secret: string; readonly uri: string }
  | { readonly step: 'code' }
  | { readonly step: 'proven' };

/** Tokens live as long as this page: they are exchanged once and never written down. */
class Memory {
  readonly #items = new Map<string, string>();
  async setItem(key: string, value: string): Promise<void> {
    this.#items.set(key, value);
  }
  async getItem(key: string): Promise<string | null> {
    return this.#items.get(key) ?? null;
  }
  async removeItem(key: string): Promise<void> {
    this.#items.delete(key);
  }
  async clear(): Promise<void> {
    this.#items.clear();
  }
}

export const usePool = (whose: 'staff' | 'member', settings: OutputOf<typeof signInSettings>): void => {
  const { endpoint, staffPool, staffClient, memberPool, memberClient } = settings;
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: whose === 'staff' ? staffPool : memberPool,
        userPoolClientId: whose === 'staff' ? staffClient : memberClient,
        ...(endpoint !== undefined && { userPoolEndpoint: endpoint }),
      },
    },
  });
  cognitoUserPoolsTokenProvider.setKeyValueStorage(new Memory());
};

const ISSUER = 'Sổ tay đảng viên';

/** Begins with name and password; a sign-in left half way is forgotten first. */
export const begin = (username: string, password: string): Promise<Result<Step, PoolCode>> =>
  attempt(async () => {
    await signOut();
    return stepOf(await signIn({ username, password }), username);
  });

/** Answers what the pool wanted: a new password, or six digits of the authenticator. */
export const goOn = (answer: string, username: string): Promise<Result<Step, PoolCode>> =>
  attempt(async () => stepOf(await confirmSignIn({ challengeResponse: answer }), username));

const stepOf = ({ nextStep }: Pick<SignInOutput, 'nextStep'>, username: string): Step => {
  switch (nextStep.signInStep) {
    case 'DONE':
      return { step: 'proven' };
    case 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED':
      return { step: 'new-password' };
    case 'CONFIRM_SIGN_IN_WITH_TOTP_CODE':
      return { step: 'code' };
    case 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP': {
      const { sharedSecret, getSetupUri } = nextStep.totpSetupDetails;
      return { step: 'set-up', secret: sharedSecret, uri: getSetupUri(ISSUER, username).toString() };
    }
    default:
      throw new Error(`the pool wants ${nextStep.signInStep}, which is not set up`);
  }
};

/** The proof to exchange for a session; the refresh token behind it is revoked when `done` is called. */
export const proof = async (): Promise<{ readonly idToken: string; readonly done: () => Promise<void> }> => {
  const { tokens } = await fetchAuthSession();
  return { idToken: tokens?.idToken?.toString() ?? '', done: () => signOut() };
};

/** Names of what the pool and the network refuse with. Source: Cognito API reference, errors of InitiateAuth and RespondToAuthChallenge. */
const codes: Readonly<Record<string, PoolCode>> = {
  NotAuthorizedException: 'name-or-password',
  UserNotFoundException: 'name-or-password',
  CodeMismatchException: 'wrong-code',
  EnableSoftwareTokenMFAException: 'wrong-code',
  ExpiredCodeException: 'wrong-code',
  InvalidPasswordException: 'weak-password',
  SignInException: 'start-again',
  TooManyRequestsException: 'too-many',
  LimitExceededException: 'too-many',
  TooManyFailedAttemptsException: 'too-many',
  // the handbook's own server has just answered: it is the pool that does not
  NetworkError: 'pool-away',
  TimeoutError: 'pool-away',
};

/** A pool that hangs is as good as away: nobody looks at a turning wheel for minutes. */
const PATIENCE_MS = 20_000;

const attempt = async (act: () => Promise<Step>): Promise<Result<Step, PoolCode>> => {
  try {
    return { ok: true, value: await Promise.race([act(), patience()]) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (/attempts exceeded/i.test(error.message)) return refuse('too-many');
    return refuse(codes[error.name] ?? 'fault');
  }
};

const patience = (): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new DOMException('the pool did not answer in time', 'TimeoutError')), PATIENCE_MS);
  });
