import * as v from 'valibot';
import { isNew, type Part } from '#runtime/table.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { dayOfMeeting, type Meeting } from '#shared/meetings/model.ts';
import type { Rating } from '#shared/meetings/rating.ts';
import { noCourse, RatedRow, RatingCourse, ratedRow } from '#shared/meetings/rating-course.ts';
import { key, type MeetingRef, table } from './keys.ts';
import { changed, onVersion } from './meetings.ts';

/**
 * Records a step of the mark's course over the one it was decided on, together with the mark itself where it changed and
 * with what the year counts of it. False: another was faster.
 */
export const recordCourse = async (
  meeting: Meeting,
  course: RatingCourse,
  mark: { readonly rating: Rating | undefined; readonly changed: boolean },
  now: Instant,
): Promise<boolean> => {
  const before = course.version - 1;
  const row = ratedRow(meeting, mark.rating, course);
  const counted: Part[] = row
    ? [{ put: { ...key.rated(meeting.unitId, dayOfMeeting(meeting), meeting.meetingId), ...row } }]
    : [];
  const rated: Part[] =
    mark.changed && mark.rating ? [{ put: { ...key.paper(meeting, 'RATING'), ...mark.rating } }] : [];
  // the figures hear of every step: what the superior decided counts before what the branch said
  const fact = { ...changed(meeting, now), rowStands: true };
  const written = await table.together([
    { put: { ...key.paper(meeting, 'COURSE'), ...course, fact }, onlyIf: before === 0 ? isNew : onVersion(before) },
    ...rated,
    ...counted,
  ]);
  return written.done;
};

/** How the mark of one meeting stands. */
export const courseOf = async (ref: MeetingRef): Promise<RatingCourse> => {
  const item = await table.get(key.paper(ref, 'COURSE'));
  return item ? v.parse(RatingCourse, item) : noCourse;
};

/** Marks of a branch's meetings in a year, the first one first. */
export const ratedIn = async (unitId: UnitId, year: string): Promise<readonly RatedRow[]> =>
  (await table.query(`BRANCH#${unitId}`, { prefix: `RATED#${year}-` })).map((item) => v.parse(RatedRow, item));
