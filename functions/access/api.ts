import { env } from '#runtime/env.ts';
import { httpApi, route } from '#runtime/http.ts';
import { memberOfStaffName, unitOf } from '#runtime/identity.ts';
import { log } from '#runtime/log.ts';
import * as contract from '#shared/access/contract.ts';
import type { AccountRepaired, Slip } from '#shared/access/model.ts';
import {
  decideRenewal,
  decideReopening,
  decideStaffToken,
  deviceOf,
  isReopenNumber,
  isSimplePin,
  lives,
  REOPENINGS_PER_HOUR,
  reopenNumber,
} from '#shared/access/rules.ts';
import type { MemberId, SessionId, UnitId } from '#shared/kernel/ids.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { addMilliseconds, type Instant } from '#shared/kernel/time.ts';
import { codeShown, codesOf, enter, enteredBefore, slipUrl, throughDoor } from './door.ts';
import { drawn, sealed } from './keys.ts';
import { answerOwn, clearCookies, secretHashOf, sessionCookieOf } from './own.ts';
import { storedPin, tryPin } from './pin.ts';
import { poolEndpoint, poolRegion, staffProofOf } from './staff-token.ts';
import * as store from './store.ts';

const unitName = async (unitId: UnitId, now: Instant): Promise<string> => (await unitOf(unitId, now))?.name ?? '';

/** A member of this very unit; one of another is as good as none here. */
const memberAt = async (unitId: UnitId, memberId: MemberId): Promise<store.KnownPerson | undefined> => {
  const person = await store.personOf(memberId);
  return person?.unitId === unitId ? person : undefined;
};

export const handler = httpApi('access', [
  // --- getting in

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
    const ticket = [store.useSlip(slip, nonceHash, now)];
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
    const settings = { region: poolRegion(), staffPool: env('STAFF_POOL'), staffClient: env('STAFF_CLIENT') };
    return ok({ ...settings, ...(endpoint !== undefined && { endpoint }) });
  }),

  route(contract.exchangeStaffToken, async ({ input, now, setCookie, userAgent }) => {
    const proof = await staffProofOf(input.idToken, now);
    if (!proof.ok) return proof;
    const fresh = decideStaffToken(proof.value, now);
    if (!fresh.ok) return fresh;
    const memberId = await memberOfStaffName(proof.value.staffName);
    const person = memberId && (await store.personOf(memberId));
    if (!person) return refuse('no-such-person');
    const { tokenHash } = proof.value;
    const ticket = [store.useToken(tokenHash, now)];
    const entered = await enter({ person, way: 'staff', kind: 'staff', seed: tokenHash, ticket, userAgent }, now);
    if (!entered) return refuse('token-used');
    return ok(await answerOwn({ person, ...entered, now, setCookie }));
  }),

  // --- the session of this browser

  route(contract.renewSession, async ({ cookies, now, setCookie }) => {
    const cookie = sessionCookieOf(cookies);
    if (!cookie) return refuse('not-signed-in');
    const { memberId, sessionId, secret } = cookie;
    const person = await store.personOf(memberId);
    const session = person?.sessions[sessionId];
    const decision = decideRenewal(session, secretHashOf(secret), now);
    const seen = decision.ok && decision.value.seen;
    const stands = decision.ok && (!seen || (await store.markSession(memberId, sessionId, seen)));
    if (!person || !session || !stands) {
      clearCookies(setCookie);
      return refuse('session-ended');
    }
    const renewed = seen ? { session: { ...session, ...seen }, secret } : { session };
    return ok(await answerOwn({ person, sessionId, ...renewed, now, setCookie }));
  }),

  route(contract.endSession, async ({ cookies, now, setCookie }) => {
    const cookie = sessionCookieOf(cookies);
    const person = cookie && (await store.personOf(cookie.memberId));
    const session = cookie && person?.sessions[cookie.sessionId];
    if (person && session && decideRenewal(session, secretHashOf(cookie.secret), now).ok)
      await store.endSessions(person, [cookie.sessionId], now);
    clearCookies(setCookie);
    return ok({});
  }),

  route(contract.listSessions, async ({ actor, now }) => {
    const [person, pin] = await Promise.all([store.personOf(actor.memberId), store.pinStateOf(actor.memberId)]);
    const sessions = Object.entries(person?.sessions ?? {})
      .filter(([, { until }]) => until > now)
      .map(([id, { kind, device, startedAt, seenAt, until }]) => {
        const sessionId = id as SessionId; // written by this context
        return { sessionId, kind, device, startedAt, seenAt, until, here: sessionId === actor.sessionId };
      })
      .sort((a, b) => (a.seenAt > b.seenAt ? -1 : 1));
    return ok({ sessions, pin });
  }),

  route(contract.revokeSession, async ({ input, actor, now }) => {
    const person = await store.personOf(actor.memberId);
    if (!person?.sessions[input.sessionId]) return refuse('not-found');
    await store.endSessions(person, [input.sessionId], now);
    return ok({});
  }),

  route(contract.moveToBrowser, async ({ input, actor, now }) => {
    const session = (await store.personOf(actor.memberId))?.sessions[actor.sessionId];
    if (!session) return refuse('session-ended');
    const slipId = `${input.actionId}/${actor.memberId}/${actor.sessionId}`;
    const earlier = await store.slipOf(actor.memberId, 'moved');
    const until = earlier?.slipId === slipId ? earlier.until : addMilliseconds(now, lives.move);
    const { typed, scanned, doors } = await codesOf(slipId);
    if (earlier?.slipId !== slipId) {
      const onward = { kind: session.kind, until: session.until };
      const { memberId } = actor;
      await store.putSlip({ slip: { slipId, memberId, way: 'moved', until, wrongYears: 0, session: onward }, doors });
    }
    return ok({ code: codeShown(typed), url: slipUrl(scanned), until });
  }),

  // --- binding acts

  route(contract.setPin, async ({ input, actor, now }) => {
    const { memberId, sessionId } = actor;
    const person = await store.personOf(memberId);
    if (!person) return refuse('session-ended');
    if (isSimplePin(input.pin, person.birthYear)) return refuse('pin-simple');
    const next = await storedPin(memberId, input.pin);
    if (!(await store.putFirstPin(memberId, next))) {
      const tried = await tryPin(memberId, input.oldPin ?? '', next);
      if (!tried.ok) return refuse(tried.code === 'pin-blocked' ? 'pin-blocked' : 'pin-wrong');
    }
    const stepUpUntil = addMilliseconds(now, lives.stepUp);
    return (await store.markSession(memberId, sessionId, { stepUpUntil }))
      ? ok({ stepUpUntil })
      : refuse('session-ended');
  }),

  route(contract.stepUp, async ({ input, actor, now }) => {
    const tried = await tryPin(actor.memberId, input.pin);
    if (!tried.ok) return tried;
    const stepUpUntil = addMilliseconds(now, lives.stepUp);
    const marked = await store.markSession(actor.memberId, actor.sessionId, { stepUpUntil });
    return marked ? ok({ stepUpUntil }) : refuse('session-ended');
  }),

  route(contract.clearPin, async ({ input }) => {
    if (!(await memberAt(input.unitId, input.memberId))) return refuse('not-found');
    await store.clearStoredPin(input.memberId);
    return ok({});
  }),

  // --- letting others in

  route(contract.issueSlips, async ({ input, actor, now }) => {
    const slips: SlipForPaper[] = [];
    const left: { memberId: MemberId; code: 'not-here' | 'staff' }[] = [];
    const cause = input.cause ?? 'slip-lost';
    for (const some of inTens([...new Set(input.memberIds)])) {
      const issued = await Promise.all(
        some.map(async (memberId) => {
          const person = await memberAt(input.unitId, memberId);
          if (!person) return { memberId, code: 'not-here' } as const;
          if (store.isStaff(person, now)) return { memberId, code: 'staff' } as const;
          return issueSlip(person, { slipId: `${input.actionId}/${memberId}`, cause, by: actor.memberId }, now);
        }),
      );
      if (issued.includes('issued-before')) return refuse('issued-before');
      for (const one of issued) {
        if (one === 'issued-before') continue;
        if ('url' in one) slips.push(one);
        else left.push(one);
      }
    }
    return ok({ slips, left });
  }),

  route(contract.revokeSlip, async ({ input, now }) => {
    if (!(await memberAt(input.unitId, input.memberId))) return refuse('not-found');
    await store.voidSlip(input.memberId, now);
    return ok({});
  }),

  route(contract.endSessionsOf, async ({ input, now }) => {
    const person = await memberAt(input.unitId, input.memberId);
    if (!person) return refuse('not-found');
    const ids = Object.keys(person.sessions);
    await store.endSessions(person, ids, now);
    return ok({ ended: ids.length });
  }),

  // --- a phone without a session and the secretary beside it

  route(contract.askReopen, async ({ input, now, newId, userAgent }) => {
    if ((await store.countUp('REOPENINGS', now)) > REOPENINGS_PER_HOUR) {
      log({ level: 'warn', event: 'wrong-codes-over-budget', code: 'reopenings' });
      return refuse('too-many');
    }
    const nonceHash = await sealed('nonce', input.nonce);
    const until = addMilliseconds(now, lives.reopening);
    for (let tries = 1; tries <= 5; tries++) {
      const digits = (await drawn('slip', newId(), 8)).readBigUInt64BE() % 10_000_000n;
      const number = reopenNumber(String(digits).padStart(7, '0'));
      const device = deviceOf(userAgent);
      if (await store.putReopening({ number, nonceHash, device, askedAt: now, until })) return ok({ number, until });
    }
    return refuse('busy');
  }),

  route(contract.pollReopen, async ({ input, now }) => {
    const reopening = await store.reopeningOf(input.number);
    const decision = decideReopening(reopening, await sealed('nonce', input.nonce), now);
    if (!decision.ok) return decision;
    const person = decision.value && (await store.personOf(decision.value.memberId));
    if (!person) return ok({ state: 'waiting' as const });
    return ok({ state: 'approved' as const, name: person.name, unitName: await unitName(person.unitId, now) });
  }),

  route(contract.exchangeReopen, async ({ input, now, setCookie, userAgent }) => {
    const nonceHash = await sealed('nonce', input.nonce);
    const reopening = await store.reopeningOf(input.number);
    const decision = decideReopening(reopening, nonceHash, now);
    if (!reopening || !decision.ok) return refuse('reopening-ended');
    const person = decision.value && (await store.personOf(decision.value.memberId));
    if (!person) return refuse('not-approved');
    const seed = `${reopening.number}/${reopening.askedAt}/${nonceHash}`;
    const ticket = [store.useReopening(reopening, now)];
    const entered =
      (!reopening.usedAt && (await enter({ person, way: 'approved', kind: 'member', seed, ticket, userAgent }, now))) ||
      (await enteredBefore((await store.personOf(person.memberId)) ?? person, seed));
    if (!entered) return refuse('reopening-ended');
    return ok(await answerOwn({ person, ...entered, now, setCookie }));
  }),

  route(contract.lookAtReopen, async ({ input, now }) => {
    const reopening = isReopenNumber(input.number) ? await store.reopeningOf(input.number) : undefined;
    if (!reopening || reopening.until <= now || reopening.approved) return refuse('reopening-ended');
    return ok({ device: reopening.device, askedAt: reopening.askedAt });
  }),

  route(contract.approveReopen, async ({ input, actor, now }) => {
    const { unitId, memberId, cause } = input;
    const person = await memberAt(unitId, memberId);
    if (!person) return refuse('not-found');
    if (store.isStaff(person, now)) return refuse('staff-only');
    const reopening = isReopenNumber(input.number) ? await store.reopeningOf(input.number) : undefined;
    if (!reopening || reopening.until <= now) return refuse('reopening-ended');
    if (reopening.approved)
      return reopening.approved.memberId === memberId ? ok({ name: person.name }) : refuse('reopening-ended');
    const repairId = `${reopening.number}-${reopening.askedAt}`;
    const repaired: AccountRepaired = { ...repairOf(repairId, person, cause, actor.memberId), at: now };
    const approved = await store.approveReopening(reopening, repaired, now);
    return approved ? ok({ name: person.name }) : refuse('reopening-ended');
  }),
]);

interface SlipForPaper {
  readonly memberId: MemberId;
  readonly name: string;
  readonly unitName: string;
  readonly code: string;
  readonly url: string;
  readonly until: Instant;
}

/** One slip: its codes are told now and, to a repeat of the same act within 10 minutes, once more. */
const issueSlip = async (
  person: store.KnownPerson,
  issue: { readonly slipId: string; readonly cause: AccountRepaired['cause']; readonly by: MemberId },
  now: Instant,
): Promise<SlipForPaper | 'issued-before'> => {
  const { memberId, name } = person;
  const earlier = await store.slipOf(memberId, 'slip');
  const isRepeat = earlier?.slipId === issue.slipId;
  const issuedAt = earlier && addMilliseconds(earlier.until, -lives.slip);
  if (isRepeat && issuedAt && addMilliseconds(issuedAt, lives.repeat) <= now) return 'issued-before';
  const until = isRepeat ? earlier.until : addMilliseconds(now, lives.slip);
  const { typed, scanned, doors } = await codesOf(issue.slipId);
  if (!isRepeat) {
    const slip: Slip = { slipId: issue.slipId, memberId, way: 'slip', until, wrongYears: 0 };
    // the first slip of a person is no repair
    const isRepair = earlier !== undefined || Object.keys(person.sessions).length > 0;
    const repaired = isRepair && { ...repairOf(issue.slipId, person, issue.cause, issue.by), at: now };
    await store.putSlip({ slip, doors, ...(repaired && { repaired }) });
  }
  return {
    memberId,
    name,
    unitName: await unitName(person.unitId, now),
    code: codeShown(typed),
    url: slipUrl(scanned),
    until,
  };
};

const repairOf = (
  repairId: string,
  { memberId, unitId }: store.KnownPerson,
  cause: AccountRepaired['cause'],
  by: MemberId,
): Omit<AccountRepaired, 'at'> => ({ type: 'account-repaired', repairId, memberId, unitId, cause, by });

const inTens = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / 10) }, (_, at) => all.slice(at * 10, at * 10 + 10));
