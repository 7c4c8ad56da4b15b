import { abreast } from '#runtime/abreast.ts';
import { type Route, route } from '#runtime/http.ts';
import { chainOf } from '#runtime/identity.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { mayRecord } from '#shared/meetings/leading.ts';
import { dayOfMeeting, type Meeting } from '#shared/meetings/model.ts';
import { decideRating, type Rating } from '#shared/meetings/rating.ts';
import * as rules from '#shared/meetings/rating-course.ts';
import { placedBelow } from './below.ts';
import { baseOf, proposalsOf, wholeRecordOf } from './record.ts';
import { rosterOf } from './store/attendance.ts';
import type { MeetingRef } from './store/keys.ts';
import { meetingOf } from './store/meetings.ts';
import { papersOf } from './store/papers.ts';
import { ratedIn, recordCourse } from './store/rating.ts';
import { receivedRowOf } from './store/received.ts';

/** The mark of a meeting: observer, committee, branch, superior committee; each step by the right one, each kept. */
export const ratingRows: readonly Route[] = [
  route(contract.rate, async ({ input, actor, now }) => {
    const stepped = await stepping(input, now, ({ meeting, course, rating: standing }) => {
      const mark = decideRating(meeting, input.scores, { memberId: actor.memberId, now });
      if (!mark.ok) return mark;
      const agreed = rules.decideAgreed(course, mark.value, input.reasons ?? {}, { standing, seen: input.seen });
      return agreed.ok ? ok({ course: agreed.value, rating: mark.value }) : agreed;
    });
    return stepped.ok ? ok(stepped.value.rating as Rating) : stepped; // just agreed
  }),

  route(contract.ratingCourse, async ({ input, actor, now }) => {
    const record = await wholeRecordOf(input);
    if (!record) return refuse('not-found');
    const { meeting, papers } = record;
    const { course } = papers;
    if (meeting.state !== 'open' && meeting.state !== 'closed') return refuse('wrong-state');
    const observes = course.observerId === actor.memberId;
    if (!observes && !mayRecord(meeting, actor, now)) return refuse('not-allowed');
    return ok({
      course,
      rating: papers.rating,
      title: record.plan.title,
      day: dayOfMeeting(meeting),
      proposals: proposalsOf(record, now),
      members: record.members.map(({ memberId, name }) => ({ memberId, name })),
      base: await baseOf(meeting),
      readAbove: await readAboveOf(input, now),
    });
  }),

  route(contract.nameObserver, ({ input, now }) =>
    stepping(input, now, async ({ meeting, course, rating }) => {
      const roll = rollOf(meeting, await rosterOf(input.unitId));
      return withRating(rules.decideObserver(course, input.memberId, roll), rating);
    }),
  ),

  route(contract.observe, ({ input, actor, now }) =>
    stepping(input, now, ({ meeting, course, rating }) =>
      withRating(rules.decideObserved(course, meeting, input.scores, { memberId: actor.memberId, now }), rating),
    ),
  ),

  route(contract.voteOnRating, ({ input, actor, now }) =>
    stepping(input, now, async ({ meeting, course, rating }) => {
      const base = await baseOf(meeting);
      const hands = input.hands ?? { agree: base.present, disagree: 0, other: 0 };
      const by = { memberId: actor.memberId, now };
      const { seen } = input;
      return withRating(rules.decideRatingVote(course, { meeting, rating, base, seen }, hands, by), rating);
    }),
  ),

  route(contract.decideOnRating, ({ input, actor, now }) =>
    stepping(input, now, ({ meeting, course, rating }) => {
      const by = { memberId: actor.memberId, now };
      return withRating(rules.decideAbove(course, { meeting, rating }, input, by), rating);
    }),
  ),

  route(contract.reopenRating, ({ input, actor, now }) =>
    stepping(input, now, ({ course, rating }) =>
      withRating(rules.decideReopening(course, input.reason, { memberId: actor.memberId, now }), rating),
    ),
  ),

  route(contract.ratingYear, async ({ input: { unitId, year } }) => {
    const rows = [...(await ratedIn(unitId, year))];
    const last = rows.at(-1);
    return ok({ rows, mean: last && rules.meanOf(rows, last.day) });
  }),

  route(contract.ratingYearBelow, async ({ input: { unitId, year }, now }) => {
    const region = await placedBelow(unitId, now);
    if (!region) return refuse('not-found');
    const branches = region.filter(({ unit }) => unit.kind === 'branch');
    const rows = await abreast(branches, async ({ unit, name, above }) =>
      rules.branchYear({ unitId: unit.unitId, name, above }, await ratedIn(unit.unitId, year)),
    );
    return ok({ rows });
  }),
];

/** When the organisation directly above said that it read what this meeting sent up. */
const readAboveOf = async (ref: MeetingRef, now: Instant): Promise<Instant | undefined> => {
  const [, superiorId] = await chainOf(ref.unitId, now);
  return superiorId && (await receivedRowOf(superiorId, ref))?.read?.at;
};

interface Standing {
  readonly course: rules.RatingCourse;
  readonly rating: Rating | undefined;
}

const withRating = <C extends string>(
  decided: Result<rules.RatingCourse, C>,
  rating: Rating | undefined,
): Result<Standing, C> => (decided.ok ? ok({ course: decided.value, rating }) : decided);

/** Steps of one mark that meet at most. */
const MOST_ROUNDS = 5;

/** One step of a mark's course: decided on what stands, recorded over that, decided again when another came between. */
const stepping = async <C extends string>(
  ref: MeetingRef,
  now: Instant,
  decide: (before: Standing & { readonly meeting: Meeting }) => Result<Standing, C> | Promise<Result<Standing, C>>,
): Promise<Result<Standing, C | 'not-found' | 'wrong-state' | 'changed-meanwhile'>> => {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const [meeting, { course, rating }] = await Promise.all([meetingOf(ref), papersOf(ref)]);
    if (!meeting) return refuse('not-found');
    if (meeting.state !== 'open' && meeting.state !== 'closed') return refuse('wrong-state');
    const decided = await decide({ meeting, course, rating });
    if (!decided.ok) return decided;
    const after = decided.value;
    const mark = { rating: after.rating, changed: after.rating !== rating };
    if (after.course === course || (await recordCourse(meeting, after.course, mark, now))) return ok(after);
  }
  return refuse('changed-meanwhile');
};
