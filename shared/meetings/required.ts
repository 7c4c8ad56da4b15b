import * as v from 'valibot';
import { type ActionId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { Day, dayOf, Instant } from '#shared/kernel/time.ts';
import type { MeetingKind, MeetingRow, Plan } from './model.ts';
import { type AgendaStep, Paper, RequiredId } from './shown.ts';

const line = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max));

/** What an organisation puts on the agenda of every branch below it. */
export const RequiredContent = v.object({
  title: line(200),
  note: v.pipe(v.string(), v.trim(), v.maxLength(2000)),
  minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(240)),
  papers: v.pipe(v.array(Paper), v.maxLength(20)),
  /** Each branch takes it into its first regular or thematic meeting of these days. */
  from: Day,
  until: Day,
});
export type RequiredContent = v.InferOutput<typeof RequiredContent>;

export const RequiredItem = v.object({
  ...RequiredContent.entries,
  requiredId: RequiredId,
  /** Who asks for it. */
  unitId: UnitId,
  unitName: v.string(),
  sentBy: MemberId,
  sentAt: Instant,
  /** Taken back: branches that have not met need it no more; where it was taken it stays. */
  withdrawnAt: v.optional(Instant),
});
export type RequiredItem = v.InferOutput<typeof RequiredItem>;

/** The act that sends it is its id: sent twice, it is one item. */
export const requiredIdOf = (actionId: ActionId): RequiredId => v.parse(RequiredId, actionId);

/** An item may be asked for from today on. Refusals: `days-wrong` when it ends before it begins or has already ended. */
export const decideRequired = (
  content: RequiredContent,
  by: Omit<RequiredItem, keyof RequiredContent | 'withdrawnAt'>,
): Result<RequiredItem, 'days-wrong'> =>
  content.until < content.from || content.until < dayOf(by.sentAt) ? refuse('days-wrong') : ok({ ...content, ...by });

/** Kinds of meeting that take what is asked from above. */
const TAKING: readonly MeetingKind[] = ['regular', 'thematic'];

/** Whether another meeting of the branch has settled it: taken and told to members, or declined with a reason. */
const settledIn = (row: MeetingRow, requiredId: RequiredId): boolean =>
  row.state !== 'preparing' &&
  row.state !== 'withdrawn' &&
  (row.taken ?? []).concat((row.declined ?? []).map((one) => one.requiredId)).includes(requiredId);

/** The items that this meeting of a branch is to take, the oldest first. */
export const requiredFor = (
  meeting: { readonly meetingId?: string | undefined; readonly kind: MeetingKind; readonly startsAt: Instant },
  items: readonly RequiredItem[],
  rows: readonly MeetingRow[],
): RequiredItem[] => {
  if (!TAKING.includes(meeting.kind)) return [];
  const day = dayOf(meeting.startsAt);
  return items
    .filter(({ requiredId, from, until, withdrawnAt }) => {
      const elsewhere = rows.some((row) => row.meetingId !== meeting.meetingId && settledIn(row, requiredId));
      return withdrawnAt === undefined && from <= day && day <= until && !elsewhere;
    })
    .toSorted((a, b) => a.sentAt.localeCompare(b.sentAt));
};

/** Items that are neither on the agenda nor declined with a reason. */
export const stillRequired = (
  plan: Pick<Plan, 'agenda' | 'declined'>,
  items: readonly RequiredItem[],
): readonly RequiredItem[] =>
  items.filter(
    ({ requiredId }) =>
      !plan.agenda.some(({ required }) => required?.requiredId === requiredId) &&
      !plan.declined?.some((one) => one.requiredId === requiredId),
  );

/** The plan with these items on its agenda, each once, before the discussion. */
export const withRequired = (plan: Plan, items: readonly RequiredItem[]): Plan => {
  const missing = stillRequired(plan, items);
  if (missing.length === 0) return plan;
  const steps = missing.map(stepOf);
  const at = plan.agenda.findIndex(({ id, phase }) => id === 'discussion' || phase === 'close');
  const agenda = [...plan.agenda];
  agenda.splice(at < 0 ? agenda.length : at, 0, ...steps);
  return { ...plan, agenda };
};

/** The item as a step of an agenda. */
export const stepOf = ({ requiredId, unitName, title, note, minutes, papers }: RequiredItem): AgendaStep => ({
  id: `cap-tren-${requiredId.slice(0, 8)}`,
  phase: 'conduct',
  title,
  minutes,
  papers,
  ...(note !== '' && { note }),
  required: { requiredId, from: unitName },
});

/** A plan that leaves out what is required without a reason is not published. */
export const decideTaken = (
  plan: Pick<Plan, 'agenda' | 'declined'>,
  items: readonly RequiredItem[],
): Result<true, 'required-missing'> => (stillRequired(plan, items).length > 0 ? refuse('required-missing') : ok(true));

/** What a row of the branch's list says of the plan, for the organisations above. */
export const takenOf = (plan: Plan): Pick<MeetingRow, 'taken' | 'declined'> => ({
  taken: plan.agenda.flatMap(({ required }) => (required ? [required.requiredId] : [])),
  declined: plan.declined ?? [],
});
