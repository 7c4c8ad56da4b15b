import type { MemberId } from '#shared/kernel/ids.ts';
import { allows, type Grant } from '#shared/kernel/permissions.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { countRoll, expectedOf } from './attendance.ts';
import { doorOpensAt } from './door.ts';
import {
  type Attendance,
  dayOfMeeting,
  type Meeting,
  type MeetingClosed,
  type MeetingIn,
  type Opinion,
  type Plan,
  type RollMember,
} from './model.ts';

/** Who asks, as far as these rules care. */
export interface Asker {
  readonly memberId: MemberId;
  readonly grants: readonly Grant[];
}

/** Whether he may keep the record of this meeting: whoever runs the branch's meetings, its chair and its named scribe. */
export const mayRecord = (meeting: Meeting, asker: Asker, now: Instant): boolean =>
  meeting.scribeId === asker.memberId ||
  meeting.chairId === asker.memberId ||
  allows(asker.grants, 'meetings.run', [meeting.unitId], now);

/**
 * Opens the meeting on its day or once its door is open, whenever its chair finds the hall ready; from then on members check in. Again is the same,
 * also from a phone that opened it without a network while somebody else did: who came in first stands.
 * Source: decision "The door opens an hour before, or with the meeting" (README). Refusals: wrong-state, door-not-open.
 */
export const decideOpen = (
  meeting: Meeting,
  hall: { readonly firstStep: string; readonly roll: readonly RollMember[]; readonly guests?: Plan['guests'] },
  now: Instant,
  sentLater?: Instant,
): Result<MeetingIn<'open'> | MeetingIn<'closed'>, 'wrong-state' | 'door-not-open'> => {
  if (meeting.state === 'open' || (meeting.state === 'closed' && sentLater)) return ok(meeting);
  if (meeting.state !== 'published') return refuse('wrong-state');
  // a meeting a little after midnight has its door open the evening before
  const early = now < doorOpensAt(meeting.startsAt);
  if (early && dayOf(now) < dayOf(meeting.startsAt)) return refuse('door-not-open');
  return ok({
    ...meeting,
    state: 'open',
    startedAt: now,
    expected: expectedOf(meeting, hall.roll),
    stepId: hall.firstStep,
    steps: [{ stepId: hall.firstStep, at: now, ...(sentLater && { sentLater }) }],
    guests: [...(hall.guests ?? []), ...(meeting.guests ?? [])],
    polls: [],
    version: meeting.version + 1,
  });
};

/** Steps that a record holds at most. */
const MOST_STEPS = 200;

/**
 * Goes to another step; back is allowed, the record keeps both. A step that comes in later takes its place by its time, and the
 * hall stays where it is if it has moved on since; it may come in after the end. Refusals: wrong-state, no-such-step.
 */
export const decideStep = (
  meeting: Meeting,
  agenda: Plan['agenda'],
  stepId: string,
  now: Instant,
  sentLater?: Instant,
): Result<MeetingIn<'open'> | MeetingIn<'closed'>, 'wrong-state' | 'no-such-step'> => {
  const late = meeting.state === 'closed' && sentLater !== undefined && now <= meeting.endedAt;
  if (meeting.state !== 'open' && !late) return refuse('wrong-state');
  if (!agenda.some((step) => step.id === stepId)) return refuse('no-such-step');
  // the beginning stays the first, whatever a phone's clock says
  const inTime = Math.max(1, meeting.steps.filter((step) => step.at <= now).length);
  const at = sentLater ? inTime : meeting.steps.length;
  const [before, after] = [meeting.steps[at - 1], meeting.steps[at]];
  // the same step again: its answer was lost, or somebody else took it at that moment
  if (before?.stepId === stepId || after?.stepId === stepId) return ok(meeting);
  const step = { stepId, at: before && now < before.at ? before.at : now, ...(sentLater && { sentLater }) };
  const steps = meeting.steps.toSpliced(at, 0, step).slice(-MOST_STEPS);
  return ok({ ...meeting, stepId: steps.at(-1)?.stepId ?? stepId, steps, version: meeting.version + 1 });
};

/**
 * Ends the meeting; again is the same. An end that comes in later lies after all that was done before it.
 * Refusals: wrong-state, poll-open while a vote is without its result.
 */
export const decideClose = (
  meeting: Meeting,
  now: Instant,
  sentLater?: Instant,
): Result<MeetingIn<'closed'>, 'wrong-state' | 'poll-open'> => {
  if (meeting.state === 'closed') return ok(meeting);
  if (meeting.state !== 'open') return refuse('wrong-state');
  if (meeting.polls.some(({ state }) => state === 'open' || state === 'closed')) return refuse('poll-open');
  const last = meeting.steps.at(-1)?.at ?? meeting.startedAt;
  return ok({
    ...meeting,
    state: 'closed',
    endedAt: now < last ? last : now,
    ...(sentLater && { endSentLater: sentLater }),
    version: meeting.version + 1,
  });
};

/** What the figures are told of a held meeting. */
export const closedFact = (
  meeting: MeetingIn<'closed'>,
  record: {
    readonly roll: readonly Attendance[];
    readonly opinions: readonly Opinion[];
    readonly rating?:
      | { readonly total: number; readonly grade: 'good' | 'fair' | 'average' | 'poor'; readonly at: Instant }
      | undefined;
    readonly adopted: boolean;
  },
  now: Instant,
): MeetingClosed => ({
  type: 'meeting-closed',
  meetingId: meeting.meetingId,
  unitId: meeting.unitId,
  kind: meeting.kind,
  day: dayOfMeeting(meeting),
  startedAt: meeting.startedAt,
  endedAt: meeting.endedAt,
  at: now,
  ...countRoll(meeting.expected, record.roll),
  opinions: record.opinions.length,
  ...(record.rating && {
    ratingTotal: record.rating.total,
    grade: record.rating.grade,
    gradedAt: record.rating.at,
  }),
  minutesAdopted: record.adopted,
});
