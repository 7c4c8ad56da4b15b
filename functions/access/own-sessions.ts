import { type Route, route } from '#runtime/http.ts';
import { mustGiveWay } from '#runtime/pressure.ts';
import * as contract from '#shared/access/own-contract.ts';
import { daysOfOpenings, decideRenewal, lives } from '#shared/access/rules.ts';
import type { SessionId } from '#shared/kernel/ids.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { addMilliseconds } from '#shared/kernel/time.ts';
import { codeShown, codesOf, slipUrl } from './door.ts';
import { answerOwn, clearCookies, secretHashOf, sessionCookieOf } from './own.ts';
import { phoneOf } from './password-store.ts';
import * as pins from './pin-store.ts';
import * as slips from './slip-store.ts';
import * as store from './store.ts';

/** One's own sessions: renewed, seen, ended, and carried to another browser. */
export const ownSessionRows: readonly Route[] = [
  route(contract.renewSession, async ({ input: { opened = [] }, cookies, now, setCookie }) => {
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
    // statistics give way first: what was not taken now the phone tells another time
    const taken = mustGiveWay('statistics') ? [] : opened;
    const [own] = await Promise.all([
      answerOwn({ person, sessionId, ...renewed, now, setCookie }),
      ...daysOfOpenings(taken, now).map((day) => store.tellOpened(person, day, now)),
    ]);
    return ok({ ...own, opened: [...taken] });
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
    const { memberId } = actor;
    const [person, pin, signInPhone] = await Promise.all([
      store.personOf(memberId),
      pins.pinStateOf(memberId),
      phoneOf(memberId),
    ]);
    const sessions = Object.entries(person?.sessions ?? {})
      .filter(([, { until }]) => until > now)
      .map(([id, { kind, device, startedAt, seenAt, until, letInBy }]) => {
        const sessionId = id as SessionId; // written by this context
        const here = sessionId === actor.sessionId;
        return { sessionId, kind, device, startedAt, seenAt, until, here, ...(letInBy && { letInBy: letInBy.name }) };
      })
      .sort((a, b) => (a.seenAt > b.seenAt ? -1 : 1));
    return ok({ sessions, pin, ...(signInPhone && { signInPhone }) });
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
    const earlier = await slips.slipOf(actor.memberId, 'moved');
    const until = earlier?.slipId === slipId ? earlier.until : addMilliseconds(now, lives.move);
    const { typed, scanned, doors } = await codesOf(slipId);
    if (earlier?.slipId !== slipId) {
      const onward = { kind: session.kind, until: session.until };
      const { memberId } = actor;
      await slips.putSlip({ slip: { slipId, memberId, way: 'moved', until, wrongYears: 0, session: onward }, doors });
    }
    return ok({ code: codeShown(typed), url: slipUrl(scanned), until });
  }),
];
