import * as v from 'valibot';
import { eachFact } from '#runtime/queue.ts';
import { TaskAssigned, TaskSettled } from '#shared/tasks/model.ts';
import { refreshTasks } from './publication.ts';
import { recordTask } from './store/papers.ts';
import { recordBranchTask, recordReview } from './store/tasks.ts';

/**
 * A task was given, or the branch looked at one: open tasks come back to the next meeting, and the minutes of the meeting
 * a task came out of name it. An agenda that members read already says it as well.
 */
export const handler = eachFact(v.variant('type', [TaskAssigned, TaskSettled]), async (fact, now) => {
  await keep(fact);
  await refreshTasks(fact.unitId, now);
});

const keep = async (fact: TaskAssigned | TaskSettled): Promise<void> => {
  const { taskId, unitId, memberId, dueOn, at } = fact;
  if (fact.type === 'task-settled') {
    const { outcome, late, why, meetingId } = fact;
    await recordReview(unitId, {
      taskId,
      outcome,
      late,
      dueOn,
      at,
      ...(why && { why }),
      ...(meetingId && { meetingId }),
    });
    return;
  }
  const { text, source } = fact;
  const meetingId = source.kind === 'plan' ? undefined : source.meetingId;
  await recordBranchTask(unitId, { taskId, memberId, text, dueOn, givenAt: at, ...(meetingId && { meetingId }) });
  if (meetingId !== undefined) await recordTask({ unitId, meetingId }, { taskId, memberId, text, dueOn });
};
