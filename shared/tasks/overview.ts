import * as v from 'valibot';
import { MemberId, TaskId, UnitId } from '#shared/kernel/ids.ts';
import { Day, dayOf } from '#shared/kernel/time.ts';
import { Percent, Standing, type Task } from './model.ts';
import { standingOf } from './rules.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** How the tasks of one branch stand. What was settled counts from the first day of the year on. */
export const BranchTasks = v.object({
  unitId: UnitId,
  name: v.string(),
  /** The organisation it stands directly below. */
  above: v.string(),
  open: count,
  late: count,
  done: count,
  doneLate: count,
  dropped: count,
});
export type BranchTasks = v.InferOutput<typeof BranchTasks>;

/** An open task as the organisations above see it: what, by whom, how far, and what was last said of it. */
export const TaskBelow = v.object({
  taskId: TaskId,
  branchId: UnitId,
  branch: v.string(),
  text: v.string(),
  ownerId: MemberId,
  ownerName: v.string(),
  followerName: v.string(),
  dueOn: Day,
  percent: Percent,
  standing: Standing,
  /** Why it was not done at the last look at it, else what its owner last reported. */
  said: v.optional(v.string()),
});
export type TaskBelow = v.InferOutput<typeof TaskBelow>;

/** A branch with its tasks, of whatever state. */
export interface BranchWithTasks {
  readonly unitId: UnitId;
  readonly name: string;
  readonly above: string;
  readonly tasks: readonly Task[];
}

/** Open tasks that are sent at once; what is overdue comes first, so that nothing overdue is left out while something else is in. */
export const MOST_BELOW = 1000;

/**
 * The tasks of all branches below an organisation: counts by branch, the one with the most overdue tasks first, and the
 * open tasks, overdue ones first. Source: domain.md §3.13; the superior follows the branches' resolutions.
 */
export const overviewOf = (
  branches: readonly BranchWithTasks[],
  today: Day,
): { readonly branches: BranchTasks[]; readonly tasks: TaskBelow[]; readonly left: number } => {
  const counted = branches.map((branch) => countsOf(branch, today));
  const open = branches.flatMap((branch) =>
    branch.tasks.flatMap((task) => (task.state === 'open' ? [below(task, branch, today)] : [])),
  );
  // a passed deadline is before every other: by deadline is overdue first
  open.sort((a, b) => compare(a.dueOn, b.dueOn) || compare(a.branchId, b.branchId) || compare(a.taskId, b.taskId));
  return {
    branches: counted.sort((a, b) => b.late - a.late || b.open - a.open || compare(a.unitId, b.unitId)),
    tasks: open.slice(0, MOST_BELOW),
    left: Math.max(0, open.length - MOST_BELOW),
  };
};

const countsOf = ({ unitId, name, above, tasks }: BranchWithTasks, today: Day): BranchTasks => {
  const newYear = `${today.slice(0, 4)}-01-01`;
  const standings = tasks
    .filter((task) => task.state === 'open' || dayOf(task.settledAt) >= newYear)
    .map((task) => standingOf(task, today));
  const of = (...wanted: Standing[]) => standings.filter((one) => wanted.includes(one)).length;
  return {
    unitId,
    name,
    above,
    open: of('in-time', 'due-soon', 'late'),
    late: of('late'),
    done: of('done', 'done-late'),
    doneLate: of('done-late'),
    dropped: of('dropped'),
  };
};

const below = (task: Task, branch: BranchWithTasks, today: Day): TaskBelow => {
  const { taskId, text, ownerId, ownerName, followerName, dueOn, percent } = task;
  const said = saidOf(task);
  return {
    taskId,
    branchId: branch.unitId,
    branch: branch.name,
    text,
    ownerId,
    ownerName,
    followerName,
    dueOn,
    percent,
    standing: standingOf(task, today),
    ...(said && { said }),
  };
};

const saidOf = ({ notes }: Task): string | undefined => {
  const last = notes.findLast((note) => (note.kind === 'progress' ? note.words : note.why) !== undefined);
  return last?.kind === 'progress' ? last.words : last?.why;
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
