import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { MemberId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { sealed } from './keys.ts';
import { sameText } from './own.ts';
import { type StoredPin, settlePin, takePinTry } from './pin-store.ts';

const stretch = promisify<string, Buffer, number, Buffer>(scrypt);

/** How a PIN is kept: scrypt over its seal, since six digits alone are soon tried through by who has the table. */
export const storedPin = async (memberId: MemberId, pin: string): Promise<StoredPin> => {
  const salt = randomBytes(16);
  return { salt: salt.toString('base64url'), hash: await hashOf(memberId, pin, salt) };
};

const hashOf = async (memberId: MemberId, pin: string, salt: Buffer): Promise<string> =>
  (await stretch(await sealed('pin', `${memberId}:${pin}`), salt, 32)).toString('base64url');

/** Takes one of five tries; the right PIN gives them back. Source: access.md §1. */
export const tryPin = async (
  memberId: MemberId,
  pin: string,
  next?: StoredPin,
): Promise<Result<true, 'pin-missing' | 'pin-wrong' | 'pin-blocked'>> => {
  const stored = await takePinTry(memberId);
  if (stored === 'missing') return refuse('pin-missing');
  if (stored === 'blocked') return refuse('pin-blocked');
  const hash = await hashOf(memberId, pin, Buffer.from(stored.salt, 'base64url'));
  if (!sameText(hash, stored.hash)) return refuse('pin-wrong');
  await settlePin(memberId, next);
  return ok(true);
};
