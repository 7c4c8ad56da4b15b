import * as v from 'valibot';
import { MeetingId } from '#shared/kernel/ids.ts';
import { addDays, Day, dayOf, type Instant } from '#shared/kernel/time.ts';
import { MeetingKind, type MeetingRow } from './model.ts';

/** When a branch usually meets: from it the next meeting is proposed. Source: domain.md §3.1 (monthly, usually on day 3). */
export const Rhythm = v.object({
  /** The 31st of a shorter month is its last day. */
  dayOfMonth: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(31)),
  time: v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/)),
  place: v.pipe(v.string(), v.trim(), v.maxLength(200)),
});
export type Rhythm = v.InferOutput<typeof Rhythm>;

/** One meeting that the rules ask of the branch in this month or quarter, and how far it is. */
export const Awaited = v.object({
  kind: MeetingKind,
  /** `2026-11`, or `2026-Q4` for a quarter. */
  period: v.string(),
  /** The usual day, or the last day on which it still counts. */
  by: Day,
  state: v.picklist(['none', 'preparing', 'published', 'held']),
  meetingId: v.optional(MeetingId),
});
export type Awaited = v.InferOutput<typeof Awaited>;

/**
 * What the branch owes: the committee's and the regular meeting of the month, and one thematic meeting of the quarter.
 * When this month's regular one has been held, the next month's is shown. Source: domain.md §3.1 [T-50][R1][G-SHCB].
 */
export const awaitedOf = (rows: readonly MeetingRow[], rhythm: Rhythm, now: Instant): Awaited[] => {
  const today = dayOf(now);
  const thisMonth = today.slice(0, 7);
  const month = held(rows, 'regular', thisMonth) ? monthAfter(thisMonth) : thisMonth;
  const usual = dayIn(month, rhythm.dayOfMonth);
  const regular = rows.find(
    ({ kind, state, startsAt }) => kind === 'regular' && state !== 'withdrawn' && monthOf(startsAt) === month,
  );
  const regularOn = regular ? dayOf(regular.startsAt) : usual;
  const quarter = quarterOf(today);
  return [
    awaited('committee', month, addDays(regularOn, -1), committeeFor(rows, regularOn, month)),
    awaited('regular', month, regularOn, regular),
    awaited(
      'thematic',
      quarter.name,
      quarter.lastDay,
      rows
        .filter(
          ({ kind, state, startsAt }) =>
            kind === 'thematic' && state !== 'withdrawn' && quarterOf(dayOf(startsAt)).name === quarter.name,
        )
        .toSorted((a, b) => rank(b) - rank(a))[0],
    ),
  ];
};

const states = {
  preparing: 'preparing',
  published: 'published',
  open: 'published',
  closed: 'held',
  withdrawn: 'none',
} as const;

/** The one that is furthest stands for its period. */
const rank = ({ state }: MeetingRow): number => ['preparing', 'published', 'open', 'closed'].indexOf(state);

const awaited = (kind: MeetingKind, period: string, by: Day, row: MeetingRow | undefined): Awaited => ({
  kind,
  period,
  by,
  state: row ? states[row.state] : 'none',
  ...(row && { meetingId: row.meetingId }),
});

/** The committee's meeting before this regular one: after the regular one before it, on the same day at the latest. */
const committeeFor = (rows: readonly MeetingRow[], on: Day, month: string): MeetingRow | undefined => {
  const before = rows
    .filter(({ kind, state, startsAt }) => kind === 'regular' && state === 'closed' && monthOf(startsAt) < month)
    .map(({ startsAt }) => dayOf(startsAt))
    .sort()
    .at(-1);
  return rows
    .filter(({ kind, state, startsAt }) => {
      const day = dayOf(startsAt);
      return kind === 'committee' && state !== 'withdrawn' && day <= on && (before === undefined || day > before);
    })
    .toSorted((a, b) => rank(b) - rank(a))[0];
};

const held = (rows: readonly MeetingRow[], kind: MeetingKind, month: string): boolean =>
  rows.some((row) => row.kind === kind && row.state === 'closed' && monthOf(row.startsAt) === month);

const monthOf = (at: Instant): string => dayOf(at).slice(0, 7);

/** `2026-12` → `2027-01` */
export const monthAfter = (month: string): string => addDays(`${month}-28` as Day, 4).slice(0, 7);

/** This day of a month; the 31st of a shorter one is its last day. */
export const dayIn = (month: string, dayOfMonth: number): Day => {
  const last = Number(addDays(`${monthAfter(month)}-01` as Day, -1).slice(8));
  return `${month}-${String(Math.min(dayOfMonth, last)).padStart(2, '0')}` as Day;
};

const quarterOf = (day: Day): { readonly name: string; readonly lastDay: Day } => {
  const quarter = Math.ceil(Number(day.slice(5, 7)) / 3);
  const month = `${day.slice(0, 4)}-${String(quarter * 3).padStart(2, '0')}`;
  return { name: `${day.slice(0, 4)}-Q${quarter}`, lastDay: dayIn(month, 31) };
};
