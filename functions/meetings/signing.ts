import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  privateDecrypt,
  publicEncrypt,
  verify,
} from 'node:crypto';
import { promisify } from 'node:util';
import { type BallotOf, ballotText, SIGNATURE_BYTES } from '#shared/meetings/secret.ts';
import type { Choice } from '#shared/meetings/shown.ts';

// RFC 9474: the server's half of blind signatures. The phone's half is a library; this one is plain RSA.

/** A pair of its own for one vote. `publicKey`: SubjectPublicKeyInfo, `privateKey`: PKCS#8, both base64. */
export const newBallotKeys = async (): Promise<{ readonly publicKey: string; readonly privateKey: string }> => {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: SIGNATURE_BYTES * 8 });
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  };
};

/** Signs what it cannot read; nothing when that is no number below the modulus. Source: RFC 9474 §4.3. */
export const signBlindly = (privateKey: string, blinded: Buffer): Buffer | undefined => {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  const modulus = Buffer.from(String(createPublicKey(key).export({ format: 'jwk' }).n), 'base64url');
  if (blinded.length !== modulus.length || Buffer.compare(blinded, modulus) >= 0) return undefined;
  const raw = { key, padding: constants.RSA_NO_PADDING };
  const signature = privateDecrypt(raw, blinded);
  // a slip in the calculation would give the key away: RFC 9474 §4.3 step 4
  if (!publicEncrypt({ ...raw, key: createPublicKey(key) }, signature).equals(blinded))
    throw new Error('a blind signature did not verify');
  return signature;
};

/** Whether this ballot was signed for this vote with this choice. */
export const isSigned = (
  publicKey: string,
  poll: BallotOf,
  ballot: { readonly choice: Choice; readonly token: string; readonly prefix: string; readonly signature: string },
): boolean =>
  verify(
    'sha384',
    Buffer.concat([Buffer.from(ballot.prefix, 'base64url'), ballotText(poll, ballot.choice, ballot.token)]),
    {
      key: createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' }),
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 48,
    },
    Buffer.from(ballot.signature, 'base64url'),
  );

export const hashOfBlinded = (blinded: Buffer): string => createHash('sha256').update(blinded).digest('base64url');
