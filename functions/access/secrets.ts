import { type Route, route } from '#runtime/http.ts';
import type { Actor } from '#runtime/identity.ts';
import { isMemberPassword, keepMemberPassword, removeMemberUser } from '#runtime/member-pool.ts';
import { decidePassword } from '#shared/access/password.ts';
import { isSimplePin, lives, mayChooseSecret } from '#shared/access/rules.ts';
import * as contract from '#shared/access/secrets-contract.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { addMilliseconds, type Instant } from '#shared/kernel/time.ts';
import * as passwords from './password-store.ts';
import { storedPin, tryPin } from './pin.ts';
import * as pins from './pin-store.ts';
import * as store from './store.ts';

/** What only its owner knows: PIN and password, chosen, changed, and given to confirm acts that bind others. */
export const secretRows: readonly Route[] = [
  route(contract.setPin, async ({ input, actor, now }) => {
    const { memberId } = actor;
    const person = await store.personOf(memberId);
    if (!person) return refuse('session-ended');
    if (isSimplePin(input.pin, person.birthYear)) return refuse('pin-simple');
    const next = await storedPin(memberId, input.pin);
    const chosen = input.password === undefined ? await byOldPin() : await byPassword(input.password);
    return chosen.ok ? confirmed(actor, now) : chosen;

    async function byPassword(password: string) {
      const proven = await provePassword(memberId, password);
      if (proven.ok) await pins.replacePin(memberId, next);
      return proven;
    }
    async function byOldPin() {
      const [state, phone] = await Promise.all([pins.pinStateOf(memberId), passwords.phoneOf(memberId)]);
      if (state === 'none' && !mayChooseSecret({ pin: false, password: phone !== undefined }, actor.stepUpUntil, now))
        return refuse('step-up-needed');
      if (await pins.putFirstPin(memberId, next)) return ok(true);
      const tried = await tryPin(memberId, input.oldPin ?? '', next);
      if (tried.ok) return tried;
      return refuse(tried.code === 'pin-blocked' ? 'pin-blocked' : 'pin-wrong');
    }
  }),

  route(contract.stepUp, async ({ input, actor, now }) => {
    const tried = await tryPin(actor.memberId, input.pin);
    return tried.ok ? confirmed(actor, now) : tried;
  }),

  route(contract.stepUpByPassword, async ({ input, actor, now }) => {
    const proven = await provePassword(actor.memberId, input.password);
    return proven.ok ? confirmed(actor, now) : proven;
  }),

  route(contract.setPassword, async ({ input, actor, now }) => {
    const { memberId } = actor;
    const { phone, password } = input;
    const [person, pin, earlier] = await Promise.all([
      store.personOf(memberId),
      pins.pinStateOf(memberId),
      passwords.phoneOf(memberId),
    ]);
    if (!person) return refuse('session-ended');
    const decided = decidePassword(password, { name: person.name, birthYear: person.birthYear, phone });
    if (!decided.ok) return decided;
    if (!mayChooseSecret({ pin: pin !== 'none', password: earlier !== undefined }, actor.stepUpUntil, now))
      return refuse('step-up-needed');
    if (!(await passwords.takePhone(memberId, phone, earlier))) return refuse('phone-taken');
    const kept = await keepMemberPassword(phone, password);
    if (!kept.ok) return kept;
    // the number of before is free; a user left there by a cut-off request opens nothing
    const gone = earlier !== undefined && earlier !== phone ? await removeMemberUser(earlier) : ok(true);
    return gone.ok ? ok({ phone }) : gone;
  }),

  route(contract.removePassword, async ({ actor }) => {
    const removed = await forgetPassword(actor.memberId);
    return removed.ok ? ok({}) : removed;
  }),
];

/** Ends a password: first nobody comes in with it, then the pool forgets it. Repeating it is harmless. */
export const forgetPassword = async (memberId: MemberId): Promise<Result<unknown, 'busy' | 'too-many'>> => {
  const phone = await passwords.phoneOf(memberId);
  if (phone === undefined) return ok({});
  const removed = await removeMemberUser(phone);
  if (removed.ok) await passwords.letPhoneGo(memberId, phone);
  return removed;
};

const provePassword = async (
  memberId: MemberId,
  password: string,
): Promise<Result<true, 'password-missing' | 'password-wrong' | 'busy' | 'too-many'>> => {
  const phone = await passwords.phoneOf(memberId);
  if (phone === undefined) return refuse('password-missing');
  const right = await isMemberPassword(phone, password);
  if (!right.ok) return right;
  return right.value ? ok(true) : refuse('password-wrong');
};

/** This device may do binding acts for twelve hours. */
const confirmed = async (
  { memberId, sessionId }: Pick<Actor, 'memberId' | 'sessionId'>,
  now: Instant,
): Promise<Result<{ stepUpUntil: Instant }, 'session-ended'>> => {
  const stepUpUntil = addMilliseconds(now, lives.stepUp);
  return (await store.markSession(memberId, sessionId, { stepUpUntil }))
    ? ok({ stepUpUntil })
    : refuse('session-ended');
};
