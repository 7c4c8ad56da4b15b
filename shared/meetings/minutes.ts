import * as v from 'valibot';
import { MemberId, TaskId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { clockOf, Day, dayOf, Instant } from '#shared/kernel/time.ts';
import { countRoll } from './attendance.ts';
import { type CarriedTask, foundWords } from './carried.ts';
import { type Attendance, dayOfMeeting, type Meeting, type Opinion, type Plan, type RollMember } from './model.ts';
import type { Poll } from './poll.ts';
import { gradeName, type Rating } from './rating.ts';
import { Tally } from './shown.ts';
import terms from './terms.json' with { type: 'json' };
import { decisionOn, totalOf, wholeTally } from './voting.ts';

const words = (most: number) => v.pipe(v.string(), v.trim(), v.maxLength(most));

const sentence = words(4000);
/** The sentences a secretary writes himself; everything else of the minutes is drawn from the record. Source: domain.md §3.2. */
export const Conclusion = v.object({
  /** Political information and orientation. */
  information: v.optional(sentence, ''),
  /** Results of last month. */
  results: v.optional(sentence, ''),
  /** Direction and tasks of next month. */
  direction: v.optional(sentence, ''),
  /** The chair's conclusion. */
  conclusion: v.optional(sentence, ''),
});
export type Conclusion = v.InferOutput<typeof Conclusion>;
/** Those of them that somebody has written now: what others wrote on their phones is not among them, and stays. */
export const Concluded = v.object({
  information: v.optional(sentence),
  results: v.optional(sentence),
  direction: v.optional(sentence),
  conclusion: v.optional(sentence),
});
export type Concluded = v.InferOutput<typeof Concluded>;

/** A task given at the meeting, as the facts of `tasks` told it. */
export const GivenTask = v.object({ taskId: TaskId, memberId: MemberId, text: v.string(), dueOn: Day });
export type GivenTask = v.InferOutput<typeof GivenTask>;

/** Letters of one line of minutes at most, which is a paragraph. */
export const LINE_LETTERS = 4000;

export const Section = v.object({
  heading: words(200),
  lines: v.pipe(v.array(words(LINE_LETTERS)), v.maxLength(300)),
});
export type Section = v.InferOutput<typeof Section>;
export const Sections = v.pipe(v.array(Section), v.minLength(1), v.maxLength(40));

const kept = { version: v.number(), sections: v.array(Section), editedBy: MemberId, editedAt: Instant };
/** The minutes as last kept; earlier versions stay beside it. Adopted, they change no more. */
export const Minutes = v.variant('state', [
  v.object({ state: v.literal('draft'), ...kept }),
  v.object({
    state: v.literal('adopted'),
    ...kept,
    adoptedBy: MemberId,
    adoptedAt: Instant,
    /** Runs through the term, per type of paper; missing in minutes of before they were numbered. */
    number: v.optional(v.number()),
    term: v.optional(v.string()),
    /** How those present voted on them. */
    vote: v.optional(v.object({ hands: Tally, present: v.number() })),
  }),
]);
export type Minutes = v.InferOutput<typeof Minutes>;
export type MinutesIn<S extends Minutes['state']> = Extract<Minutes, { state: S }>;

/** A resolution of the branch as issued. `number` runs through the term, per type of paper. Source: domain.md §3.12. */
export const Resolution = v.object({
  number: v.number(),
  term: v.string(),
  abstract: v.string(),
  sections: v.array(Section),
  issuedBy: MemberId,
  issuedAt: Instant,
});
export type Resolution = v.InferOutput<typeof Resolution>;

/** `05-NQ/CB`: two digits below ten, no colon. Source: domain.md §3.12 [D1]. */
export const resolutionNumber = ({ number }: Pick<Resolution, 'number'>): string => numbered(number, 'NQ');
/** `05-BB/CB`; nothing for minutes that have none. */
export const minutesNumber = ({ number }: Pick<MinutesIn<'adopted'>, 'number'>): string | undefined =>
  number === undefined ? undefined : numbered(number, 'BB');
const numbered = (number: number, code: string): string => `${String(number).padStart(2, '0')}-${code}/CB`;

/** The term in which papers of this day are numbered. */
export const termOf = (day: Day): string => (terms.filter(({ from }) => from <= day).at(-1) ?? terms[0])?.label ?? '';

/** All that minutes are drawn from. */
export interface MinutesRecord {
  readonly meeting: Meeting;
  readonly plan: Plan;
  readonly members: readonly RollMember[];
  readonly roll: readonly Attendance[];
  readonly opinions: readonly Opinion[];
  readonly conclusion: Conclusion | undefined;
  readonly tasks: readonly GivenTask[];
  /** Tasks of before that came back to this meeting. */
  readonly carried?: readonly CarriedTask[];
  readonly rating: Rating | undefined;
}

const inWords = (day: Day): string => {
  const [year, month, date] = day.split('-');
  return `ngày ${date} tháng ${Number(month) > 2 ? Number(month) : month} năm ${year}`;
};
const short = (day: Day): string => day.split('-').map(Number).reverse().join('/');
const clock = (at: Instant): string => clockOf(at).replace(':', ' giờ ');
/** Stands where nobody has written yet; minutes that hold it are not adopted. */
export const UNWRITTEN = '(chưa ghi)';
const paragraphs = (text: string | undefined): string[] => {
  const lines = (text ?? '').split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  return lines.length > 0 ? lines : [UNWRITTEN];
};

/** Minutes drafted from the record, in the order of the guide. Refusal: wrong-state, before the meeting was opened. */
export const draftMinutes = (record: MinutesRecord): Result<Section[], 'wrong-state'> => {
  const { meeting, plan, conclusion } = record;
  if (meeting.state !== 'open' && meeting.state !== 'closed') return refuse('wrong-state');
  const named = namesOf(record);
  const guests = meeting.guests.map(({ name, from }) => (from ? `${name} (${from})` : name));
  return ok([
    {
      heading: 'Thời gian, địa điểm',
      lines: [
        `Bắt đầu lúc ${clock(meeting.startedAt)}, ${inWords(dayOf(meeting.startedAt))}.`,
        `Địa điểm: ${plan.place}.`,
      ],
    },
    { heading: 'Thành phần', lines: presenceLines(record, named) },
    {
      heading: 'Chủ trì, thư ký, đại biểu',
      lines: [
        `Chủ trì: ${named(meeting.chairId)}.`,
        `Thư ký: ${named(meeting.scribeId)}.`,
        `Đại biểu: ${guests.length > 0 ? guests.join('; ') : 'không có'}.`,
      ],
    },
    { heading: 'Thông tin thời sự, định hướng tư tưởng', lines: paragraphs(conclusion?.information) },
    { heading: 'Kết quả tháng trước', lines: paragraphs(conclusion?.results) },
    ...(record.carried && record.carried.length > 0
      ? [{ heading: 'Kết quả nhiệm vụ đã giao', lines: carriedLines(record.carried, named) }]
      : []),
    { heading: 'Phương hướng, nhiệm vụ tháng tới', lines: paragraphs(conclusion?.direction) },
    { heading: 'Ý kiến thảo luận', lines: opinionLines(record.opinions, named) },
    { heading: 'Kết luận của chủ trì', lines: paragraphs(conclusion?.conclusion) },
    { heading: 'Phân công nhiệm vụ', lines: taskLines(record.tasks, named) },
    { heading: 'Biểu quyết', lines: voteLines(meeting.polls, dayOfMeeting(meeting)) },
    { heading: 'Đánh giá chất lượng buổi sinh hoạt', lines: ratingLines(record.rating, dayOfMeeting(meeting)) },
    {
      heading: 'Bế mạc',
      lines: [
        meeting.state === 'closed'
          ? `Buổi sinh hoạt kết thúc lúc ${clock(meeting.endedAt)} cùng ngày. Biên bản đã được thông qua trước chi bộ.`
          : UNWRITTEN,
      ],
    },
  ]);
};

type Named = (memberId: MemberId | undefined) => string;

const namesOf = ({ members }: Pick<MinutesRecord, 'members'>): Named => {
  const names = new Map(members.map(({ memberId, name }) => [memberId, name]));
  return (memberId) => (memberId && names.get(memberId)) ?? 'đảng viên không còn trong danh sách';
};

const presenceLines = ({ meeting, members, roll }: MinutesRecord, named: Named): string[] => {
  if (meeting.state !== 'open' && meeting.state !== 'closed') return [];
  const counts = countRoll(meeting.expected, roll);
  const here = new Set(roll.filter(({ status }) => status === 'present').map(({ memberId }) => memberId));
  const ofState = (state: RollMember['state']) =>
    members.filter((member) => member.state === state && here.has(member.memberId)).length;
  const absent = (status: Attendance['status']) =>
    roll
      .filter((mark) => mark.status === status)
      .map(({ memberId, reason }) => (reason ? `${named(memberId)} (${reason})` : named(memberId)));
  const listed = (names: readonly string[]) => (names.length > 0 ? `: ${names.join('; ')}` : '');
  const there = (label: string, of: 'cameAt' | 'leftAt') => {
    const some = roll.flatMap(({ memberId, status, [of]: at }) =>
      status === 'present' && at ? [`${named(memberId)} (${clock(at)})`] : [],
    );
    return some.length > 0 ? [`${label}: ${some.length}${listed(some)}.`] : [];
  };
  const guests = ofState('guest') > 0 ? `, sinh hoạt tạm thời ${ofState('guest')}` : '';
  return [
    `Triệu tập: ${counts.members} đảng viên.`,
    `Có mặt: ${counts.present} (chính thức ${ofState('official') + ofState('exempt')}, dự bị ${ofState('probationary')}${guests}).`,
    ...there('Đến muộn', 'cameAt'),
    ...there('Về sớm', 'leftAt'),
    `Vắng có lý do: ${counts.excused}${listed(absent('excused'))}.`,
    `Vắng không lý do: ${counts.unexcused}${listed(absent('unexcused'))}.`,
    `Được miễn sinh hoạt, không dự: ${counts.exempt}.`,
    ...(counts.unmarked > 0 ? [`Chưa điểm danh: ${counts.unmarked}.`] : []),
  ];
};

const opinionLines = (opinions: readonly Opinion[], named: Named): string[] =>
  opinions.length === 0
    ? ['Không có ý kiến.']
    : opinions.flatMap(({ memberId, text, answer }) => [
        `Đồng chí ${named(memberId)}: ${text}`,
        ...(answer ? [`Trả lời: ${answer}`] : []),
      ]);

const carriedLines = (carried: readonly CarriedTask[], named: Named): string[] =>
  carried.map(({ memberId, text, dueOn, review }) => {
    const found = review === undefined ? 'chưa xem xét' : foundWords(review);
    return `Đồng chí ${named(memberId)}: ${text}; hạn ${short(dueOn)}; ${found}.`;
  });

const taskLines = (tasks: readonly GivenTask[], named: Named): string[] =>
  tasks.length === 0
    ? ['Không phân công nhiệm vụ mới.']
    : tasks.map(({ memberId, text, dueOn }) => `Đồng chí ${named(memberId)}: ${text}; hạn ${short(dueOn)}.`);

const voteLines = (polls: readonly Poll[], day: Day): string[] => {
  const counted = polls.flatMap((poll) => (poll.state === 'published' ? [poll] : []));
  if (counted.length === 0) return ['Không có nội dung biểu quyết.'];
  return counted.map(({ question, decision, secret, result }) => {
    const { phones, hands, papers, base, passed } = result;
    const of = wholeTally(result);
    const paper = papers && totalOf(papers) > 0 ? `, phiếu giấy ${totalOf(papers)}` : '';
    const parts = totalOf(hands) > 0 || paper ? ` (sổ tay ${totalOf(phones)}, giơ tay ${totalOf(hands)}${paper})` : '';
    return (
      `${decisionOn(decision, day).name}${secret ? ' (bỏ phiếu kín)' : ''}: ${question} Cơ sở tính ${base.members} đảng viên. ` +
      `Đồng ý ${of.agree}, không đồng ý ${of.disagree}, ý kiến khác ${of.other}${parts}. ` +
      `${passed ? 'Được thông qua' : 'Không được thông qua'}.`
    );
  });
};

const ratingLines = (rating: Rating | undefined, day: Day): string[] =>
  rating ? [`Chi bộ tự đánh giá: ${rating.total}/100 điểm, xếp loại ${gradeName(rating.grade, day)}.`] : [UNWRITTEN];

/** Keeps a corrected version over the one it was made from. Refusals: wrong-state, already-adopted, changed-meanwhile. */
export const decideCorrection = (
  meeting: Meeting,
  standing: Minutes | undefined,
  correction: { readonly basedOn: number; readonly sections: readonly Section[] },
  by: { readonly memberId: MemberId; readonly now: Instant },
): Result<MinutesIn<'draft'>, 'wrong-state' | 'already-adopted' | 'changed-meanwhile'> => {
  if (meeting.state !== 'open' && meeting.state !== 'closed') return refuse('wrong-state');
  if (standing?.state === 'adopted') return refuse('already-adopted');
  if (standing && isSame(standing, correction, by.memberId)) return ok(standing);
  if ((standing?.version ?? 0) !== correction.basedOn) return refuse('changed-meanwhile');
  return ok({
    state: 'draft',
    version: correction.basedOn + 1,
    sections: [...correction.sections],
    editedBy: by.memberId,
    editedAt: by.now,
  });
};

/** The same correction sent again: its answer was lost on the way. */
const isSame = (
  standing: MinutesIn<'draft'>,
  correction: { readonly basedOn: number; readonly sections: readonly Section[] },
  editedBy: MemberId,
): boolean =>
  standing.version === correction.basedOn + 1 &&
  standing.editedBy === editedBy &&
  standing.sections.length === correction.sections.length &&
  standing.sections.every((section, at) => {
    const sent = correction.sections[at];
    return section.heading === sent?.heading && String(section.lines) === String(sent.lines);
  });

/**
 * Adopts the version that was read out, by the hands of those present who may vote; again is the same. Nothing official
 * names a majority for minutes: more than half of those present, see the decision in README. `present`: how many may vote.
 * Refusals: wrong-state, not-drafted, changed-meanwhile, unwritten, hands-too-many, minutes-not-carried.
 */
export const decideAdoption = (
  meeting: Meeting,
  standing: Minutes | undefined,
  asked: { readonly version: number; readonly hands?: Tally | undefined; readonly present: number },
  by: { readonly memberId: MemberId; readonly now: Instant },
): Result<
  MinutesIn<'adopted'>,
  'wrong-state' | 'not-drafted' | 'changed-meanwhile' | 'unwritten' | 'hands-too-many' | 'minutes-not-carried'
> => {
  if (meeting.state !== 'closed') return refuse('wrong-state');
  if (!standing) return refuse('not-drafted');
  if (standing.version !== asked.version) return refuse('changed-meanwhile');
  if (standing.state === 'adopted') return ok(standing);
  if (standing.sections.some(({ lines }) => lines.includes(UNWRITTEN))) return refuse('unwritten');
  const { present, hands = { agree: present, disagree: 0, other: 0 } } = asked;
  if (totalOf(hands) > present) return refuse('hands-too-many');
  if (hands.agree * 2 <= present) return refuse('minutes-not-carried');
  const term = termOf(dayOfMeeting(meeting));
  return ok({
    ...standing,
    state: 'adopted',
    adoptedBy: by.memberId,
    adoptedAt: by.now,
    term,
    vote: { hands, present },
  });
};

/**
 * A resolution that the branch has carried: results, direction and tasks, who does what, the branch's own mark.
 * Source: domain.md §3.2 [G-MT]. Refusals: wrong-state, not-carried, unwritten.
 */
export const draftResolution = (
  record: MinutesRecord,
): Result<Pick<Resolution, 'abstract' | 'sections'>, 'wrong-state' | 'not-carried' | 'unwritten'> => {
  const { meeting, conclusion } = record;
  if (meeting.state !== 'open' && meeting.state !== 'closed') return refuse('wrong-state');
  const carried = meeting.polls.some(
    (poll) => poll.state === 'published' && poll.decision === 'resolution' && poll.result.passed,
  );
  if (!carried) return refuse('not-carried');
  if (!conclusion || conclusion.results === '' || conclusion.direction === '') return refuse('unwritten');
  const [year, month] = dayOfMeeting(meeting).split('-').map(Number);
  return ok({
    abstract: `sinh hoạt chi bộ tháng ${month}/${year}`,
    sections: [
      { heading: 'I. Kết quả thực hiện nhiệm vụ tháng trước', lines: paragraphs(conclusion.results) },
      { heading: 'II. Phương hướng, nhiệm vụ tháng tới', lines: paragraphs(conclusion.direction) },
      { heading: 'III. Tổ chức thực hiện', lines: taskLines(record.tasks, namesOf(record)) },
      { heading: 'IV. Tự đánh giá buổi sinh hoạt', lines: ratingLines(record.rating, dayOfMeeting(meeting)) },
    ],
  });
};
