import * as v from 'valibot';
import { MemberId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { DAY_MS, type Day, HOUR_MS, Instant, MINUTE_MS, millisecondsOf } from '#shared/kernel/time.ts';
import { dayOfMeeting, type Meeting, type Opinion, type RollCounts } from './model.ts';
import { leastMinutes } from './preparation.ts';
import tables from './rating-rubric.json' with { type: 'json' };

export const criterionIds = ['1', '2', '3.1', '3.2', '4.1', '4.2', '4.3', '5', '6', '7'] as const;
export const CriterionId = v.picklist(criterionIds);
export type CriterionId = v.InferOutput<typeof CriterionId>;

export const Grade = v.picklist(['good', 'fair', 'average', 'poor']);
export type Grade = v.InferOutput<typeof Grade>;

/** Points by criterion. */
export const Scores = v.record(CriterionId, v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)));
export type Scores = v.InferOutput<typeof Scores>;

/** The branch's own mark of its meeting, by the rubric in force on its day. */
export const Rating = v.object({
  scores: Scores,
  total: v.number(),
  grade: Grade,
  /** `validFrom` of the rubric. */
  rubric: v.string(),
  by: MemberId,
  at: Instant,
});
export type Rating = v.InferOutput<typeof Rating>;

/** The rubric in force on a day. Source: domain.md §3.4, in `rating-rubric.json` with its date. */
export const rubricOn = (day: Day): (typeof tables)[number] => {
  const table = tables.filter(({ validFrom }) => validFrom <= day).at(-1) ?? tables[0];
  if (!table) throw new Error('rating-rubric.json is empty');
  return table;
};

/** One fact of the record beside a criterion: what it says, and whether it speaks for full marks. */
export const Evidence = v.object({
  fact: v.picklist([
    'started-late-minutes',
    'lasted-minutes',
    'attended-percent',
    'absent-unexcused',
    'committee-met',
    'notice-hours',
    'papers-hours',
    'speakers',
    'tasks-due',
    'tasks-done-percent',
    'concluded',
    'minutes-adopted',
  ]),
  /** Minutes, hours, percent or a count; for yes and no 1 and 0. Absent when the record knows nothing of it. */
  value: v.optional(v.number()),
  holds: v.boolean(),
});
export type Evidence = v.InferOutput<typeof Evidence>;

/** What the record says of a criterion. `points` only where it proves full marks; all else is left to people. */
export const Proposal = v.object({
  criterion: CriterionId,
  points: v.optional(v.number()),
  evidence: v.array(Evidence),
});
export type Proposal = v.InferOutput<typeof Proposal>;

/** What the proposals are made from. */
export interface RatedRecord {
  readonly counts: RollCounts;
  readonly opinions: readonly Opinion[];
  readonly concluded: boolean;
  readonly adopted: boolean;
  /** Of the tasks that came back to this meeting: how many were due, how many are done. */
  readonly results?: { readonly due: number; readonly done: number };
  /** End of the last committee meeting before this one. */
  readonly committeeMetAt: Instant | undefined;
  readonly now: Instant;
}

const since = (from: Instant, to: Instant, unit: number): number =>
  Math.floor((millisecondsOf(to) - millisecondsOf(from)) / unit);

/** Members who have no excuse to miss it: all but the exempt. Source: domain.md §3.9, the exempt are not rated. */
const due = ({ members, exempt }: RollCounts): number => members - exempt;

/**
 * Full marks for criteria 1, 2, 3.2 and 7 where the record proves them, with the evidence either way; 6 by the results of
 * tasks; the number of speakers beside 4.2. Never a mark for 4.2, 4.3 and 5. Source: domain.md §3.4.
 */
export const proposeRating = (meeting: Meeting, record: RatedRecord): Proposal[] => {
  if (meeting.state !== 'open' && meeting.state !== 'closed') return [];
  const day = dayOfMeeting(meeting);
  const rubric = rubricOn(day);
  const late = Math.max(0, since(meeting.startsAt, meeting.startedAt, MINUTE_MS));
  const lasted = since(meeting.startedAt, meeting.state === 'closed' ? meeting.endedAt : record.now, MINUTE_MS);
  const { counts } = record;
  const percent = due(counts) > 0 ? Math.floor((counts.present / due(counts)) * 100) : 0;
  const notice = since(meeting.publishedAt, meeting.startsAt, HOUR_MS);
  const papers = meeting.papersAt && since(meeting.papersAt, meeting.startsAt, HOUR_MS);
  const met = record.committeeMetAt && since(record.committeeMetAt, meeting.startsAt, DAY_MS);
  const speakers = new Set(record.opinions.map(({ memberId }) => memberId)).size;

  const proposal = (criterion: CriterionId, evidence: Evidence[]): Proposal => {
    const max = rubric.criteria.find(({ id, proposable }) => id === criterion && proposable)?.max;
    const proved = evidence.every(({ holds }) => holds);
    return { criterion, evidence, ...(proved && max !== undefined && { points: max }) };
  };
  return [
    proposal('1', [
      { fact: 'started-late-minutes', value: late, holds: late <= rubric.onTimeMinutes },
      { fact: 'lasted-minutes', value: lasted, holds: lasted >= leastMinutes(meeting.kind, day) },
    ]),
    proposal('2', [
      { fact: 'attended-percent', value: percent, holds: percent >= rubric.attendancePercent },
      // a member without any mark is not excused
      {
        fact: 'absent-unexcused',
        value: counts.unexcused + counts.unmarked,
        holds: counts.unexcused + counts.unmarked === 0,
      },
    ]),
    proposal('3.2', [
      { fact: 'committee-met', value: met, holds: met !== undefined && met >= 0 && met <= rubric.committeeWithinDays },
      { fact: 'notice-hours', value: notice, holds: notice >= rubric.noticeHours },
      { fact: 'papers-hours', value: papers, holds: papers !== undefined && papers >= rubric.noticeHours },
    ]),
    proposal('4.2', [{ fact: 'speakers', value: speakers, holds: false }]),
    ...resultProposal(rubric, record.results),
    proposal('7', [
      { fact: 'concluded', value: Number(record.concluded), holds: record.concluded },
      { fact: 'minutes-adopted', value: Number(record.adopted), holds: record.adopted },
    ]),
  ];
};

/** Criterion 6 by the share of due tasks that are done, on the rubric's scale; nothing where no task was due. */
const resultProposal = (rubric: ReturnType<typeof rubricOn>, results: RatedRecord['results']): Proposal[] => {
  if (!results || results.due === 0) return [];
  const percent = Math.floor((results.done / results.due) * 100);
  const points = rubric.results.scale.find(({ from }) => percent >= from)?.points ?? 0;
  const most = rubric.results.scale[0]?.points ?? 0;
  return [
    {
      criterion: '6',
      points,
      evidence: [
        { fact: 'tasks-due', value: results.due, holds: results.done === results.due },
        { fact: 'tasks-done-percent', value: percent, holds: points === most },
      ],
    },
  ];
};

/** `Tốt ≥ 90 · Khá ≥ 70 · Trung bình ≥ 50 · Kém`. */
export const gradeOf = (total: number, day: Day): Grade =>
  (rubricOn(day).grades.find(({ from }) => total >= from)?.id ?? 'poor') as Grade; // the table's ids are grades

export const gradeName = (grade: Grade, day: Day): string =>
  rubricOn(day).grades.find(({ id }) => id === grade)?.name ?? '';

/** The branch's mark, every criterion of the rubric scored within its maximum. Refusals: wrong-state, score-missing, score-too-high. */
export const decideRating = (
  meeting: Meeting,
  scores: Scores,
  by: { readonly memberId: MemberId; readonly now: Instant },
): Result<Rating, 'wrong-state' | 'score-missing' | 'score-too-high'> => {
  if (meeting.state !== 'open' && meeting.state !== 'closed') return refuse('wrong-state');
  const day = dayOfMeeting(meeting);
  const rubric = rubricOn(day);
  let total = 0;
  for (const { id, max } of rubric.criteria) {
    const score = scores[id as CriterionId];
    if (score === undefined) return refuse('score-missing', [{ at: `scores.${id}`, code: 'missing' }]);
    if (score > max) return refuse('score-too-high', [{ at: `scores.${id}`, code: 'too-high' }]);
    total += score;
  }
  return ok({ scores, total, grade: gradeOf(total, day), rubric: rubric.validFrom, by: by.memberId, at: by.now });
};
