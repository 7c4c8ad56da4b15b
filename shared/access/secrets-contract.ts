import * as v from 'valibot';
import { operation } from '#shared/kernel/operation.ts';
import { Instant } from '#shared/kernel/time.ts';
import { Password, Pin, SignInPhone } from './model.ts';

// What only its owner knows: the PIN of binding acts, and the password for whoever wishes one.

export const setPin = operation({
  id: 'access.setPin',
  summary: 'Choose the PIN of binding acts, or change it with the old one or with the password',
  method: 'POST',
  path: '/api/access/pin',
  allow: 'signed-in',
  input: v.object({ pin: Pin, oldPin: v.optional(Pin), password: v.optional(Password) }),
  output: v.object({ stepUpUntil: Instant }),
  refusals: {
    'pin-wrong': 422,
    'pin-blocked': 409,
    'pin-simple': 422,
    'password-missing': 409,
    'password-wrong': 422,
  },
});

export const stepUp = operation({
  id: 'access.stepUp',
  summary: 'Confirm with the PIN that it is oneself who binds others; good for 12 hours on this device',
  method: 'POST',
  path: '/api/access/step-up',
  allow: 'signed-in',
  input: v.object({ pin: Pin }),
  output: v.object({ stepUpUntil: Instant }),
  refusals: { 'pin-missing': 409, 'pin-wrong': 422, 'pin-blocked': 409 },
});

export const stepUpByPassword = operation({
  id: 'access.stepUpByPassword',
  summary: 'The same confirmation with the password in place of the PIN',
  method: 'POST',
  path: '/api/access/step-up/password',
  allow: 'signed-in',
  input: v.object({ password: Password }),
  output: v.object({ stepUpUntil: Instant }),
  refusals: { 'password-missing': 409, 'password-wrong': 422 },
});

export const setPassword = operation({
  id: 'access.setPassword',
  summary:
    'Choose or change a password for signing in with one’s phone number; confirmed first where a PIN or password stands',
  method: 'POST',
  path: '/api/access/password',
  allow: 'signed-in',
  audited: true,
  input: v.object({ phone: SignInPhone, password: Password }),
  output: v.object({ phone: v.string() }),
  refusals: { 'password-short': 422, 'password-common': 422, 'phone-taken': 409 },
});

export const removePassword = operation({
  id: 'access.removePassword',
  summary:
    'Give the password up; nobody signs in with it any more. Confirmed first, since after it a first PIN is free',
  method: 'POST',
  path: '/api/access/password/remove',
  allow: 'signed-in',
  stepUp: true,
  audited: true,
  input: v.object({}),
  output: v.object({}),
  refusals: {},
});
