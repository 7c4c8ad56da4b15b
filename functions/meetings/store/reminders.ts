import * as v from 'valibot';
import { hashOf } from '#runtime/files.ts';
import { exists, type HowRead, isNew } from '#runtime/table.ts';
import { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { addDays, type Day, Instant, instantAt, millisecondsOf } from '#shared/kernel/time.ts';
import type { ReminderDue } from '#shared/meetings/model.ts';
import { PushAddress } from '#shared/meetings/push.ts';
import { key, type MeetingRef, table } from './keys.ts';

/** A browser that is to be reminded. */
const Browser = v.object({
  memberId: MemberId,
  address: PushAddress,
  endedAt: v.optional(Instant),
  /** Its push service takes nothing before. */
  notBefore: v.optional(Instant),
});
export type Browser = v.InferOutput<typeof Browser>;

/** Letters of an address's hash: enough to tell a member's browsers apart. */
const NAME_LETTERS = 16;
const browserKey = (unitId: UnitId, { memberId, address }: Browser) =>
  key.browser(unitId, memberId, hashOf(address).slice(0, NAME_LETTERS));

/** Days after which what is over leaves the table. */
const KEPT_DAYS = 7;
const expiryOf = (day: Day): number => Math.floor(millisecondsOf(instantAt(addDays(day, KEPT_DAYS), '00:00')) / 1000);

/** Keeps a browser; the same again is the same, one that was ended comes back. */
export const recordBrowser = async (unitId: UnitId, browser: Browser): Promise<void> => {
  await table.put({ ...browserKey(unitId, browser), ...browser });
};

/** Reminds a browser no more; it leaves the table by itself. Again is the same. */
export const recordBrowserEnded = async (
  unitId: UnitId,
  browser: Browser,
  today: Day,
  endedAt: Instant,
): Promise<void> => {
  await table.change(browserKey(unitId, browser), { set: { endedAt, expiresAt: expiryOf(today) }, onlyIf: exists });
};

/** Browsers of a branch's members that are to be reminded. */
export const browsersOf = async (unitId: UnitId): Promise<readonly Browser[]> =>
  (await table.query(`BROWSERS#${unitId}`)).map((item) => v.parse(Browser, item)).filter(({ endedAt }) => !endedAt);

export const ownBrowsersOf = async (unitId: UnitId, memberId: MemberId): Promise<readonly Browser[]> =>
  (await table.query(`BROWSERS#${unitId}`, { prefix: `MEMBER#${memberId}#` }))
    .map((item) => v.parse(Browser, item))
    .filter(({ endedAt }) => !endedAt);

/** Claims the one reminder of a browser for a meeting and stage: whoever comes second is told no. */
export const claimReminder = async (unitId: UnitId, browser: Browser, reminder: string): Promise<boolean> => {
  const written = await table.change(browserKey(unitId, browser), {
    set: { reminded: reminder },
    onlyIf: {
      expression: 'attribute_exists(#pk) AND (attribute_not_exists(#reminded) OR #reminded <> :reminder)',
      values: { reminder },
    },
  });
  return written.done;
};

/** Gives a claim back, so that the next try sends it, where its push service said so not before a moment. */
export const releaseReminder = async (unitId: UnitId, browser: Browser, notBefore?: Instant): Promise<void> => {
  await table.change(browserKey(unitId, browser), {
    ...(notBefore && { set: { notBefore } }),
    remove: ['reminded'],
    onlyIf: exists,
  });
};

const OnDay = v.object({ unitId: UnitId, meetingId: MeetingId });

/** Notes a meeting under its day. It may be moved or withdrawn later: whoever reads the day looks at the meeting itself. */
export const recordOnDay = async (day: Day, { unitId, meetingId }: MeetingRef): Promise<void> => {
  await table.put({ ...key.onDay(day, { unitId, meetingId }), unitId, meetingId, expiresAt: expiryOf(day) });
};

export const meetingsOnDay = async (day: Day, how?: HowRead): Promise<readonly MeetingRef[]> =>
  (await table.query(`DAY#${day}`, how)).map((item) => v.parse(OnDay, item));

/** Tells that a meeting's members are to be reminded, once for each stage: run twice, it is told once. */
export const recordReminderDue = async (fact: ReminderDue): Promise<void> => {
  await table.put({ ...key.reminder(fact.day, fact, fact.stage), fact, expiresAt: expiryOf(fact.day) }, isNew);
};
