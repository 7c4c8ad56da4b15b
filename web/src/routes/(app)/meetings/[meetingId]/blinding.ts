import { RSABSSA } from '@cloudflare/blindrsa-ts';
import { type BallotOf, ballotText, PREFIX_BYTES } from '#shared/meetings/secret.ts';
import type { Choice } from '#shared/meetings/shown.ts';

// The phone's half of RFC 9474 (RSABSSA-SHA384-PSS-Randomized). All texts are base64url.

/** A ballot that has been made and blinded, as it lies on the phone until its signature is there. */
export interface Blinded {
  readonly choice: Choice;
  readonly token: string;
  readonly prefix: string;
  /** What the server signs without being able to read it. */
  readonly blinded: string;
  /** Takes the blinding off again. Nobody else ever has it. */
  readonly inverse: string;
}

const suite = () => RSABSSA.SHA384.PSS.Randomized();

export const blind = async (poll: BallotOf, choice: Choice, publicKey: string): Promise<Blinded> => {
  const token = textOf(crypto.getRandomValues(new Uint8Array(32)));
  const message = suite().prepare(ballotText(poll, choice, token));
  const { blindedMsg, inv } = await suite().blind(await keyOf(publicKey), message);
  return {
    choice,
    token,
    prefix: textOf(message.subarray(0, PREFIX_BYTES)),
    blinded: textOf(blindedMsg),
    inverse: textOf(inv),
  };
};

/** The signature of the ballot itself, out of that of the blinded one. Throws when the server has not signed this. */
export const unblind = async (
  poll: BallotOf,
  ballot: Blinded,
  publicKey: string,
  signature: string,
): Promise<string> => {
  const text = ballotText(poll, ballot.choice, ballot.token);
  const message = new Uint8Array(PREFIX_BYTES + text.length);
  message.set(bytesOf(ballot.prefix));
  message.set(text, PREFIX_BYTES);
  return textOf(await suite().finalize(await keyOf(publicKey), message, bytesOf(signature), bytesOf(ballot.inverse)));
};

const keyOf = (publicKey: string) =>
  crypto.subtle.importKey('spki', bytesOf(publicKey), { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);

const textOf = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
