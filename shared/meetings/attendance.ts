import type { MemberId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { byVietnameseName } from '#shared/kernel/vietnamese.ts';
import { isOnRoll, votingStateAt } from '#shared/members/model.ts';
import { doorOpensAt } from './door.ts';
import type {
  Attendance,
  AttendanceStatus,
  Guest,
  Meeting,
  MeetingIn,
  RollCounts,
  RollMember,
  RosterMember,
} from './model.ts';

/** Whether this member belongs into the meeting: the whole branch, or those named. */
export const isInvited = (meeting: Pick<Meeting, 'invited'>, memberId: MemberId): boolean =>
  meeting.invited === undefined || meeting.invited.includes(memberId);

export type DoorRefusal = 'not-found' | 'not-invited' | 'door-not-open' | 'meeting-closed';

/** Whether a member may check himself in now. Refusals: not-found (unpublished), not-invited, door-not-open, meeting-closed. */
export const decideCheckIn = (meeting: Meeting, memberId: MemberId, now: Instant): Result<Attendance, DoorRefusal> => {
  switch (meeting.state) {
    case 'preparing':
    case 'withdrawn':
      return refuse('not-found');
    case 'closed':
      return refuse('meeting-closed');
    case 'published':
    case 'open':
      break;
  }
  if (!isInvited(meeting, memberId)) return refuse('not-invited');
  if (meeting.state === 'published' && now < doorOpensAt(meeting.startsAt)) return refuse('door-not-open');
  return ok({ memberId, status: 'present', at: now, recordedBy: memberId });
};

/** One mark of the roll as the scribe sends it. */
export interface Mark {
  readonly memberId: MemberId;
  readonly status: AttendanceStatus;
  readonly reason?: string | undefined;
  readonly cameLate?: boolean | undefined;
  readonly leftEarly?: boolean | undefined;
}

/** The roll stays correctable after the end, until the minutes are adopted: it is their evidence. */
export const decideMark = (
  meeting: Meeting,
  mark: Mark,
  roll: readonly RollMember[],
  by: { readonly memberId: MemberId; readonly adopted: boolean; readonly now: Instant },
): Result<Attendance, 'not-found' | 'door-not-open' | 'already-adopted' | 'not-on-roster'> => {
  if (meeting.state === 'preparing' || meeting.state === 'withdrawn') return refuse('not-found');
  if (by.adopted) return refuse('already-adopted');
  // an absence asked for beforehand may stand in the roll before the door opens
  const early = meeting.state === 'published' && by.now < doorOpensAt(meeting.startsAt);
  if (early && mark.status !== 'excused' && mark.status !== 'unmarked') return refuse('door-not-open');
  if (!roll.some(({ memberId }) => memberId === mark.memberId) || !isInvited(meeting, mark.memberId))
    return refuse('not-on-roster');
  return ok({
    memberId: mark.memberId,
    status: mark.status,
    at: by.now,
    recordedBy: by.memberId,
    ...(mark.reason && { reason: mark.reason }),
    ...(mark.cameLate && { cameLate: true }),
    ...(mark.leftEarly && { leftEarly: true }),
  });
};

/** Guests and the head count of an open meeting. Refusal: wrong-state. */
export const decideHall = (
  meeting: Meeting,
  hall: { readonly guests: readonly Guest[]; readonly headCount?: number | undefined },
): Result<MeetingIn<'open'>, 'wrong-state'> =>
  meeting.state === 'open'
    ? ok({ ...meeting, guests: [...hall.guests], headCount: hall.headCount, version: meeting.version + 1 })
    : refuse('wrong-state');

/** The roll of a branch on the day of a meeting, in the order of names; who left or has not yet come is not on it. */
export const rollOf = (
  meeting: Pick<Meeting, 'unitId' | 'startsAt'>,
  roster: readonly RosterMember[],
): readonly RollMember[] =>
  roster
    .flatMap(({ memberId, name, hasPhone, standing }) => {
      const state = votingStateAt(standing, meeting.unitId, dayOf(meeting.startsAt));
      return isOnRoll(state) ? [{ memberId, name, hasPhone, state }] : [];
    })
    .sort((a, b) => byVietnameseName(a.name, b.name) || a.memberId.localeCompare(b.memberId));

/**
 * States in which a member is expected at the meetings of this branch. Who is on temporary transfer meets with his host;
 * who is suspended or held does not meet. Source: domain.md §3.3, §3.8.
 */
const EXPECTED: readonly RollMember['state'][] = ['official', 'probationary', 'exempt', 'guest'];

/** Who is expected at this meeting. The exempt are: they may come, and their absence is neither excused nor a fault. */
export const expectedOf = (
  meeting: Pick<Meeting, 'invited'>,
  roll: readonly RollMember[],
): MeetingIn<'published'>['expected'] => {
  const invited = roll.filter(({ memberId, state }) => EXPECTED.includes(state) && isInvited(meeting, memberId));
  return {
    members: invited.length,
    exempt: invited.filter(({ state }) => state === 'exempt').map(({ memberId }) => memberId),
  };
};

/** Counts of the roll. Someone who was marked without being expected (just arrived in the branch) makes the hall larger. */
export const countRoll = (expected: MeetingIn<'published'>['expected'], roll: readonly Attendance[]): RollCounts => {
  const marked = new Map(roll.filter(({ status }) => status !== 'unmarked').map((mark) => [mark.memberId, mark]));
  const of = (status: AttendanceStatus) => [...marked.values()].filter((mark) => mark.status === status).length;
  const [present, excused, unexcused] = [of('present'), of('excused'), of('unexcused')];
  const exempt = of('exempt') + expected.exempt.filter((memberId) => !marked.has(memberId)).length;
  const members = Math.max(expected.members, present + excused + unexcused + exempt);
  return { members, present, excused, unexcused, exempt, unmarked: members - present - excused - unexcused - exempt };
};
