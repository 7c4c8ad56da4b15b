import { eachFact } from '#runtime/queue.ts';
import { knock, pushKeys } from '#runtime/web-push.ts';
import { dayOf } from '#shared/kernel/time.ts';
import { rollOf } from '#shared/meetings/attendance.ts';
import { dayOfMeeting, ReminderDue } from '#shared/meetings/model.ts';
import { asksFor } from '#shared/meetings/reminders.ts';
import { nothingHeard } from './preparing.ts';
import { rosterOf } from './store/attendance.ts';
import { heardOf } from './store/heard.ts';
import { meetingOf } from './store/meetings.ts';
import { browsersOf, claimReminder, recordBrowserEnded, releaseReminder } from './store/reminders.ts';

/**
 * The members of one meeting are reminded who have not acted and asked for it, each browser once: a claim stands before
 * the knock, so that a repeat of the fact knocks only where it failed. Who is no longer on the roll hears nothing.
 */
export const handler = eachFact(ReminderDue, async ({ unitId, meetingId, day, stage }, now) => {
  const ref = { unitId, meetingId };
  const [meeting, roster, heard, browsers] = await Promise.all([
    meetingOf(ref),
    rosterOf(unitId),
    heardOf(ref),
    browsersOf(unitId),
  ]);
  if (!meeting || dayOfMeeting(meeting) !== day || browsers.length === 0) return;
  const silent = rollOf(meeting, roster).filter((member) =>
    asksFor(meeting, member, heard.get(member.memberId) ?? nothingHeard),
  );
  const keys = await pushKeys();
  const reached = await Promise.all(
    browsers
      .filter(({ memberId }) => silent.some((member) => member.memberId === memberId))
      .map(async (browser) => {
        // its service said how long it wants to be left alone: the fact comes again by itself
        if (browser.notBefore && now < browser.notBefore) return false;
        if (!(await claimReminder(unitId, browser, `${meetingId}#${stage}`))) return true;
        const knocked = await knock(browser.address, keys, now);
        if (knocked.became === 'gone') await recordBrowserEnded(unitId, browser, dayOf(now), now);
        if (knocked.became === 'later') await releaseReminder(unitId, browser, knocked.notBefore);
        return knocked.became !== 'later';
      }),
  );
  const missed = reached.filter((done) => !done).length;
  if (missed > 0) throw new Error(`${missed} browsers could not be reached`);
});
