import { createHmac, createPrivateKey, createPublicKey, hkdfSync } from 'node:crypto';
import { secretOf } from '#runtime/secrets.ts';

/**
 * Every key of this context comes out of one master secret by HKDF, each under its own words; nothing else is stored.
 * Knowing one tells nothing of another.
 */
const derive = async (words: string, bytes = 32): Promise<Buffer> =>
  Buffer.from(hkdfSync('sha256', await secretOf('KEYS_SECRET'), '', `so-tay/${words}`, bytes));

/** DER head of an Ed25519 private key, before its 32 bytes. Source: RFC 8410 §7. */
const ed25519Head = Buffer.from('302e020100300506032b657004220420', 'hex');

export const passKeyId = (week: number): string => `p${week}`;

/** The two halves of a week's pass key, as PEM. */
export const passKeyOf = async (week: number): Promise<{ readonly secret: string; readonly open: string }> => {
  const der = Buffer.concat([ed25519Head, await derive(`pass/${week}`)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    secret: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    open: createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString(),
  };
};

export const contentKeyId = (week: number): string => `c${week}`;

/** The week's key of content cookies, as the edge store holds it. */
export const contentKeyOf = async (week: number): Promise<string> =>
  (await derive(`content/${week}`)).toString('base64url');

/** What a door's code, a nonce or a PIN is stored as: useless without the master secret. */
export const sealed = async (purpose: 'door' | 'nonce' | 'pin', text: string): Promise<string> =>
  createHmac('sha256', await derive(purpose))
    .update(text)
    .digest('base64url');

/** Bytes that are always the same for the same words, and unguessable without the master secret. */
export const drawn = async (purpose: 'session' | 'slip', words: string, bytes: number): Promise<Buffer> =>
  derive(`${purpose}/${words}`, bytes);
