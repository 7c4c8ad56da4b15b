import { createHmac, randomBytes } from 'node:crypto';

/** Seconds that a code stands for. Source: RFC 6238 §4.1, as in Amazon Cognito. */
const step = 30;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret of 256 bits, as an authenticator app takes it. */
export const newTotpSecret = (): string => toBase32(randomBytes(32));

/** Six digits for this instant (milliseconds since 1970). */
export const totpCode = (secret: string, now: number): string =>
  codeOfStep(fromBase32(secret), Math.floor(now / 1000 / step));

/** The step that this code is right for: the present one, the one before or the one after. */
export const matchingStep = (secret: string, code: string, now: number): number | undefined => {
  const present = Math.floor(now / 1000 / step);
  const key = fromBase32(secret);
  return [present, present - 1, present + 1].find((candidate) => codeOfStep(key, candidate) === code);
};

/** Source: RFC 4226 §5.3. */
const codeOfStep = (key: Buffer, counter: number): string => {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const digest = createHmac('sha1', key).update(message).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
};

const toBase32 = (bytes: Buffer): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
};

const fromBase32 = (text: string): Buffer => {
  const signs = [...text.toUpperCase().replace(/[\s=]/g, '')].map((sign) => alphabet.indexOf(sign));
  if (signs.includes(-1)) throw new Error('a TOTP secret is Base32: letters A to Z and digits 2 to 7');
  const bits = signs.map((five) => five.toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
};
