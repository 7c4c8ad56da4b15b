import { eachFact } from '#runtime/queue.ts';
import { MeetingChanged } from '#shared/meetings/model.ts';
import { recordOnDay } from './store/reminders.ts';

/** A meeting was announced or moved: the morning of its day will find it. Repeating it is the same. */
export const handler = eachFact(MeetingChanged, async ({ unitId, meetingId, is }) => {
  if (is?.state === 'published') await recordOnDay(is.day, { unitId, meetingId });
});
