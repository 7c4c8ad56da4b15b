import * as v from 'valibot';
import { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { Day, Instant } from '#shared/kernel/time.ts';
import { dayOfMeeting, type Meeting, MeetingKind } from './model.ts';
import { VotingBase } from './poll.ts';
import { type CriterionId, decideRating, Grade, gradeOf, Rating, type Scores } from './rating.ts';
import { Tally } from './shown.ts';
import { carries, decisionOn, totalOf } from './voting.ts';

const Reason = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(500));
/** Why a mark differs from the one before it, by criterion. */
export const Reasons = v.record(v.string(), Reason);
export type Reasons = v.InferOutput<typeof Reasons>;

/** The branch's vote on its mark, by raised hands. */
export const RatingVote = v.object({ hands: Tally, base: VotingBase, passed: v.boolean(), by: MemberId, at: Instant });

/**
 * The way of a mark: one member observes and scores, the committee agrees, the branch votes, the superior committee
 * decides. The agreed mark itself is the meeting's `Rating`. Source: domain.md §3.4 [R1][G-SHCB], 42-HD/BTCTW section 5.
 */
export const RatingCourse = v.object({
  /** Counts its changes. */
  version: v.number(),
  observerId: v.optional(MemberId),
  observed: v.optional(Rating),
  /** Why the committee's mark differs from the observer's. */
  reasons: v.optional(Reasons),
  vote: v.optional(RatingVote),
  decision: v.optional(v.object({ ...Rating.entries, reasons: Reasons })),
  reopened: v.array(v.object({ by: MemberId, at: Instant, reason: Reason, total: v.number() })),
});
export type RatingCourse = v.InferOutput<typeof RatingCourse>;
export const noCourse: RatingCourse = { version: 0, reopened: [] };

interface By {
  readonly memberId: MemberId;
  readonly now: Instant;
}
type Decided<C extends string> = Result<RatingCourse, C>;
const next = (course: RatingCourse, change: Partial<RatingCourse>): RatingCourse => ({
  ...course,
  ...change,
  version: course.version + 1,
});

/** Names the member who observes; until he has marked another may be named. Refusals: not-on-roster, already-marked. */
export const decideObserver = (
  course: RatingCourse,
  memberId: MemberId,
  roll: readonly { readonly memberId: MemberId }[],
): Decided<'not-on-roster' | 'already-marked'> => {
  if (course.observed) return refuse('already-marked');
  if (!roll.some((member) => member.memberId === memberId)) return refuse('not-on-roster');
  return ok(course.observerId === memberId ? course : next(course, { observerId: memberId }));
};

/** Whether it is this mark by this person: the same act, sent again since its answer was lost on the way. */
const isSame = (before: Rating | undefined, scores: Scores, by: By): boolean =>
  before?.by === by.memberId &&
  Object.entries(before.scores).every(([id, points]) => scores[id as CriterionId] === points);

/** The observer's mark, his alone, until the branch has voted; again is the same. Refusals: not-observer, already-voted-on, those of a mark. */
export const decideObserved = (
  course: RatingCourse,
  meeting: Meeting,
  scores: Scores,
  by: By,
): Decided<'not-observer' | 'already-voted-on' | 'wrong-state' | 'score-missing' | 'score-too-high'> => {
  if (course.observerId !== by.memberId) return refuse('not-observer');
  if (isSame(course.observed, scores, by)) return ok(course);
  if (course.vote?.passed) return refuse('already-voted-on');
  const mark = decideRating(meeting, scores, by);
  return mark.ok ? ok(next(course, { observed: mark.value })) : mark;
};

/** Whether the mark still waits for this person, who was named to observe. */
export const awaitsMarkOf = ({ observerId, observed, vote }: RatingCourse, memberId: MemberId): boolean =>
  observerId === memberId && !observed && !vote?.passed;

/** Criteria in which one mark differs from another without a reason. */
export const unexplained = (scores: Scores, before: Scores, reasons: Reasons): CriterionId[] =>
  (Object.keys(scores) as CriterionId[]).filter((id) => scores[id] !== before[id] && !reasons[id]);

/** The mark that stands, and when the one was made that whoever acts has before him. */
interface Before {
  readonly standing?: Rating | undefined;
  readonly seen?: Instant | undefined;
}

/**
 * The committee agrees on the mark: where it differs from the observer's, with a reason. A vote that was lost is forgotten,
 * since another mark is put to the branch. Over another person's mark only who has seen it.
 * Refusals: already-voted-on, marked-meanwhile, reason-missing.
 */
export const decideAgreed = (
  course: RatingCourse,
  rating: Rating,
  reasons: Reasons,
  { standing, seen }: Before = {},
): Decided<'already-voted-on' | 'marked-meanwhile' | 'reason-missing'> => {
  if (course.vote?.passed) return refuse('already-voted-on');
  if (standing && standing.by !== rating.by && standing.at !== seen) return refuse('marked-meanwhile');
  const missing = course.observed ? unexplained(rating.scores, course.observed.scores, reasons) : [];
  if (missing.length > 0)
    return refuse(
      'reason-missing',
      missing.map((id) => ({ at: `reasons.${id}`, code: 'missing' })),
    );
  const { vote: _, ...rest } = course;
  return ok(next(rest, { reasons }));
};

/**
 * The branch votes on the agreed mark; it carries by more than half of its base. Again is the same. `seen`: the mark that was
 * put to it, where it is said. Source: domain.md §3.3, `rating` in decisions.json. Refusals: not-rated, marked-meanwhile,
 * hands-too-many.
 */
export const decideRatingVote = (
  course: RatingCourse,
  rated: {
    readonly meeting: Meeting;
    readonly rating: Rating | undefined;
    readonly base: VotingBase;
    readonly seen?: Instant | undefined;
  },
  hands: Tally,
  by: By,
): Decided<'not-rated' | 'marked-meanwhile' | 'hands-too-many'> => {
  if (course.vote?.passed) return ok(course);
  if (!rated.rating) return refuse('not-rated');
  if (rated.seen !== undefined && rated.seen !== rated.rating.at) return refuse('marked-meanwhile');
  if (totalOf(hands) > rated.base.present) return refuse('hands-too-many');
  const decision = decisionOn('rating', dayOfMeeting(rated.meeting));
  const passed = carries(decision, hands.agree, rated.base.members);
  return ok(next(course, { vote: { hands, base: rated.base, passed, by: by.memberId, at: by.now } }));
};

/**
 * The superior committee decides: the branch's mark, or another with a reason for each difference; again is the same.
 * Refusals: not-voted, already-decided, reason-missing.
 */
export const decideAbove = (
  course: RatingCourse,
  rated: { readonly meeting: Meeting; readonly rating: Rating | undefined },
  mark: { readonly scores: Scores; readonly reasons: Reasons },
  by: By,
): Decided<'not-voted' | 'already-decided' | 'reason-missing' | 'wrong-state' | 'score-missing' | 'score-too-high'> => {
  if (course.decision) return isSame(course.decision, mark.scores, by) ? ok(course) : refuse('already-decided');
  if (!rated.rating || !course.vote?.passed) return refuse('not-voted');
  const decided = decideRating(rated.meeting, mark.scores, by);
  if (!decided.ok) return decided;
  const missing = unexplained(mark.scores, rated.rating.scores, mark.reasons);
  if (missing.length > 0)
    return refuse(
      'reason-missing',
      missing.map((id) => ({ at: `reasons.${id}`, code: 'missing' })),
    );
  return ok(next(course, { decision: { ...decided.value, reasons: mark.reasons } }));
};

/** Opens a decided mark again, with its reason; what was decided stays in the course. Again is the same. Refusal: not-decided. */
export const decideReopening = (course: RatingCourse, reason: string, by: By): Decided<'not-decided'> => {
  const { decision, ...rest } = course;
  const last = course.reopened.at(-1);
  if (!decision && last?.by === by.memberId && last.reason === reason) return ok(course);
  if (!decision) return refuse('not-decided');
  const entry = { by: by.memberId, at: by.now, reason, total: decision.total };
  return ok(next(rest, { reopened: [...course.reopened, entry] }));
};

/** One meeting's mark as the year counts it: the superior's where there is one, else the branch's own by its vote. */
export const RatedRow = v.object({
  meetingId: MeetingId,
  day: Day,
  title: v.string(),
  kind: MeetingKind,
  total: v.number(),
  grade: Grade,
  decided: v.boolean(),
});
export type RatedRow = v.InferOutput<typeof RatedRow>;

/** Nothing for a meeting of the committee: the mark of the year is that of the branch's own meetings. Source: domain.md §3.4. */
export const ratedRow = (meeting: Meeting, rating: Rating | undefined, course: RatingCourse): RatedRow | undefined => {
  const mark = course.decision ?? (course.vote?.passed ? rating : undefined);
  if (!mark || meeting.kind === 'committee') return undefined;
  const { meetingId, title, kind } = meeting;
  const { total, grade } = mark;
  return { meetingId, day: dayOfMeeting(meeting), title, kind, total, grade, decided: course.decision !== undefined };
};

/** The mean of a year's marks, to one decimal, for the annual assessment; nothing when no meeting has a mark. */
export const meanOf = (
  rows: readonly RatedRow[],
  lastDay: Day,
): { readonly mean: number; readonly grade: Grade } | undefined => {
  if (rows.length === 0) return undefined;
  const exact = rows.reduce((sum, { total }) => sum + total, 0) / rows.length;
  return { mean: Math.round(exact * 10) / 10, grade: gradeOf(exact, lastDay) };
};

/** A branch's year as the organisation above sees it; without a mean it has no mark yet. */
export const BranchYear = v.object({
  unitId: UnitId,
  name: v.string(),
  above: v.string(),
  meetings: v.number(),
  /** Of these, decided by the superior committee. */
  decided: v.number(),
  mean: v.optional(v.number()),
  grade: v.optional(Grade),
});
export type BranchYear = v.InferOutput<typeof BranchYear>;

export const branchYear = (
  branch: Pick<BranchYear, 'unitId' | 'name' | 'above'>,
  rows: readonly RatedRow[],
): BranchYear => {
  const last = rows.at(-1);
  const mean = last && meanOf(rows, last.day);
  return { ...branch, meetings: rows.length, decided: rows.filter(({ decided }) => decided).length, ...mean };
};
