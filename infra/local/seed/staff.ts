import { createHmac } from 'node:crypto';
import { Amplify } from 'aws-amplify';
import { confirmSignIn, fetchAuthSession, signIn, signOut } from 'aws-amplify/auth';
import { exchangeStaffToken, signInSettings } from '#shared/access/contract.ts';
import type { Person } from '../../load/person.ts';

/**
 * First sign-in of a staff account, as the sign-in page leads through it: the first password, one of one's own, an
 * authenticator app, and the exchange for a session. Answers the secret of the authenticator.
 */
export const firstSignIn = async (
  person: Person,
  account: { readonly username: string; readonly first: string; readonly password: string },
): Promise<string> => {
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

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The six digits of an authenticator at a moment. Source: RFC 6238. */
const totp = (secret: string, atMs: number): string => {
  const bits = [...secret.replace(/=+$/, '').toUpperCase()]
    .map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = (mac.at(-1) as number) & 15; // twenty bytes long
  return String((mac.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
};
