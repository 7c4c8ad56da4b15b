import * as v from 'valibot';
import { ActionId, MeetingId, MemberId, TaskId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Day } from '#shared/kernel/time.ts';
import { Outcome, Percent, Standing, Task, TaskSource, TaskText, TaskWords } from './model.ts';
import { BranchTasks, TaskBelow } from './overview.ts';

/** A task and how it stands today. */
export const TaskRow = v.object({ task: Task, standing: Standing });
export type TaskRow = v.InferOutput<typeof TaskRow>;

export const assign = operation({
  id: 'tasks.assign',
  summary: 'Give a task with a deadline to a member of the branch; the same act again answers the same task',
  method: 'POST',
  path: '/api/tasks/{unitId}/assign',
  allow: 'tasks.assign',
  input: v.object({
    unitId: UnitId,
    actionId: ActionId,
    text: TaskText,
    ownerId: MemberId,
    followerId: MemberId,
    dueOn: Day,
    source: TaskSource,
  }),
  output: TaskRow,
  refusals: { 'owner-not-in-branch': 422, 'follower-not-in-committee': 422, 'deadline-passed': 422 },
});

export const mine = operation({
  id: 'tasks.mine',
  summary: 'My tasks, open ones first; of the settled ones the latest',
  method: 'GET',
  path: '/api/tasks/mine',
  allow: 'signed-in',
  input: v.object({}),
  output: v.object({ tasks: v.array(TaskRow) }),
  refusals: {},
});

export const ofBranch = operation({
  id: 'tasks.ofBranch',
  summary: 'Tasks of a branch: all, or the open ones that come back to the next agenda',
  method: 'GET',
  path: '/api/tasks/{unitId}/all',
  allow: 'tasks.assign',
  input: v.object({ unitId: UnitId, state: v.optional(v.picklist(['open', 'all']), 'all') }),
  output: v.object({ tasks: v.array(TaskRow) }),
  refusals: {},
});

export const reportProgress = operation({
  id: 'tasks.reportProgress',
  summary: 'The owner says how far a task is',
  method: 'POST',
  path: '/api/tasks/{unitId}/{taskId}/progress',
  allow: 'tasks.do',
  later: true,
  input: v.object({
    unitId: UnitId,
    taskId: TaskId,
    actionId: ActionId,
    percent: Percent,
    words: v.optional(TaskWords),
  }),
  output: TaskRow,
  refusals: { 'not-yours': 403, 'already-settled': 409 },
});

export const settle = operation({
  id: 'tasks.settle',
  summary: 'The branch looks at a task: done, not yet and why, or given up and why',
  method: 'POST',
  path: '/api/tasks/{unitId}/{taskId}/settle',
  allow: 'tasks.assign',
  input: v.object({
    unitId: UnitId,
    taskId: TaskId,
    actionId: ActionId,
    outcome: Outcome,
    why: v.optional(TaskWords),
    finishedOn: v.optional(Day),
    /** A new deadline, with `not-yet` only. */
    dueOn: v.optional(Day),
    meetingId: v.optional(MeetingId),
  }),
  output: TaskRow,
  refusals: { 'already-settled': 409, 'reason-missing': 422, 'finished-in-future': 422, 'deadline-passed': 422 },
});

export const below = operation({
  id: 'tasks.below',
  summary: 'Tasks of all branches below an organisation: counts by branch, and the open tasks, overdue ones first',
  method: 'GET',
  path: '/api/tasks/{unitId}/below',
  allow: 'meetings.oversee',
  input: v.object({ unitId: UnitId }),
  output: v.object({
    name: v.string(),
    day: Day,
    branches: v.array(BranchTasks),
    tasks: v.array(TaskBelow),
    /** Open tasks that were left out, all of them due later than those sent. */
    left: v.number(),
  }),
  refusals: {},
});
