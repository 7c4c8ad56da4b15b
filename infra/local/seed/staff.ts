import { Amplify } from 'aws-amplify';
import { confirmSignIn, fetchAuthSession, signIn, signOut } from 'aws-amplify/auth';
import { ConsoleLogger } from 'aws-amplify/utils';
import { exchangeStaffToken, signInSettings } from '#shared/access/contract.ts';
import type { Person } from '../../load/person.ts';
import { totp } from '../../load/totp.ts';

/**
 * First sign-in of a staff account, as the sign-in page leads through it: the first password, one of one's own, an
 * authenticator app, and the exchange for a session. Answers the secret of the authenticator.
 */
export const firstSignIn = async (
  person: Person,
  account: { readonly username: string; readonly first: string; readonly password: string },
): Promise<string> => {
  const { body: pool } = await person.ask(signInSettings, {});
  // it warns of every address that is not AWS's own
  ConsoleLogger.LOG_LEVEL = 'ERROR';
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
  const begun = await signIn({ username: account.username, password: account.first });
  const renewed =
    begun.nextStep.signInStep === 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED'
      ? await confirmSignIn({ challengeResponse: account.password })
      : begun;
  if (renewed.nextStep.signInStep !== 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP')
    throw new Error(`the staff pool asks ${account.username} for ${renewed.nextStep.signInStep}`);
  const secret = renewed.nextStep.totpSetupDetails.sharedSecret;
  await confirmSignIn({ challengeResponse: totp(secret, Date.now()) });
  const { tokens } = await fetchAuthSession();
  const exchanged = await person.ask(exchangeStaffToken, { idToken: String(tokens?.idToken) });
  await signOut();
  if (exchanged.status !== 200)
    throw new Error(`the exchange of ${account.username} was refused: ${exchanged.body.code}`);
  return secret;
};
