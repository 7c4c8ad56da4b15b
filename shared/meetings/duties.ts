import * as v from 'valibot';
import { addMilliseconds, type Day, dayOf, HOUR_MS, Instant } from '#shared/kernel/time.ts';
import type { Meeting, MeetingRow, Plan } from './model.ts';
import tables from './preparation-duties.json' with { type: 'json' };

export const dutyIds = ['committee', 'people', 'required', 'suggestions', 'notice', 'papers'] as const;
export const DutyId = v.picklist(dutyIds);
export type DutyId = v.InferOutput<typeof DutyId>;

/** One thing to do before a meeting, by when, and how it stands. */
export const Duty = v.object({
  id: DutyId,
  title: v.string(),
  dueAt: Instant,
  /** Whether the deadline is an official one or the handbook's own. */
  official: v.boolean(),
  state: v.picklist(['left', 'late', 'done', 'done-late']),
  doneAt: v.optional(Instant),
  /** How many are still left of it (unanswered suggestions, untaken items). */
  left: v.optional(v.number()),
});
export type Duty = v.InferOutput<typeof Duty>;

const inForce = (day: Day) => {
  const table = tables.filter(({ validFrom }) => validFrom <= day).at(-1) ?? tables[0];
  if (!table) throw new Error('preparation-duties.json is empty');
  return table;
};

/** What the list is made from. */
export interface Prepared {
  readonly meeting: Meeting;
  readonly plan: Plan;
  /** The branch's meetings: has the committee met since the last meeting of this kind? */
  readonly rows: readonly MeetingRow[];
  /** Items of the organisations above that this meeting should take and has not. */
  readonly requiredLeft: number;
  /** Whether there were any. */
  readonly required: boolean;
  /** Suggestions of members, answered or not. */
  readonly suggestions: number;
  readonly suggestionsLeft: number;
}

interface Finding {
  /** When it was done, or `true` when no moment is known. */
  readonly done: Instant | boolean;
  readonly left?: number;
}

/** What is to be prepared for a meeting, in the order of its deadlines. Source: `preparation-duties.json`. */
export const dutiesOf = (prepared: Prepared, now: Instant): Duty[] => {
  const { meeting, plan } = prepared;
  return inForce(dayOf(plan.startsAt)).duties.flatMap((duty): Duty[] => {
    const id = duty.id as DutyId; // checked by the table's own test
    const found = duty.kinds.includes(meeting.kind) ? findings[id](prepared) : undefined;
    if (!found) return [];
    const dueAt = addMilliseconds(plan.startsAt, -duty.hoursBefore * HOUR_MS);
    const doneAt = typeof found.done === 'string' ? found.done : undefined;
    const state = found.done
      ? doneAt !== undefined && doneAt > dueAt
        ? 'done-late'
        : 'done'
      : now > dueAt
        ? 'late'
        : 'left';
    const { left } = found;
    const more = { ...(doneAt !== undefined && { doneAt }), ...(left !== undefined && left > 0 && { left }) };
    return [{ id, title: duty.title, dueAt, official: duty.official, state, ...more }];
  });
};

/** How far each thing is; nothing where it does not arise. */
const findings: Readonly<Record<DutyId, (prepared: Prepared) => Finding | undefined>> = {
  committee: ({ meeting, plan, rows }) => {
    const before = rows
      .filter(({ kind, state, startsAt }) => kind === meeting.kind && state === 'closed' && startsAt < plan.startsAt)
      .map(({ startsAt }) => startsAt)
      .sort()
      .at(-1);
    const met = rows.find(
      ({ kind, endedAt }) =>
        kind === 'committee' && endedAt !== undefined && endedAt < plan.startsAt && (!before || endedAt > before),
    );
    return { done: met?.endedAt ?? false };
  },
  people: ({ plan }) => ({ done: plan.place !== '' && plan.chairId !== undefined && plan.scribeId !== undefined }),
  required: ({ required, requiredLeft }) => (required ? { done: requiredLeft === 0, left: requiredLeft } : undefined),
  suggestions: ({ suggestions, suggestionsLeft }) =>
    suggestions > 0 ? { done: suggestionsLeft === 0, left: suggestionsLeft } : undefined,
  notice: ({ meeting }) => ({ done: 'publishedAt' in meeting ? meeting.publishedAt : false }),
  papers: ({ meeting }) => ({ done: ('papersAt' in meeting && meeting.papersAt) || false }),
};

/** Whether something is still to be done. */
export const isLeft = ({ state }: Duty): boolean => state === 'left' || state === 'late';
