import * as v from 'valibot';
import { type HowRead, isNew, type OnlyIf, openTable, type Part } from '#runtime/table.ts';
import { type ActionId, type MemberId, TaskId, UnitId } from '#shared/kernel/ids.ts';
import { type Result, refuse } from '#shared/kernel/result.ts';
import { Unit } from '#shared/members/model.ts';
import { parentsEver } from '#shared/members/tree.ts';
import { Task, type TaskAssigned, type TaskSettled } from '#shared/tasks/model.ts';

const table = openTable('TASKS_TABLE');

/** Tasks stand by branch; a member's own are found by pointers; an act that was done is kept with what it led to. */
const keys = {
  task: (unitId: UnitId, taskId: TaskId) => ({ pk: `UNIT#${unitId}`, sk: `TASK#${taskId}` }),
  ofMember: (memberId: MemberId, task: Pick<Task, 'taskId' | 'assignedAt'>) => ({
    pk: `MEMBER#${memberId}`,
    sk: `TASK#${task.assignedAt}#${task.taskId}`,
  }),
  about: (unitId: UnitId) => ({ pk: `TREE#${unitId}`, sk: 'ABOUT' }),
  child: (parentId: UnitId, unitId: UnitId) => ({ pk: `TREE#${parentId}`, sk: `UNIT#${unitId}` }),
  act: (taskId: TaskId, actionId: ActionId) => ({ pk: `TASK#${taskId}`, sk: `ACT#${actionId}` }),
};
const Pointer = v.object({ unitId: UnitId, taskId: TaskId });
/** A member sees his newest ones; a branch gives each a handful a year. */
const SHOWN_TO_OWNER = 40;

export const loadTask = async (unitId: UnitId, taskId: TaskId): Promise<Task | undefined> => {
  const item = await table.get(keys.task(unitId, taskId));
  return item && v.parse(Task, item);
};

export const tasksOfBranch = async (unitId: UnitId, how?: HowRead): Promise<Task[]> =>
  (await table.query(`UNIT#${unitId}`, { prefix: 'TASK#', ...how })).map((item) => v.parse(Task, item));

export const tasksOfMember = async (memberId: MemberId): Promise<Task[]> => {
  const pointers = await table.query(`MEMBER#${memberId}`, {
    prefix: 'TASK#',
    descending: true,
    limit: SHOWN_TO_OWNER,
  });
  const tasks = await Promise.all(
    pointers.map((item) => {
      const { unitId, taskId } = v.parse(Pointer, item);
      return loadTask(unitId, taskId);
    }),
  );
  return tasks.filter((task) => task !== undefined);
};

/** Puts a new task. Its key is the act's id, so the act sent again answers the task it made. */
export const recordAssignment = async (task: Task, fact: TaskAssigned): Promise<Task> => {
  const { unitId, taskId, ownerId } = task;
  const written = await table.together([
    { put: { ...keys.task(unitId, taskId), ...task, fact }, onlyIf: isNew },
    { put: { ...keys.ofMember(ownerId, task), unitId, taskId } },
  ]);
  if (written.done) return task;
  return v.parse(Task, written.failed[0]?.existing);
};

/** Tries when others change the same task at the same moment; two or three people ever do. */
const TRIES = 6;

/**
 * One act on a task: decides on what stands there and writes only over that. The act is kept with its result, so that
 * it is done once, and sent again answers the same.
 */
export const changeTask = async <C extends string>(
  unitId: UnitId,
  taskId: TaskId,
  act: {
    readonly actionId: ActionId;
    readonly decide: (task: Task) => Result<Task, C>;
    readonly news?: (after: Task, before: Task) => TaskSettled;
  },
): Promise<Result<Task, C | 'not-found'>> => {
  for (let tries = 1; tries <= TRIES; tries++) {
    const before = await loadTask(unitId, taskId);
    if (!before) return refuse('not-found');
    const done = await table.get(keys.act(taskId, act.actionId));
    if (done) return { ok: true, value: v.parse(Task, done['result']) };
    const decided = act.decide(before);
    if (!decided.ok) return decided;
    const after = decided.value;
    const parts: Part[] = [
      { put: { ...keys.act(taskId, act.actionId), result: after }, onlyIf: isNew },
      {
        put: { ...keys.task(unitId, taskId), ...after, ...(act.news && { fact: act.news(after, before) }) },
        onlyIf: { expression: '#version = :version', values: { version: before.version } },
      },
    ];
    if ((await table.together(parts)).done) return { ok: true, value: after };
  }
  throw new Error(`task ${taskId} is being changed by too many at once`);
};

const isNewer = (version: number): OnlyIf => ({
  expression: 'attribute_not_exists(#pk) OR #version < :version',
  values: { version },
});

/** The tree as a dated record: the unit itself, and a copy below every unit it ever stood under. An older fact changes nothing. */
export const keepUnit = async (unit: Unit): Promise<void> => {
  const places = [keys.about(unit.unitId), ...parentsEver(unit).map((parentId) => keys.child(parentId, unit.unitId))];
  for (const place of places) await table.put({ ...place, ...unit }, isNewer(unit.version));
};

export const unitAbout = async (unitId: UnitId): Promise<Unit | undefined> => {
  const item = await table.get(keys.about(unitId), { eventually: true });
  return item && v.parse(Unit, item);
};

/** Every unit that ever stood directly below, each with its whole history. */
export const unitsBelow = async (unitId: UnitId): Promise<readonly Unit[]> =>
  (await table.query(`TREE#${unitId}`, { prefix: 'UNIT#', eventually: true })).map((item) => v.parse(Unit, item));
