import * as v from 'valibot';
import { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Instant } from '#shared/kernel/time.ts';
import { VotingBase } from './poll.ts';
import { type Evidence, Grade, Proposal, Rating, Scores } from './rating.ts';
import { BranchYear, RatedRow, RatingCourse, Reasons } from './rating-course.ts';
import { Tally } from './shown.ts';

/** `seen`, where it is asked for: when the mark was made that whoever acts has before him; nothing before the first one. */
const one = { unitId: UnitId, meetingId: MeetingId };
const Course = v.object({ course: RatingCourse, rating: v.optional(Rating) });

export const rate = operation({
  id: 'meetings.rate',
  summary:
    "Record the mark that the committee agrees on, criterion by criterion, with reasons where it differs from the observer's",
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/rating',
  allow: 'meetings.run',
  audited: true,
  input: v.object({ ...one, scores: Scores, reasons: v.optional(Reasons), seen: v.optional(Instant) }),
  output: Rating,
  refusals: {
    'marked-meanwhile': 409,
    'wrong-state': 409,
    'score-missing': 422,
    'score-too-high': 422,
    'reason-missing': 422,
    'already-voted-on': 409,
    'changed-meanwhile': 409,
  },
});

export const ratingCourse = operation({
  id: 'meetings.ratingCourse',
  summary: 'How the mark of a meeting came to be, with what the record says to each criterion',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/rating/course',
  allow: 'meetings.attend',
  input: v.object(one),
  output: v.object({
    ...Course.entries,
    title: v.string(),
    day: v.string(),
    proposals: v.array(Proposal),
    members: v.array(v.object({ memberId: MemberId, name: v.string() })),
    /** Who may vote on the mark, as the hall stands. */
    base: VotingBase,
    /** When the organisation above said that it read what was sent up. */
    readAbove: v.optional(Instant),
  }),
  refusals: { 'wrong-state': 409 },
});
export type CourseEvidence = v.InferOutput<typeof Evidence>;

export const nameObserver = operation({
  id: 'meetings.nameObserver',
  summary: 'Name the member who observes and marks the meeting',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/rating/observer',
  allow: 'meetings.run',
  input: v.object({ ...one, memberId: MemberId }),
  output: Course,
  refusals: { 'wrong-state': 409, 'not-on-roster': 422, 'already-marked': 409, 'changed-meanwhile': 409 },
});

export const observe = operation({
  id: 'meetings.observe',
  summary: "The observer's mark, criterion by criterion",
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/rating/observed',
  allow: 'meetings.attend',
  input: v.object({ ...one, scores: Scores }),
  output: Course,
  refusals: {
    'not-observer': 403,
    'already-voted-on': 409,
    'wrong-state': 409,
    'score-missing': 422,
    'score-too-high': 422,
    'changed-meanwhile': 409,
  },
});

export const voteOnRating = operation({
  id: 'meetings.voteOnRating',
  summary: "The branch's vote on its mark, by raised hands; without a count, all present agreed",
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/rating/vote',
  allow: 'meetings.run',
  audited: true,
  input: v.object({ ...one, hands: v.optional(Tally), seen: v.optional(Instant) }),
  output: Course,
  refusals: {
    'marked-meanwhile': 409,
    'wrong-state': 409,
    'not-rated': 409,
    'hands-too-many': 422,
    'changed-meanwhile': 409,
  },
});

export const decideOnRating = operation({
  id: 'meetings.decideOnRating',
  summary: "The superior committee's decision on the mark of a meeting below it",
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/rating/decision',
  allow: 'meetings.oversee',
  audited: true,
  input: v.object({ ...one, scores: Scores, reasons: Reasons }),
  output: Course,
  refusals: {
    'wrong-state': 409,
    'not-voted': 409,
    'already-decided': 409,
    'reason-missing': 422,
    'score-missing': 422,
    'score-too-high': 422,
    'changed-meanwhile': 409,
  },
});

export const reopenRating = operation({
  id: 'meetings.reopenRating',
  summary: 'Open a decided mark again, with the reason',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/rating/reopen',
  allow: 'meetings.oversee',
  audited: true,
  input: v.object({ ...one, reason: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(500)) }),
  output: Course,
  refusals: { 'wrong-state': 409, 'not-decided': 409, 'changed-meanwhile': 409 },
});

const Year = v.pipe(v.string(), v.regex(/^20\d\d$/));

export const ratingYear = operation({
  id: 'meetings.ratingYear',
  summary: "A branch's marks of a year and their mean, for its annual assessment",
  method: 'GET',
  path: '/api/meetings/{unitId}/rating-year',
  allow: 'members.read',
  input: v.object({ unitId: UnitId, year: Year }),
  output: v.object({ rows: v.array(RatedRow), mean: v.optional(v.object({ mean: v.number(), grade: Grade })) }),
  refusals: {},
});

export const ratingYearBelow = operation({
  id: 'meetings.ratingYearBelow',
  summary: 'The year of every branch below: how many meetings were marked, and the mean for the annual assessment',
  method: 'GET',
  path: '/api/meetings/{unitId}/rating-year-below',
  allow: 'meetings.oversee',
  input: v.object({ unitId: UnitId, year: Year }),
  output: v.object({ rows: v.array(BranchYear) }),
  refusals: {},
});
