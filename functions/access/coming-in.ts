import { env } from '#runtime/env.ts';
import { type Route, route } from '#runtime/http.ts';
import { memberOfStaffName } from '#runtime/identity.ts';
import { log } from '#runtime/log.ts';
import * as contract from '#shared/access/own-contract.ts';
import {
  decideReopening,
  decideToken,
  deviceOf,
  lives,
  REOPENINGS_PER_HOUR,
  reopenNumber,
} from '#shared/access/rules.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { addMilliseconds } from '#shared/kernel/time.ts';
import { enter, enteredBefore, throughDoor } from './door.ts';
import { drawn, sealed } from './keys.ts';
import { answerOwn, unitName } from './own.ts';
import { memberOfPhone, phoneOf } from './password-store.ts';
import { type PoolProof, poolEndpoint, poolRegion, proofOf } from './pool-token.ts';
import * as slips from './slip-store.ts';
import * as store from './store.ts';

/** From no session to one: by a slip, by the staff pool, or let in by the secretary. */
export const comingInRows: readonly Route[] = [
  route(contract.lookAtSlip, async ({ input, now }) => {
    const through = await throughDoor(input, now);
    if (!through.ok) return through;
    const { name, unitId } = through.value.person;
    return ok({ name, unitName: await unitName(unitId, now) });
  }),

  route(contract.exchangeSlip, async ({ input, now, setCookie, userAgent }) => {
    const through = await throughDoor(input, now);
    if (!through.ok) return through;
    const { slip, person, nonceHash, how } = through.value;
    const seed = `${slip.slipId}/${nonceHash}`;
    const ticket = [slips.useSlip(slip, nonceHash, now)];
    const kind = slip.session?.kind ?? 'member';
    const until = slip.session && { until: slip.session.until };
    const way = slip.way;
    const entered =
      (how === 'first' && (await enter({ person, way, kind, seed, ticket, userAgent, ...until }, now))) ||
      // the same phone asked twice at once, or again after its answer was lost
      (await enteredBefore(how === 'again' ? person : ((await store.personOf(person.memberId)) ?? person), seed));
    if (!entered) return refuse('slip-ended');
    return ok(await answerOwn({ person, ...entered, now, setCookie }));
  }),

  route(contract.signInSettings, async () => {
    const endpoint = poolEndpoint();
    return ok({
      region: poolRegion(),
      staffPool: env('STAFF_POOL'),
      staffClient: env('STAFF_CLIENT'),
      memberPool: env('MEMBER_POOL'),
      memberClient: env('MEMBER_CLIENT'),
      ...(endpoint !== undefined && { endpoint }),
    });
  }),

  route(contract.exchangeToken, async ({ input, now, setCookie, userAgent }) => {
    const proof = await proofOf(input.idToken, now);
    if (!proof.ok) return proof;
    const fresh = decideToken(proof.value, now);
    if (!fresh.ok) return fresh;
    const { kind, tokenHash } = proof.value;
    const memberId = await ownerOf(proof.value);
    const person = memberId && (await store.personOf(memberId));
    if (!person) return refuse('no-such-person');
    const how =
      kind === 'staff'
        ? ({ way: 'staff', kind } as const)
        : // he has just given his password: it confirms binding acts as his PIN would
          ({ way: 'password', kind, stepUpUntil: addMilliseconds(now, lives.stepUp) } as const);
    const ticket = [store.useToken(tokenHash, now)];
    const entered = await enter({ person, ...how, seed: tokenHash, ticket, userAgent }, now);
    if (!entered) return refuse('token-used');
    return ok(await answerOwn({ person, ...entered, now, setCookie }));
  }),

  route(contract.askReopen, async ({ input, now, newId, userAgent }) => {
    if ((await slips.countUp('REOPENINGS', now)) > REOPENINGS_PER_HOUR) {
      log({ level: 'warn', event: 'wrong-codes-over-budget', code: 'reopenings' });
      return refuse('too-many');
    }
    const nonceHash = await sealed('nonce', input.nonce);
    const until = addMilliseconds(now, lives.reopening);
    for (let tries = 1; tries <= 5; tries++) {
      const digits = (await drawn('slip', newId(), 8)).readBigUInt64BE() % 10_000_000n;
      const number = reopenNumber(String(digits).padStart(7, '0'));
      const device = deviceOf(userAgent);
      if (await slips.putReopening({ number, nonceHash, device, askedAt: now, until })) return ok({ number, until });
    }
    return refuse('busy');
  }),

  route(contract.pollReopen, async ({ input, now }) => {
    const reopening = await slips.reopeningOf(input.number);
    const decision = decideReopening(reopening, await sealed('nonce', input.nonce), now);
    if (!decision.ok) return decision;
    const person = decision.value && (await store.personOf(decision.value.memberId));
    if (!person) return ok({ state: 'waiting' as const });
    const by = decision.value?.byName ?? '';
    return ok({ state: 'approved' as const, by, name: person.name, unitName: await unitName(person.unitId, now) });
  }),

  route(contract.exchangeReopen, async ({ input, now, setCookie, userAgent }) => {
    const nonceHash = await sealed('nonce', input.nonce);
    const reopening = await slips.reopeningOf(input.number);
    const decision = decideReopening(reopening, nonceHash, now);
    if (!reopening || !decision.ok) return refuse('reopening-ended');
    const person = decision.value && (await store.personOf(decision.value.memberId));
    if (!person) return refuse('not-approved');
    const seed = `${reopening.number}/${reopening.askedAt}/${nonceHash}`;
    const ticket = [slips.useReopening(reopening, now)];
    const letInBy = decision.value && { memberId: decision.value.by, name: decision.value.byName };
    const entered =
      (!reopening.usedAt &&
        (await enter(
          { person, way: 'approved', kind: 'member', seed, ticket, userAgent, ...(letInBy && { letInBy }) },
          now,
        ))) ||
      (await enteredBefore((await store.personOf(person.memberId)) ?? person, seed));
    if (!entered) return refuse('reopening-ended');
    return ok(await answerOwn({ person, ...entered, now, setCookie }));
  }),
];

/** Whose name this is. A phone number counts while it is the one its owner signs in with. */
const ownerOf = async ({ kind, name }: PoolProof): Promise<MemberId | undefined> => {
  if (kind === 'staff') return memberOfStaffName(name);
  const memberId = await memberOfPhone(name);
  return memberId && (await phoneOf(memberId)) === name ? memberId : undefined;
};
