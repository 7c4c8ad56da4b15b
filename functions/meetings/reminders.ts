import { type Route, route } from '#runtime/http.ts';
import { pushKeys } from '#runtime/web-push.ts';
import { allows } from '#shared/kernel/permissions.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { isInvited, rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { isPushAddress } from '#shared/meetings/push.ts';
import { awaitsMarkOf } from '#shared/meetings/rating-course.ts';
import { asksFor, isToMark, nearDuties, type Waiting } from '#shared/meetings/reminders.ts';
import { leftOf } from './preparing.ts';
import { rosterOf } from './store/attendance.ts';
import { heardOf, ownHeardOf, recordReceipt } from './store/heard.ts';
import type { MeetingRef } from './store/keys.ts';
import { meetingOf, meetingsOf, preparedOf } from './store/meetings.ts';
import { courseOf } from './store/rating.ts';
import { ownBrowsersOf, recordBrowser, recordBrowserEnded } from './store/reminders.ts';

/** Browsers of one member at most: the oldest habits know a phone, a tablet and two computers. */
const MOST_BROWSERS = 10;

/** What waits for a member, and by which browsers he wants to hear of it. */
export const reminderRows: readonly Route[] = [
  route(contract.confirm, async ({ input, actor, now }) => {
    const meeting = await meetingOf(input);
    if (!meeting || meeting.state === 'preparing' || meeting.state === 'withdrawn') return refuse('not-found');
    if (!isInvited(meeting, actor.memberId)) return refuse('not-invited');
    return ok(await recordReceipt(input, { memberId: actor.memberId, startsAt: input.startsAt, at: now }));
  }),

  route(contract.waiting, async ({ input, actor, now }) => {
    const { unitId } = input;
    const [rows, roster] = await Promise.all([meetingsOf(unitId), rosterOf(unitId)]);
    const ahead = rows.filter(
      ({ state, startsAt }) => (state === 'published' || state === 'preparing') && startsAt > now,
    );
    const marked = rows.filter((row) => isToMark(row, now));
    const runs = allows(actor.grants, 'meetings.run', [unitId], now);
    const found = await Promise.all(
      ahead.toReversed().map(async (row): Promise<Waiting[]> => {
        const { meetingId, kind, title, startsAt } = row;
        const about = { meetingId, kind, title, startsAt };
        const ref = { unitId, meetingId };
        const meeting = await meetingOf(ref);
        const member = meeting && rollOf(meeting, roster).find(({ memberId }) => memberId === actor.memberId);
        const heard = await ownHeardOf(ref, actor.memberId);
        const confirm =
          meeting && member && asksFor(meeting, member, heard) ? [{ ...about, what: { is: 'confirm' as const } }] : [];
        const duties = runs ? await dutiesLeft(ref, now) : [];
        return [
          ...confirm,
          ...(duties.length > 0 ? [{ ...about, what: { is: 'prepare' as const, duties: [...duties] } }] : []),
        ];
      }),
    );
    const toMark = await Promise.all(
      marked.map(async ({ meetingId, kind, title, startsAt }): Promise<Waiting[]> => {
        const waits = awaitsMarkOf(await courseOf({ unitId, meetingId }), actor.memberId);
        return waits ? [{ meetingId, kind, title, startsAt, what: { is: 'mark' } }] : [];
      }),
    );
    return ok({ waiting: [...toMark.flat(), ...found.flat()] });
  }),

  route(contract.pushKey, async () => ok({ key: (await pushKeys()).publicKey })),

  route(contract.subscribe, async ({ input, actor }) => {
    if (!isPushAddress(input.endpoint)) return refuse('not-a-push-service');
    const own = await ownBrowsersOf(input.unitId, actor.memberId);
    const known = own.some(({ address }) => address === input.endpoint);
    if (!known && own.length >= MOST_BROWSERS) return refuse('too-many');
    if (!known) await recordBrowser(input.unitId, { memberId: actor.memberId, address: input.endpoint });
    return ok({});
  }),

  route(contract.unsubscribe, async ({ input, actor, now }) => {
    const browser = { memberId: actor.memberId, address: input.endpoint };
    await recordBrowserEnded(input.unitId, browser, dayOf(now), now);
    return ok({});
  }),
];

const dutiesLeft = async (ref: MeetingRef, now: Instant) => {
  const [prepared, heard] = await Promise.all([preparedOf(ref), heardOf(ref)]);
  if (!prepared) return [];
  const { duties } = await leftOf(ref.unitId, prepared, heard, now);
  return nearDuties(duties, now);
};
