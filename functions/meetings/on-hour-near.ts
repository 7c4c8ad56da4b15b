import { abreast } from '#runtime/abreast.ts';
import { log } from '#runtime/log.ts';
import { keepReady, warmFunctions } from '#runtime/warmth.ts';
import { addMilliseconds, dayOf, HOUR_MS, instantOf } from '#shared/kernel/time.ts';
import { environmentsFor } from '#shared/meetings/warmth.ts';
import { meetingOf } from './store/meetings.ts';
import { meetingsOnDay } from './store/reminders.ts';

/**
 * Every ten minutes: as many environments of the functions that members ask are kept ready as the calendar of published
 * meetings lets expect for the next minutes, and none when nobody meets. Run twice, it asks once.
 */
export const handler = async (): Promise<void> => {
  const now = instantOf(Date.now());
  const days = new Set([dayOf(now), dayOf(addMilliseconds(now, HOUR_MS))]);
  const refs = (await Promise.all([...days].map((day) => meetingsOnDay(day, { eventually: true })))).flat();
  // a meeting may have been moved or withdrawn since it was noted under its day
  const meetings = await abreast(refs, (ref) => meetingOf(ref, { eventually: true }));
  const expected = meetings.flatMap((meeting) =>
    meeting?.state === 'published' || meeting?.state === 'open'
      ? [{ startsAt: meeting.startsAt, members: meeting.expected.members }]
      : [],
  );
  const environments = environmentsFor(expected, now);
  await Promise.all(warmFunctions().map((fn) => keepReady(fn, environments)));
  log({ event: 'kept-ready', count: environments });
};
