import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MeetingId, MemberId } from '#shared/kernel/ids.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import { decideRating, gradeOf, type Rating, rubricOn, type Scores } from './rating.ts';
import * as rules from './rating-course.ts';
import { aMeeting, theDay } from './testing.ts';

const meeting = aMeeting('closed');
const by = (memberId: string) => ({ memberId: memberId as MemberId, now: '2026-11-03T14:00:00.000Z' as Instant });
const full = Object.fromEntries(rubricOn(theDay).criteria.map(({ id, max }) => [id, max])) as Scores;
const less: Scores = { ...full, '6': 24 };
const given = <T>(result: { ok: true; value: T } | { ok: false; code: string }): T => {
  if (!result.ok) throw new Error(result.code);
  return result.value;
};
const rating: Rating = given(decideRating(meeting, less, by('lan')));
const base = { members: 5, present: 4, out: [] };
const rated = { meeting, rating, base };
const hands = (agree: number, disagree = 0) => ({ agree, disagree, other: 0 });

const observed = given(
  rules.decideObserved(
    given(rules.decideObserver(rules.noCourse, 'tam' as MemberId, [{ memberId: 'tam' as MemberId }])),
    meeting,
    full,
    by('tam'),
  ),
);
const agreed = given(rules.decideAgreed(observed, rating, { '6': 'Còn một việc chưa xong' }));
const voted = given(rules.decideRatingVote(agreed, rated, hands(3), by('lan')));
const decided = given(rules.decideAbove(voted, rated, { scores: less, reasons: {} }, by('officer')));

describe('the course of a mark', () => {
  it('is observed by the named member only, who is on the roll', () => {
    expect(rules.decideObserver(rules.noCourse, 'xa' as MemberId, [])).toMatchObject({ code: 'not-on-roster' });
    expect(rules.decideObserved(rules.noCourse, meeting, full, by('tam'))).toMatchObject({ code: 'not-observer' });
    expect(rules.decideObserver(observed, 'an' as MemberId, [{ memberId: 'an' as MemberId }])).toMatchObject({
      code: 'already-marked',
    });
  });

  it('asks the committee for a reason wherever its mark differs from the observer', () => {
    const refused = rules.decideAgreed(observed, rating, {});
    expect(refused).toMatchObject({ code: 'reason-missing', issues: [{ at: 'reasons.6', code: 'missing' }] });
    expect(rules.decideAgreed(rules.noCourse, rating, {}).ok).toBe(true);
    expect(agreed.reasons).toEqual({ '6': 'Còn một việc chưa xong' });
  });

  it('goes over the mark of another only by who has seen it, and to the vote only as it was seen', () => {
    const mine = given(decideRating(meeting, less, by('lan')));
    const others: Rating = {
      ...given(decideRating(meeting, full, by('an'))),
      at: '2026-11-03T14:05:00.000Z' as Instant,
    };
    const over = (before: Parameters<typeof rules.decideAgreed>[3]) =>
      rules.decideAgreed(rules.noCourse, mine, {}, before);
    expect(over({ standing: others })).toMatchObject({ code: 'marked-meanwhile' });
    expect(over({ standing: others, seen: mine.at })).toMatchObject({ code: 'marked-meanwhile' });
    expect(over({ standing: others, seen: others.at }).ok).toBe(true);
    // one's own again: the answer was lost on the way, or it was thought over
    expect(over({ standing: { ...others, by: mine.by } }).ok).toBe(true);
    expect(over({ standing: undefined, seen: others.at }).ok).toBe(true);
    const vote = (seen: Instant) =>
      rules.decideRatingVote(agreed, { ...rated, rating: others, seen }, hands(3), by('lan'));
    expect(vote(mine.at)).toMatchObject({ code: 'marked-meanwhile' });
    expect(vote(others.at).ok).toBe(true);
  });

  it('is carried by more than half of the base, never by more hands than are there; what is lost is marked again', () => {
    expect(rules.decideRatingVote(agreed, rated, hands(5), by('lan'))).toMatchObject({ code: 'hands-too-many' });
    expect(rules.decideRatingVote(agreed, { ...rated, rating: undefined }, hands(1), by('lan'))).toMatchObject({
      code: 'not-rated',
    });
    const lost = given(rules.decideRatingVote(agreed, rated, hands(2, 2), by('lan')));
    expect(lost.vote?.passed).toBe(false);
    expect(rules.decideAbove(lost, rated, { scores: less, reasons: {} }, by('officer'))).toMatchObject({
      code: 'not-voted',
    });
    expect(given(rules.decideAgreed(lost, rating, { '6': 'Chấm lại' })).vote).toBeUndefined();
    expect(rules.decideAgreed(voted, rating, {})).toMatchObject({ code: 'already-voted-on' });
    expect(given(rules.decideRatingVote(voted, rated, hands(1), by('lan')))).toBe(voted);
  });

  it('is decided above once, another mark with its reasons, and opened again only with one', () => {
    expect(rules.decideAbove(voted, rated, { scores: full, reasons: {} }, by('officer'))).toMatchObject({
      code: 'reason-missing',
    });
    for (const [name, scores] of [
      ['other', less],
      ['officer', full],
    ] as const)
      expect(rules.decideAbove(decided, rated, { scores, reasons: { '6': 'Đủ' } }, by(name))).toMatchObject({
        code: 'already-decided',
      });
    expect(rules.decideReopening(voted, 'Nhầm', by('officer'))).toMatchObject({ code: 'not-decided' });
    const reopened = given(rules.decideReopening(decided, 'Bổ sung minh chứng', by('officer')));
    expect(reopened.decision).toBeUndefined();
    expect(rules.decideReopening(reopened, 'Lý do khác', by('officer'))).toMatchObject({ code: 'not-decided' });
    expect(reopened.reopened).toMatchObject([{ by: 'officer', reason: 'Bổ sung minh chứng', total: rating.total }]);
    expect(rules.decideAbove(reopened, rated, { scores: less, reasons: {} }, by('officer')).ok).toBe(true);
  });

  it('does nothing more when an act is sent again, its answer lost on the way', () => {
    expect(given(rules.decideObserved(observed, meeting, full, by('tam')))).toBe(observed);
    expect(
      given(rules.decideObserver(rules.noCourse, 'tam' as MemberId, [{ memberId: 'tam' as MemberId }])).version,
    ).toBe(1);
    expect(given(rules.decideAbove(decided, rated, { scores: less, reasons: {} }, by('officer')))).toBe(decided);
    const reopened = given(rules.decideReopening(decided, 'Bổ sung', by('officer')));
    expect(given(rules.decideReopening(reopened, 'Bổ sung', by('officer')))).toBe(reopened);
  });

  it("counts for the year with the superior's mark, else with the branch's vote, else not at all", () => {
    expect(rules.ratedRow(meeting, rating, agreed)).toBeUndefined();
    expect(rules.ratedRow(meeting, rating, voted)).toMatchObject({ total: rating.total, decided: false });
    expect(rules.ratedRow({ ...meeting, kind: 'committee' }, rating, voted)).toBeUndefined();
    const other = given(rules.decideAbove(voted, rated, { scores: full, reasons: { '6': 'Đủ' } }, by('officer')));
    expect(rules.ratedRow(meeting, rating, other)).toMatchObject({ total: 100, decided: true });
  });

  it('has a mean of the year between its lowest and highest mark, with the grade of the exact mean', () => {
    const row = fc.record({ total: fc.integer({ min: 0, max: 100 }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 14 }), (totals) => {
        const rows = totals.map(({ total }, at) => ({
          meetingId: `m${at}` as MeetingId,
          day: theDay,
          title: '',
          kind: 'regular' as const,
          total,
          grade: gradeOf(total, theDay),
          decided: true,
        }));
        const mean = rules.meanOf(rows, theDay);
        const all = totals.map(({ total }) => total);
        expect(mean?.mean).toBeGreaterThanOrEqual(Math.min(...all));
        expect(mean?.mean).toBeLessThanOrEqual(Math.max(...all));
        expect(mean?.grade).toBe(gradeOf(all.reduce((a, b) => a + b, 0) / all.length, theDay));
      }),
    );
    expect(rules.meanOf([], theDay as Day)).toBeUndefined();
  });

  it('gives the year of a branch with its meetings, those decided above and the mean; a branch without a mark has no mean', () => {
    const branch = { unitId: meeting.unitId, name: 'Chi bộ thôn Nam', above: 'Đảng ủy xã' };
    const row = given({ ok: true as const, value: rules.ratedRow(meeting, rating, decided) as rules.RatedRow });
    const rows = [row, { ...row, total: 89, decided: false }];
    expect(rules.branchYear(branch, rows)).toEqual({ ...branch, meetings: 2, decided: 1, mean: 91.5, grade: 'good' });
    expect(rules.branchYear(branch, [])).toEqual({ ...branch, meetings: 0, decided: 0 });
  });
});
