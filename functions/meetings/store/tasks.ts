import * as v from 'valibot';
import type { Item } from '#runtime/table.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { BranchTask, type CarriedTask, carriedTo, TaskReview } from '#shared/meetings/carried.ts';
import type { Meeting, MeetingRow } from '#shared/meetings/model.ts';
import { key, table } from './keys.ts';
import { meetingsOf } from './meetings.ts';

/** Keeps a task of the branch; a repeat is the same. */
export const recordBranchTask = async (unitId: UnitId, task: BranchTask): Promise<void> => {
  await table.put({ ...key.branchTask(unitId, task.taskId), ...task });
};

/** Keeps one look at a task under its own instant, so that order and repetition do not matter. */
export const recordReview = async (unitId: UnitId, review: TaskReview): Promise<void> => {
  await table.put({ ...key.review(unitId, review.taskId, review.at), ...review });
};

/** The tasks that come back to this meeting. A cheap look is enough: they came here by facts, some seconds late already. */
export const carriedOf = async (meeting: Meeting): Promise<readonly CarriedTask[]> => {
  const [items, rows] = await Promise.all([branchTasksOf(meeting.unitId), meetingsOf(meeting.unitId)]);
  return carriedIn(meeting, items, rows);
};

/** Tasks of a branch and the looks at them, as they stand in its table. */
export const branchTasksOf = (unitId: UnitId): Promise<readonly Item[]> =>
  table.query(`TASKS#${unitId}`, { eventually: true });

export const carriedIn = (
  meeting: Meeting,
  items: readonly Item[],
  rows: readonly MeetingRow[],
): readonly CarriedTask[] => {
  const of = <S extends v.GenericSchema>(prefix: string, schema: S): v.InferOutput<S>[] =>
    items.filter(({ sk }) => sk.startsWith(prefix)).map((item) => v.parse(schema, item));
  const last = rows.find(
    ({ kind, state, startsAt }) => kind !== 'committee' && state === 'closed' && startsAt < meeting.startsAt,
  );
  return carriedTo(meeting, of('GIVEN#', BranchTask), of('REVIEW#', TaskReview), last?.endedAt);
};
