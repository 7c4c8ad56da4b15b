import * as v from 'valibot';
import { MeetingId, MemberId } from '#shared/kernel/ids.ts';
import { addDays, addMilliseconds, DAY_MS, type Day, dayOf, Instant } from '#shared/kernel/time.ts';
import { isInvited } from './attendance.ts';
import { Duty, isLeft } from './duties.ts';
import {
  type Absence,
  type Attendance,
  type Meeting,
  MeetingKind,
  type Opinion,
  type ReminderDue,
  type RollMember,
} from './model.ts';
import type { Suggestion } from './shown.ts';

/** A member has taken note of a meeting as it was announced then. */
export const Receipt = v.object({ memberId: MemberId, startsAt: Instant, at: Instant });
export type Receipt = v.InferOutput<typeof Receipt>;

/** One thing of a meeting that waits for this person. */
export const Waiting = v.object({
  meetingId: MeetingId,
  kind: MeetingKind,
  title: v.string(),
  startsAt: Instant,
  what: v.variant('is', [
    /** Announced, and he has not said that he knows of it. */
    v.object({ is: v.literal('confirm') }),
    /** For who prepares it: what is left, the most urgent first. */
    v.object({ is: v.literal('prepare'), duties: v.array(Duty) }),
    /** Held or going on, and he was named to observe and mark it. */
    v.object({ is: v.literal('mark') }),
  ]),
});
export type Waiting = v.InferOutput<typeof Waiting>;

/** What a member did about a meeting that was announced to him. */
export interface Heard {
  readonly receipt?: Receipt | undefined;
  readonly attendance?: Attendance | undefined;
  readonly absence?: Absence | undefined;
  readonly opinions: readonly Opinion[];
  readonly suggestions: readonly Suggestion[];
}

/** Whether he has acted: confirmed, asked to be excused, spoke up, or is marked already. A changed time asks him again. */
export const hasActed = (meeting: Pick<Meeting, 'startsAt'>, heard: Heard): boolean =>
  (heard.receipt !== undefined && heard.receipt.startsAt === meeting.startsAt) ||
  (heard.attendance !== undefined && heard.attendance.status !== 'unmarked') ||
  (heard.absence !== undefined && !heard.absence.withdrawn) ||
  heard.opinions.length > 0 ||
  heard.suggestions.length > 0;

/** Whether this meeting waits for the member's word. */
export const asksFor = (meeting: Meeting, member: Pick<RollMember, 'memberId' | 'state'>, heard: Heard): boolean =>
  meeting.state === 'published' &&
  isInvited(meeting, member.memberId) &&
  ['official', 'probationary', 'guest'].includes(member.state) &&
  !hasActed(meeting, heard);

/** Duties appear among one's own work this long before their deadline. */
const NEAR_MS = 7 * DAY_MS;

/** What is left of a preparation and near, the most urgent first. */
export const nearDuties = (duties: readonly Duty[], now: Instant): readonly Duty[] =>
  duties
    .filter((duty) => isLeft(duty) && duty.dueAt <= addMilliseconds(now, NEAR_MS))
    .toSorted((a, b) => a.dueAt.localeCompare(b.dueAt));

/** A meeting waits so long for its observer's mark among his own work. */
const MARKED_WITHIN_MS = 14 * DAY_MS;

/** Whether a meeting has begun and is fresh enough for its observer to be asked. */
export const isToMark = ({ state, startsAt }: Pick<Meeting, 'state' | 'startsAt'>, now: Instant): boolean =>
  (state === 'open' || state === 'closed') && addMilliseconds(startsAt, MARKED_WITHIN_MS) > now;

/** Reminders of one meeting: in the morning of the day before and of the day itself. The handbook's own start values. */
export const reminderStages = [
  { stage: 'day-before', daysBefore: 1 },
  { stage: 'same-day', daysBefore: 0 },
] as const satisfies readonly { readonly stage: ReminderDue['stage']; readonly daysBefore: number }[];
export type ReminderStage = ReminderDue['stage'];

/** The days whose meetings are reminded of on this day. */
export const daysToRemind = (now: Instant): readonly { readonly stage: ReminderStage; readonly day: Day }[] =>
  reminderStages.map(({ stage, daysBefore }) => ({ stage, day: addDays(dayOf(now), daysBefore) }));
