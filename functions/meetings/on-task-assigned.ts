import { eachFact } from '#runtime/queue.ts';
import { TaskAssigned } from '#shared/tasks/model.ts';
import { recordTask } from './store/papers.ts';

/** A task was given: if it came out of a meeting, the minutes of that meeting name it. */
export const handler = eachFact(TaskAssigned, async ({ taskId, unitId, memberId, text, dueOn, source }) => {
  const meetingId = source.kind === 'plan' ? undefined : source.meetingId;
  if (meetingId !== undefined) await recordTask({ unitId, meetingId }, { taskId, memberId, text, dueOn });
});
