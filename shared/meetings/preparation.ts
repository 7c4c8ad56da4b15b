import { clockOf, type Day, dayOf, type Instant, instantAt, monthOf } from '#shared/kernel/time.ts';
import tables from './agenda-steps.json' with { type: 'json' };
import type { AgendaStep, MeetingKind, MeetingRow, Paper, Plan } from './model.ts';
import { dayIn, monthAfter, type Rhythm } from './rhythm.ts';

type Table = (typeof tables)[number];

/** The steps in force on a day. Source: 42-HD/BTCTW, in `agenda-steps.json` with its date. */
const inForce = (day: Day): Table => {
  const table = tables.filter(({ validFrom }) => validFrom <= day).at(-1) ?? tables[0];
  if (!table) throw new Error('agenda-steps.json is empty');
  return table;
};

/** Minutes that a meeting of this kind lasts at least. Source: domain.md §3.2 [G-SHCB]. */
export const leastMinutes = (kind: MeetingKind, day: Day): number => inForce(day).atLeastMinutes[kind];

/** The steps of this kind of meeting, without papers. */
export const stepsOf = (kind: MeetingKind, day: Day): AgendaStep[] =>
  inForce(day).steps[kind].map((step) => ({
    ...step,
    phase: step.phase as AgendaStep['phase'], // checked by the table's own test
    papers: [],
  }));

const KIND_TITLES: Readonly<Record<MeetingKind, string>> = {
  regular: 'Sinh hoạt chi bộ thường kỳ',
  thematic: 'Sinh hoạt chuyên đề',
  committee: 'Họp chi ủy',
  extraordinary: 'Sinh hoạt bất thường',
};

/** `Sinh hoạt chi bộ thường kỳ tháng 11/2026` */
export const titleOf = (kind: MeetingKind, day: Day): string => {
  const [year, month] = day.split('-').map(Number);
  return `${KIND_TITLES[kind]} tháng ${month}/${year}`;
};

/**
 * Next month's meeting as last month's suggests: same day of the month, time, place, chair and scribe; the steps in force;
 * what was written beside a step stays, its papers do not (they were last month's). Without a last one: the usual day. A
 * regular meeting keeps to the branch's own rhythm when it has set one, whatever last month's exception was.
 */
export const proposePlan = (kind: MeetingKind, last: Plan | undefined, now: Instant, own?: Rhythm): Plan => {
  const usual = kind === 'regular' && own ? own : last ? asIn(last) : usualOf(dayOf(now));
  const { time, dayOfMonth } = usual;
  const startsAt = nextAt(dayOfMonth, time, now, last?.startsAt);
  const notes = new Map(last?.agenda.map((step) => [step.id, step]));
  return {
    title: titleOf(kind, dayOf(startsAt)),
    place: usual.place || (last?.place ?? ''),
    startsAt,
    // a branch of special nature stays one; special circumstances are told anew each time
    ...(last?.online?.ground === LASTING_GROUND && { onlineLink: last.onlineLink, online: last.online }),
    chairId: last?.chairId,
    scribeId: last?.scribeId,
    agenda: stepsOf(kind, dayOf(startsAt)).map((step) => ({
      ...step,
      minutes: notes.get(step.id)?.minutes ?? step.minutes,
    })),
    ...(last?.invited && { invited: last.invited }),
  };
};

/**
 * The meeting whose successor is proposed: the newest of its kind that was announced or held. A draft tells nothing of when the
 * branch meets, so one that was forgotten moves nothing on; it stands in only where there is nothing else.
 */
export const lastOf = (rows: readonly MeetingRow[], kind: MeetingKind): MeetingRow | undefined => {
  const ofKind = rows
    .filter((row) => row.kind === kind && row.state !== 'withdrawn')
    .toSorted((a, b) => b.startsAt.localeCompare(a.startsAt));
  return ofKind.find(({ state }) => state !== 'preparing') ?? ofKind[0];
};

/** Drafts of this month or a later one: to be gone on with before another is begun. The nearest first. */
export const draftsOf = (rows: readonly MeetingRow[], now: Instant): readonly MeetingRow[] =>
  rows
    .filter(({ state, startsAt }) => state === 'preparing' && monthOf(dayOf(startsAt)) >= monthOf(dayOf(now)))
    .toSorted((a, b) => a.startsAt.localeCompare(b.startsAt));

/** Of `online-grounds.json`. */
const LASTING_GROUND = 'special-branch';

const asIn = ({ startsAt, place }: Plan): Rhythm => ({
  dayOfMonth: Number(dayOf(startsAt).slice(8)),
  time: clockOf(startsAt),
  place,
});

/** What holds while a branch has set nothing and never met. */
export const usualOf = (day: Day): Rhythm => {
  const { usualDayOfMonth, usualTime } = inForce(day);
  return { dayOfMonth: usualDayOfMonth, time: usualTime, place: '' };
};

/** The next such day of a month that is still to come and in a later month than the last meeting. */
const nextAt = (dayOfMonth: number, time: string, now: Instant, last: Instant | undefined): Instant => {
  const lastMonth = last ? dayOf(last).slice(0, 7) : '';
  for (let month = dayOf(now).slice(0, 7); ; month = monthAfter(month)) {
    const at = instantAt(dayIn(month, dayOfMonth), time);
    if (at > now && month > lastMonth) return at;
  }
};

/** Bulletins and news belong to the step of information; every other paper to the first step in which there is work. */
const INFORMING: readonly string[] = ['branch_bulletin', 'news'];

/** The agenda with a paper on it, once. */
export const withPaper = (plan: Plan, paper: Paper, documentType: string): Plan => {
  if (plan.agenda.some(({ papers }) => papers.some(({ documentId }) => documentId === paper.documentId))) return plan;
  const wanted = INFORMING.includes(documentType) ? 'information' : undefined;
  const step =
    plan.agenda.find(({ id }) => id === wanted) ??
    plan.agenda.find(({ phase }) => phase === 'conduct') ??
    plan.agenda[0];
  return {
    ...plan,
    agenda: plan.agenda.map((one) => (one === step ? { ...one, papers: [...one.papers, paper] } : one)),
  };
};

/** The agenda without a paper that was taken back. */
export const withoutPaper = (plan: Plan, documentId: Paper['documentId']): Plan =>
  plan.agenda.some(({ papers }) => papers.some((paper) => paper.documentId === documentId))
    ? {
        ...plan,
        agenda: plan.agenda.map((step) => ({
          ...step,
          papers: step.papers.filter((paper) => paper.documentId !== documentId),
        })),
      }
    : plan;
