import { log } from '#runtime/log.ts';
import { instantOf } from '#shared/kernel/time.ts';
import { daysToRemind } from '#shared/meetings/reminders.ts';
import { meetingsOnDay, recordReminderDue } from './store/reminders.ts';

/** Meetings told at the same time: enough for a province's third of the month within some seconds. */
const ABREAST = 24;

/**
 * Every morning: the meetings of today and tomorrow are told to whoever reminds their members, each as a fact of its own,
 * so that one branch's trouble is not another's. Run twice, each is told once.
 */
export const handler = async (): Promise<void> => {
  const now = instantOf(Date.now());
  let count = 0;
  for (const { stage, day } of daysToRemind(now)) {
    const waiting = [...(await meetingsOnDay(day))];
    count += waiting.length;
    await Promise.all(
      Array.from({ length: ABREAST }, async () => {
        for (let ref = waiting.pop(); ref; ref = waiting.pop())
          await recordReminderDue({ type: 'reminder-due', ...ref, day, stage, at: now });
      }),
    );
  }
  log({ event: 'reminders-told', count });
};
