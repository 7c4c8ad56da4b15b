import type { MemberId } from '#shared/kernel/ids.ts';
import { allows, type Grant } from '#shared/kernel/permissions.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { countRoll, expectedOf } from './attendance.ts';
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
 * Opens the meeting on its day, whenever its chair finds the hall ready; from then on members check in. Again is the same.
 * Source: decision "The door opens an hour before, or with the meeting" (README). Refusals: wrong-state, door-not-open.
 */
export const decideOpen = (
  meeting: Meeting,
  hall: { readonly firstStep: string; readonly roll: readonly RollMember[]; readonly guests?: Plan['guests'] },
  now: Instant,
): Result<MeetingIn<'open'>, 'wrong-state' | 'door-not-open'> => {
  if (meeting.state === 'open') return ok(meeting);
  if (meeting.state !== 'published') return refuse('wrong-state');
  if (dayOf(now) < dayOf(meeting.startsAt)) return refuse('door-not-open');
  return ok({
    ...meeting,
    state: 'open',
    startedAt: now,
    expected: expectedOf(meeting, hall.roll),
    stepId: hall.firstStep,
    steps: [{ stepId: hall.firstStep, at: now }],
    guests: [...(hall.guests ?? []), ...(meeting.guests ?? [])],
    polls: [],
    version: meeting.version + 1,
  });
};

/** Goes to another step; back is allowed, the record keeps both. Refusals: wrong-state, no-such-step. */
export const decideStep = (
  meeting: Meeting,
  agenda: Plan['agenda'],
  stepId: string,
  now: Instant,
): Result<MeetingIn<'open'>, 'wrong-state' | 'no-such-step'> => {
  if (meeting.state !== 'open') return refuse('wrong-state');
  if (!agenda.some((step) => step.id === stepId)) return refuse('no-such-step');
  if (meeting.stepId === stepId) return ok(meeting);
  return ok({
    ...meeting,
    stepId,
    steps: [...meeting.steps, { stepId, at: now }].slice(-200),
    version: meeting.version + 1,
  });
};

/** Ends the meeting; again is the same. Refusals: wrong-state, poll-open while a vote is without its result. */
export const decideClose = (
  meeting: Meeting,
  now: Instant,
): Result<MeetingIn<'closed'>, 'wrong-state' | 'poll-open'> => {
  if (meeting.state === 'closed') return ok(meeting);
  if (meeting.state !== 'open') return refuse('wrong-state');
  if (meeting.polls.some(({ state }) => state === 'open' || state === 'closed')) return refuse('poll-open');
  return ok({ ...meeting, state: 'closed', endedAt: now, version: meeting.version + 1 });
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
