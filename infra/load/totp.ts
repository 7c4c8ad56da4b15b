import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** The six digits an authenticator app shows now. Source: RFC 6238. */
export const totp = (secret: string, atMs: number): string => {
  const bits = [...secret.replace(/=+$/, '').toUpperCase()].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const key = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = (mac.at(-1) as number) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
};

/** How long an authenticator shows a code, in milliseconds. */
const STEP_MS = 30_000;

/**
 * The codes to try, one after the other: each opens once, so where this one was used the next is due, which a pool takes a
 * step early; and where that one was used too, a person waits for the display to change.
 */
export async function* codesToTry(secret: string, nowMs: number): AsyncGenerator<string> {
  yield totp(secret, nowMs);
  yield totp(secret, nowMs + STEP_MS);
  await pause(STEP_MS - (Date.now() % STEP_MS));
  yield totp(secret, Date.now() + STEP_MS);
}
