import { addMilliseconds, type Day, type Instant, MINUTE_MS, millisecondsOf } from '#shared/kernel/time.ts';
import { dayOfMeeting, type MeetingIn, type MeetingKind } from './model.ts';
import { leastMinutes } from './preparation.ts';
import type { AgendaStep } from './shown.ts';

/** How an evening runs against its plan; all in milliseconds but `least`. */
export interface Pace {
  /** Time in this step, and what was planned for it. */
  readonly inStep: number;
  readonly stepPlanned: number;
  readonly stepOver: boolean;
  readonly elapsed: number;
  readonly planned: number;
  /** When it ends if the rest takes as long as planned. */
  readonly endsAt: Instant;
  /** How much later than planned that is; negative: earlier. */
  readonly behind: number;
  /** Minutes that such a meeting lasts at least; 0 where no rule says so. */
  readonly least: number;
  /** How much it would miss of them if it ended now; 0: nothing. */
  readonly shortNow: number;
  /** The same if the rest takes as long as planned. */
  readonly shortAtEnd: number;
}

/** Where the evening stands. It is watched, never enforced: nothing is refused for being short or long. */
export const paceOf = (
  meeting: Pick<MeetingIn<'open'>, 'kind' | 'startsAt' | 'startedAt' | 'stepId' | 'steps'>,
  agenda: readonly AgendaStep[],
  now: Instant,
): Pace => {
  const since = (from: Instant) => Math.max(0, millisecondsOf(now) - millisecondsOf(from));
  const at = agenda.findIndex(({ id }) => id === meeting.stepId);
  const inStep = since(meeting.steps.at(-1)?.at ?? meeting.startedAt);
  const elapsed = since(meeting.startedAt);
  const stepPlanned = (agenda[at]?.minutes ?? 0) * MINUTE_MS;
  const planned = minutesOf(agenda) * MINUTE_MS;
  const left = Math.max(0, stepPlanned - inStep) + minutesOf(agenda.slice(at + 1)) * MINUTE_MS;
  const least = leastMinutesOf(meeting.kind, agenda, dayOfMeeting(meeting));
  return {
    inStep,
    stepPlanned,
    stepOver: stepPlanned > 0 && inStep > stepPlanned,
    elapsed,
    planned,
    endsAt: addMilliseconds(now, left),
    behind: elapsed + left - planned,
    least,
    shortNow: Math.max(0, least * MINUTE_MS - elapsed),
    shortAtEnd: Math.max(0, least * MINUTE_MS - elapsed - left),
  };
};

const minutesOf = (steps: readonly AgendaStep[]): number => steps.reduce((sum, { minutes }) => sum + minutes, 0);

/** The step that makes a meeting one with a thematic part, as the thematic agenda names it. */
const THEMATIC_STEP = 'topic';

/** At least this long: 90 minutes, 120 with a thematic part. Source: domain.md §3.2 [G-SHCB], in `agenda-steps.json`. */
export const leastMinutesOf = (kind: MeetingKind, agenda: readonly AgendaStep[], day: Day): number => {
  const own = leastMinutes(kind, day);
  return kind === 'regular' && agenda.some(({ id }) => id === THEMATIC_STEP)
    ? Math.max(own, leastMinutes('thematic', day))
    : own;
};
