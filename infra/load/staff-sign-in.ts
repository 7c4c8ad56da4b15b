import { Amplify } from 'aws-amplify';
import { AuthError, confirmSignIn, fetchAuthSession, signIn, signOut } from 'aws-amplify/auth';
import { exchangeToken, signInSettings } from '#shared/access/contract.ts';
import type { Person } from './person.ts';
import { codesToTry } from './totp.ts';

/** Signs an officer in as the sign-in page does: password by SRP, six digits, one exchange, and the pool forgets him. */
export const signInStaff = async (
  person: Person,
  account: { readonly username: string; readonly password: string; readonly totpSecret: string },
  nowMs: number,
): Promise<void> => {
  const { body: pool } = await person.ask(signInSettings, {});
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: pool.staffPool,
        userPoolClientId: pool.staffClient,
        ...(pool.endpoint !== undefined && { userPoolEndpoint: pool.endpoint }),
      },
    },
  });
  await signOut();
  const first = await signIn({ username: account.username, password: account.password });
  if (first.nextStep.signInStep !== 'CONFIRM_SIGN_IN_WITH_TOTP_CODE') {
    throw new Error(`the staff pool asks for ${first.nextStep.signInStep}`);
  }
  await answerWith(codesToTry(account.totpSecret, nowMs));
  const { tokens } = await fetchAuthSession();
  const answer = await person.ask(exchangeToken, { idToken: String(tokens?.idToken) });
  await signOut();
  if (answer.status !== 200) throw new Error(`the exchange was refused: ${answer.body.code}`);
};

const answerWith = async (codes: AsyncIterable<string>): Promise<void> => {
  for await (const code of codes)
    try {
      await confirmSignIn({ challengeResponse: code });
      return;
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
    }
  throw new Error('no code of the authenticator opens');
};
