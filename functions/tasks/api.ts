import { abreast } from '#runtime/abreast.ts';
import { httpApi, route } from '#runtime/http.ts';
import { personOf } from '#runtime/identity.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { regionBelow } from '#shared/members/region.ts';
import { nameOn } from '#shared/members/tree.ts';
import { assign, below, mine, ofBranch, reportProgress, settle, type TaskRow } from '#shared/tasks/contract.ts';
import { type Task, type TaskSettled, taskIdOf } from '#shared/tasks/model.ts';
import { overviewOf } from '#shared/tasks/overview.ts';
import { decideAssignment, decideProgress, decideReview, inOrder, standingOf } from '#shared/tasks/rules.ts';
import {
  changeTask,
  loadTask,
  recordAssignment,
  tasksOfBranch,
  tasksOfMember,
  unitAbout,
  unitsBelow,
} from './store.ts';

export const handler = httpApi('tasks', [
  route(assign, async ({ input, actor, now }) => {
    const { actionId, ownerId, followerId, ...given } = input;
    const taskId = taskIdOf(actionId);
    const known = await loadTask(input.unitId, taskId);
    if (known) return ok(rowOf(known, now));
    const [owner, follower] = await Promise.all([personOf(ownerId), personOf(followerId)]);
    const decided = decideAssignment({ ...given, taskId }, { owner, follower }, { actorId: actor.memberId, now });
    if (!decided.ok) return decided;
    const { unitId, text, dueOn, source } = decided.value;
    const news = { taskId, unitId, memberId: ownerId, at: now, followerId, text, dueOn, source };
    return ok(rowOf(await recordAssignment(decided.value, { type: 'task-assigned', ...news }), now));
  }),

  route(mine, async ({ actor, now }) => {
    const tasks = inOrder(await tasksOfMember(actor.memberId));
    return ok({ tasks: tasks.map((task) => rowOf(task, now)) });
  }),

  route(ofBranch, async ({ input, now }) => {
    const tasks = await tasksOfBranch(input.unitId);
    const wanted = input.state === 'open' ? tasks.filter(({ state }) => state === 'open') : tasks;
    return ok({ tasks: inOrder(wanted).map((task) => rowOf(task, now)) });
  }),

  route(below, async ({ input: { unitId }, now }) => {
    const today = dayOf(now);
    const unit = await unitAbout(unitId);
    if (!unit) return refuse('not-found');
    const region = await regionBelow({ unit, above: '' }, today, (ids) => abreast(ids, unitsBelow));
    const branches = await abreast(
      region.filter((placed) => placed.unit.kind === 'branch'),
      async ({ unit: branch, name, above }) => {
        const tasks = await tasksOfBranch(branch.unitId, { eventually: true });
        return { unitId: branch.unitId, name, above, tasks };
      },
    );
    return ok({ name: nameOn(unit, today), day: today, ...overviewOf(branches, today) });
  }),

  route(reportProgress, async ({ input, actor, now }) => {
    const { unitId, taskId, actionId, ...report } = input;
    const changed = await changeTask(unitId, taskId, {
      actionId,
      decide: (task) => decideProgress(task, report, { actorId: actor.memberId, now }),
    });
    return changed.ok ? ok(rowOf(changed.value, now)) : changed;
  }),

  route(settle, async ({ input, actor, now }) => {
    const { unitId, taskId, actionId, ...review } = input;
    const changed = await changeTask(unitId, taskId, {
      actionId,
      decide: (task) => decideReview(task, review, { actorId: actor.memberId, now }),
      news: (task): TaskSettled => ({
        type: 'task-settled',
        taskId,
        unitId,
        memberId: task.ownerId,
        at: now,
        outcome: review.outcome,
        dueOn: task.dueOn,
        late: ['late', 'done-late'].includes(standingOf(task, dayOf(now))),
        ...(review.why && { why: review.why }),
        ...(review.meetingId && { meetingId: review.meetingId }),
      }),
    });
    return changed.ok ? ok(rowOf(changed.value, now)) : changed;
  }),
]);

const rowOf = (task: Task, now: Instant): TaskRow => ({ task, standing: standingOf(task, dayOf(now)) });
