import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { MemberId, SessionId } from '#shared/kernel/ids.ts';
import { instantOf } from '#shared/kernel/time.ts';
import { type Pass, readPass, signPass } from './pass.ts';

const pair = () =>
  generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const ours = pair();
const keys = { p1: ours.publicKey };
const now = instantOf(Date.now());
const pass: Pass = {
  memberId: 'nam' as MemberId,
  sessionId: 's-1' as SessionId,
  version: 1,
  kind: 'member',
  expires: Math.floor(Date.now() / 1000) + 60,
};
const signed = signPass(pass, 'p1', ours.privateKey);

describe('a pass', () => {
  test('tells who asks while it lasts', () => {
    expect(readPass(signed, keys, now)).toEqual(pass);
  });

  test('changed in any place tells nobody', () => {
    for (let at = 0; at < signed.length; at++) {
      const sign = signed[at];
      // the last sign of a signature carries four bits that no one reads
      if (sign === '.' || at < 3 || at === signed.length - 1) continue;
      const changed = `${signed.slice(0, at)}${sign === 'A' ? 'B' : 'A'}${signed.slice(at + 1)}`;
      expect(readPass(changed, keys, now)).toBeUndefined();
    }
  });

  test('of another signer, run out, of another form or of another shape is none', () => {
    expect(readPass(signPass(pass, 'p1', pair().privateKey), keys, now)).toBeUndefined();
    const old = signPass({ ...pass, expires: pass.expires - 61 }, 'p1', ours.privateKey);
    expect(readPass(old, keys, now)).toBeUndefined();
    const shapeless = signPass({ memberId: 'nam' } as Pass, 'p1', ours.privateKey);
    expect(readPass(shapeless, keys, now)).toBeUndefined();
    for (const text of ['', '.', '..', 'p1', `${signed}.more`]) expect(readPass(text, keys, now)).toBeUndefined();
  });

  test('of a key that is not known says so, whatever its name', () => {
    for (const keyId of ['p2', 'constructor', '__proto__'])
      expect(readPass(signPass(pass, keyId, ours.privateKey), keys, now)).toBe('unknown-key');
  });
});
