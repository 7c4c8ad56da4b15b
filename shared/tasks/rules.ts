import type { MeetingId, MemberId } from '#shared/kernel/ids.ts';
import { allows, type Grant } from '#shared/kernel/permissions.ts';
import { never, ok, type Result, refuse } from '#shared/kernel/result.ts';
import { addDays, type Day, dayOf, type Instant } from '#shared/kernel/time.ts';
import { NOTES_KEPT, type OpenTask, type Outcome, type Standing, type Task, type TaskNote } from './model.ts';

/** A deadline this near is shown as near. Source: decision, README "Tasks": a week is the time between two reminders. */
export const NEAR_DAYS = 7;

/** How the task stands on this day. The last day itself is still in time. */
export const standingOf = (task: Task, today: Day): Standing => {
  switch (task.state) {
    case 'open':
      if (task.dueOn < today) return 'late';
      return task.dueOn <= addDays(today, NEAR_DAYS) ? 'due-soon' : 'in-time';
    case 'done':
      return task.finishedOn > task.dueOn ? 'done-late' : 'done';
    case 'dropped':
      return 'dropped';
    default:
      return never(task);
  }
};

/** A member as the assignment must know him: where he stands and which roles he holds. */
export interface Candidate {
  readonly memberId: MemberId;
  readonly name: string;
  readonly unitId: string;
  readonly grants: readonly Grant[];
}

type Assigning = Pick<Task, 'taskId' | 'unitId' | 'text' | 'source' | 'dueOn'>;

/**
 * Gives a task to a member of the branch; a member of the branch committee follows it.
 * Source: domain.md §3.13 (a member of the committee follows each member's task), §3.2 (tasks with deadlines).
 */
export const decideAssignment = (
  given: Assigning,
  people: { readonly owner: Candidate | undefined; readonly follower: Candidate | undefined },
  by: { readonly actorId: MemberId; readonly now: Instant },
): Result<OpenTask, 'owner-not-in-branch' | 'follower-not-in-committee' | 'deadline-passed'> => {
  const { owner, follower } = people;
  if (owner?.unitId !== given.unitId) return refuse('owner-not-in-branch');
  if (!follower || !allows(follower.grants, 'tasks.assign', [given.unitId], by.now))
    return refuse('follower-not-in-committee');
  if (given.dueOn < dayOf(by.now)) return refuse('deadline-passed');
  return ok({
    state: 'open',
    ...given,
    ownerId: owner.memberId,
    ownerName: owner.name,
    followerId: follower.memberId,
    followerName: follower.name,
    assignedBy: by.actorId,
    assignedAt: by.now,
    percent: 0,
    notes: [],
    version: 1,
  });
};

/** The owner says how far he is. Only he does: what others see of it is a review. */
export const decideProgress = (
  task: Task,
  report: { readonly percent: number; readonly words?: string | undefined },
  by: { readonly actorId: MemberId; readonly now: Instant },
): Result<OpenTask, 'not-yours' | 'already-settled'> => {
  if (task.ownerId !== by.actorId) return refuse('not-yours');
  if (task.state !== 'open') return refuse('already-settled');
  const { percent, words } = report;
  const note: TaskNote = { kind: 'progress', at: by.now, by: by.actorId, percent, ...(words && { words }) };
  return ok({ ...task, percent, ...noted(task, note) });
};

export interface Review {
  readonly outcome: Outcome;
  readonly why?: string | undefined;
  readonly finishedOn?: Day | undefined;
  readonly dueOn?: Day | undefined;
  readonly meetingId?: MeetingId | undefined;
}

/**
 * The branch looks at a task: done, not yet and why, or given up and why. `not-yet` leaves it open for the next agenda,
 * with a new deadline if one is given. A task is done on the day named, else on the day its owner first reported 100 %,
 * else today. Source: product.md §2, idea 16.
 */
export const decideReview = (
  task: Task,
  review: Review,
  by: { readonly actorId: MemberId; readonly now: Instant },
): Result<Task, 'already-settled' | 'reason-missing' | 'finished-in-future' | 'deadline-passed'> => {
  if (task.state !== 'open') return refuse('already-settled');
  const { outcome, why, meetingId } = review;
  if (outcome !== 'done' && !why) return refuse('reason-missing');
  const today = dayOf(by.now);
  const moved = outcome === 'not-yet' && review.dueOn !== undefined && review.dueOn !== task.dueOn;
  const note: TaskNote = {
    kind: 'review',
    at: by.now,
    by: by.actorId,
    outcome,
    ...(why && { why }),
    ...(meetingId && { meetingId }),
    ...(moved && { wasDueOn: task.dueOn }),
  };
  const next = { ...task, ...noted(task, note) };
  const settled = { settledBy: by.actorId, settledAt: by.now, ...(why && { why }) };
  switch (outcome) {
    case 'not-yet':
      if (moved && (review.dueOn as Day) < today) return refuse('deadline-passed');
      return ok(moved ? { ...next, dueOn: review.dueOn as Day } : next);
    case 'dropped':
      return ok({ ...next, ...settled, state: 'dropped' });
    case 'done': {
      const finishedOn = review.finishedOn ?? reportedDoneOn(task) ?? today;
      if (finishedOn > today) return refuse('finished-in-future');
      return ok({ ...next, ...settled, state: 'done', percent: 100, finishedOn });
    }
    default:
      return never(outcome);
  }
};

/** The day from which on the owner's reports say 100 %, without a lower one after it. */
const reportedDoneOn = (task: Task): Day | undefined => {
  const reports = task.notes.filter((note) => note.kind === 'progress');
  const lastBelow = reports.findLastIndex(({ percent }) => percent < 100);
  const first = reports[lastBelow + 1];
  return first && dayOf(first.at);
};

const noted = (task: Task, note: TaskNote) => ({
  notes: [...task.notes, note].slice(-NOTES_KEPT),
  version: task.version + 1,
});

/** Open tasks first, the most pressing on top; then the settled ones, the newest on top. */
export const inOrder = (tasks: readonly Task[]): Task[] => {
  const settledAt = (task: Task) => (task.state === 'open' ? '' : task.settledAt);
  return tasks.toSorted((a, b) => {
    if ((a.state === 'open') !== (b.state === 'open')) return a.state === 'open' ? -1 : 1;
    const pressing = a.state === 'open' ? compare(a.dueOn, b.dueOn) : compare(settledAt(b), settledAt(a));
    return pressing || compare(a.taskId, b.taskId);
  });
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
