import * as v from 'valibot';
import { type ActionId, DocumentId, MeetingId, MemberId, TaskId, UnitId } from '#shared/kernel/ids.ts';
import { Day, Instant } from '#shared/kernel/time.ts';

const words = (most: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(most));

/** What is to be done, in one or two sentences. */
export const TaskText = words(500);
/** What was done, why it was not, or what was said about it. */
export const TaskWords = words(1000);
/** How much is done, in whole percent. */
export const Percent = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100));

/** What the task comes out of: a meeting, a resolution or conclusion of the branch, or the plan of the year. */
export const TaskSource = v.variant('kind', [
  v.object({ kind: v.literal('meeting'), meetingId: MeetingId }),
  v.object({
    kind: v.literal('resolution'),
    /** As printed: `05-NQ/CB`. */
    number: words(40),
    documentId: v.optional(DocumentId),
    meetingId: v.optional(MeetingId),
  }),
  v.object({ kind: v.literal('plan'), title: words(200) }),
]);
export type TaskSource = v.InferOutput<typeof TaskSource>;

/** How a look at a task ended: done, not yet (it comes back to the next agenda), or given up. */
export const Outcome = v.picklist(['done', 'not-yet', 'dropped']);
export type Outcome = v.InferOutput<typeof Outcome>;

/** One line of a task's story: what the owner reported, or what the branch found. */
export const TaskNote = v.variant('kind', [
  v.object({ kind: v.literal('progress'), at: Instant, by: MemberId, percent: Percent, words: v.optional(TaskWords) }),
  v.object({
    kind: v.literal('review'),
    at: Instant,
    by: MemberId,
    outcome: Outcome,
    why: v.optional(TaskWords),
    meetingId: v.optional(MeetingId),
    /** The deadline before it was moved. */
    wasDueOn: v.optional(Day),
  }),
]);
export type TaskNote = v.InferOutput<typeof TaskNote>;

const common = {
  taskId: TaskId,
  unitId: UnitId,
  text: TaskText,
  ownerId: MemberId,
  /** Names as they were when the task was given, so that an old list still reads right. */
  ownerName: v.string(),
  /** The member of the branch committee who follows it. Source: domain.md §3.13, task of members. */
  followerId: MemberId,
  followerName: v.string(),
  source: TaskSource,
  dueOn: Day,
  assignedBy: MemberId,
  assignedAt: Instant,
  percent: Percent,
  /** The newest last; the oldest are let go after `NOTES_KEPT`. */
  notes: v.array(TaskNote),
  /** Counts its changes. */
  version: v.pipe(v.number(), v.integer()),
};
const settled = { settledBy: MemberId, settledAt: Instant, why: v.optional(TaskWords) };

/** A task by its state: it stays open until it is done or given up. */
export const Task = v.variant('state', [
  v.object({ state: v.literal('open'), ...common }),
  v.object({ state: v.literal('done'), ...common, ...settled, finishedOn: Day }),
  v.object({ state: v.literal('dropped'), ...common, ...settled }),
]);
export type Task = v.InferOutput<typeof Task>;
export type OpenTask = Extract<Task, { state: 'open' }>;

/** Lines of its story that a task keeps: five years of monthly meetings. */
export const NOTES_KEPT = 60;

/** How a task stands on a day: in time, due within a week, late, done, done late, or given up. */
export const Standing = v.picklist(['in-time', 'due-soon', 'late', 'done', 'done-late', 'dropped']);
export type Standing = v.InferOutput<typeof Standing>;

const news = {
  taskId: TaskId,
  unitId: UnitId,
  /** The owner. */
  memberId: MemberId,
  at: Instant,
};

/** Fact: a task was given to a member. */
export const TaskAssigned = v.object({
  type: v.literal('task-assigned'),
  ...news,
  followerId: MemberId,
  text: TaskText,
  dueOn: Day,
  source: TaskSource,
});
export type TaskAssigned = v.InferOutput<typeof TaskAssigned>;

/** Fact: the branch looked at a task. After `not-yet` it is still open, with the deadline given here. */
export const TaskSettled = v.object({
  type: v.literal('task-settled'),
  ...news,
  outcome: Outcome,
  dueOn: Day,
  late: v.boolean(),
  why: v.optional(TaskWords),
  meetingId: v.optional(MeetingId),
});
export type TaskSettled = v.InferOutput<typeof TaskSettled>;

/** The id of a task is the id of the act that gave it, so that the act sent twice gives it once. */
export const taskIdOf = (actionId: ActionId): TaskId => v.parse(TaskId, actionId);
