import * as v from 'valibot';
import { MeetingId, MemberId, TaskId } from '#shared/kernel/ids.ts';
import { Day, Instant } from '#shared/kernel/time.ts';
import { Outcome } from '#shared/tasks/model.ts';
import { dayOfMeeting, type Meeting } from './model.ts';

/** A task of the branch as its meetings know it, from the facts of `tasks`. */
export const BranchTask = v.object({
  taskId: TaskId,
  memberId: MemberId,
  text: v.string(),
  dueOn: Day,
  givenAt: Instant,
  meetingId: v.optional(MeetingId),
});
export type BranchTask = v.InferOutput<typeof BranchTask>;

/** One look of the branch at a task. `dueOn` is the deadline after it. */
export const TaskReview = v.object({
  taskId: TaskId,
  outcome: Outcome,
  why: v.optional(v.string()),
  dueOn: Day,
  late: v.boolean(),
  at: Instant,
  meetingId: v.optional(MeetingId),
});
export type TaskReview = v.InferOutput<typeof TaskReview>;

const Found = v.object({ outcome: Outcome, why: v.optional(v.string()), late: v.boolean() });
/** What the branch found of a task. */
export type Found = v.InferOutput<typeof Found>;

/** A task that comes back to a meeting: what the branch found of it since its last one, and why it was not done by then. */
export const CarriedTask = v.object({
  taskId: TaskId,
  memberId: MemberId,
  text: v.string(),
  dueOn: Day,
  review: v.optional(Found),
  before: v.optional(Found),
});
export type CarriedTask = v.InferOutput<typeof CarriedTask>;

/**
 * The tasks that come back to a meeting: given before it and open when the branch last met, with the latest look at them
 * since then. `since` is the end of that last meeting; without one, tasks that are open when this one begins. Facts may
 * come twice and in any order. Source: domain.md §3.2 (results of each member's assigned tasks), product.md §2 idea 16.
 */
export const carriedTo = (
  meeting: Meeting,
  tasks: readonly BranchTask[],
  reviews: readonly TaskReview[],
  since?: Instant,
): CarriedTask[] => {
  const begins = 'startedAt' in meeting ? meeting.startedAt : meeting.startsAt;
  const ends = meeting.state === 'closed' ? meeting.endedAt : undefined;
  const from = since ?? begins;
  const isHere = ({ meetingId, at }: TaskReview): boolean =>
    meetingId === undefined ? at >= from && (!ends || at < ends) : meetingId === meeting.meetingId;
  return tasks
    .filter(({ meetingId, givenAt }) => meetingId !== meeting.meetingId && (ends === undefined || givenAt < ends))
    .flatMap(({ taskId, memberId, text, dueOn }): CarriedTask[] => {
      const own = reviews.filter((review) => review.taskId === taskId).toSorted((a, b) => (a.at < b.at ? -1 : 1));
      const here = own.filter(isHere).at(-1);
      const before = own.filter((review) => !isHere(review) && review.at < begins).at(-1);
      if (before && before.outcome !== 'not-yet') return [];
      const due = here?.dueOn ?? before?.dueOn ?? dueOn;
      return [
        {
          taskId,
          memberId,
          text,
          dueOn: due,
          ...(here && { review: foundIn(here) }),
          ...(before && { before: foundIn(before) }),
        },
      ];
    })
    .sort((a, b) => (a.dueOn === b.dueOn ? (a.taskId < b.taskId ? -1 : 1) : a.dueOn < b.dueOn ? -1 : 1));
};

const foundIn = ({ outcome, late, why }: TaskReview): Found => ({ outcome, late, ...(why && { why }) });

/** `đã xong, chậm hạn`, `chưa xong, lý do: …`; the same words in agenda and minutes. */
export const foundWords = ({ outcome, late, why = '' }: Found): string =>
  outcome === 'done'
    ? `đã xong${late ? ', chậm hạn' : ''}`
    : `${outcome === 'not-yet' ? 'chưa xong' : 'thôi không thực hiện'}, lý do: ${why}`;

/** How many of the tasks that were due by the day of the meeting are done, as its record says. Given up counts as not due. */
export const resultsOf = (
  meeting: Meeting,
  carried: readonly CarriedTask[],
): { readonly due: number; readonly done: number } => {
  const day = dayOfMeeting(meeting);
  const due = carried.filter(
    ({ dueOn, review }) =>
      review?.outcome !== 'dropped' && (dueOn <= day || review?.outcome === 'done' || review?.late),
  );
  return { due: due.length, done: due.filter(({ review }) => review?.outcome === 'done').length };
};
