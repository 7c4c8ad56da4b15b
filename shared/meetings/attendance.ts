import type { MemberId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { byVietnameseName } from '#shared/kernel/vietnamese.ts';
import { isOnRoll, votingStateAt } from '#shared/members/model.ts';
import { doorOpensAt } from './door.ts';
import type { CodeSeen } from './door-code.ts';
import type { Done } from './later.ts';
import type {
  Absence,
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

export type DoorRefusal =
  | 'not-found'
  | 'not-invited'
  | 'door-not-open'
  | 'meeting-closed'
  | 'already-adopted'
  | 'code-needed'
  | 'code-wrong';

/**
 * Whether a member may check himself in now. A code that was shown earlier in the meeting is one typed without a network: it
 * counts from when it was shown, marked as sent later, also after the end until the minutes are adopted.
 * Refusals: not-found (unpublished), not-invited, door-not-open, meeting-closed, already-adopted, code-needed, code-wrong.
 */
export const decideCheckIn = (
  meeting: Meeting,
  memberId: MemberId,
  now: Instant,
  given: { readonly code?: CodeSeen | undefined; readonly adopted?: boolean } = {},
): Result<Attendance, DoorRefusal> => {
  if (meeting.state === 'preparing' || meeting.state === 'withdrawn') return refuse('not-found');
  if (!isInvited(meeting, memberId)) return refuse('not-invited');
  const presentAt = (at: Instant): Attendance => ({ memberId, status: 'present', at, recordedBy: memberId });
  if (given.code?.is === 'wrong') return refuse('code-wrong');
  if (given.code?.is === 'earlier') {
    if (given.adopted) return refuse('already-adopted');
    return ok({ ...presentAt(given.code.shownAt), byCode: true, sentLater: now });
  }
  if (meeting.state === 'closed') return refuse('meeting-closed');
  if (meeting.state === 'published' && now < doorOpensAt(meeting.startsAt)) return refuse('door-not-open');
  if (given.code) return ok({ ...presentAt(now), byCode: true });
  return meeting.asksCode ? refuse('code-needed') : ok(presentAt(now));
};

/** From now on checking in needs a code; again is the same. Refusal: wrong-state. */
export const decideAskCode = (meeting: Meeting): Result<MeetingIn<'published'> | MeetingIn<'open'>, 'wrong-state'> => {
  if (meeting.state !== 'published' && meeting.state !== 'open') return refuse('wrong-state');
  return ok(meeting.asksCode ? meeting : { ...meeting, asksCode: true, version: meeting.version + 1 });
};

/** A tap is enough again; again is the same. Refusal: wrong-state. */
export const decideWaiveCode = (
  meeting: Meeting,
): Result<MeetingIn<'published'> | MeetingIn<'open'>, 'wrong-state'> => {
  if (meeting.state !== 'published' && meeting.state !== 'open') return refuse('wrong-state');
  return ok(meeting.asksCode ? { ...meeting, asksCode: false, version: meeting.version + 1 } : meeting);
};

/** An absence asked for before the meeting began. Refusals: not-found, not-invited, already-begun. */
export const decideAbsence = (
  meeting: Meeting,
  asked: { readonly memberId: MemberId; readonly reason: string; readonly withdrawn?: boolean | undefined },
  now: Instant,
): Result<Absence, 'not-found' | 'not-invited' | 'already-begun'> => {
  if (meeting.state === 'preparing' || meeting.state === 'withdrawn') return refuse('not-found');
  if (!isInvited(meeting, asked.memberId)) return refuse('not-invited');
  if (meeting.state !== 'published') return refuse('already-begun');
  const { memberId, reason, withdrawn } = asked;
  return ok({ memberId, reason, askedAt: now, ...(withdrawn && { withdrawn }) });
};

/** One mark of the roll as the scribe sends it. */
export interface Mark {
  readonly memberId: MemberId;
  readonly status: AttendanceStatus;
  readonly reason?: string | undefined;
  readonly cameAt?: Instant | undefined;
  readonly leftAt?: Instant | undefined;
}

/**
 * The roll stays correctable after the end, until the minutes are adopted: it is their evidence. When someone came late or left
 * early belongs to his presence and goes with it.
 */
export const decideMark = (
  meeting: Meeting,
  mark: Mark,
  roll: readonly RollMember[],
  by: { readonly memberId: MemberId; readonly adopted: boolean; readonly now: Instant; readonly done?: Done },
): Result<Attendance, 'not-found' | 'door-not-open' | 'already-adopted' | 'not-on-roster'> => {
  if (meeting.state === 'preparing' || meeting.state === 'withdrawn') return refuse('not-found');
  if (by.adopted) return refuse('already-adopted');
  // an absence asked for beforehand may stand in the roll before the door opens
  const early = meeting.state === 'published' && by.now < doorOpensAt(meeting.startsAt);
  if (early && mark.status !== 'excused' && mark.status !== 'unmarked') return refuse('door-not-open');
  if (!roll.some(({ memberId }) => memberId === mark.memberId) || !isInvited(meeting, mark.memberId))
    return refuse('not-on-roster');
  const { cameAt, leftAt } = mark.status === 'present' ? mark : {};
  return ok({
    memberId: mark.memberId,
    status: mark.status,
    ...(by.done ?? { at: by.now }),
    recordedBy: by.memberId,
    ...(mark.reason && { reason: mark.reason }),
    ...(cameAt && { cameAt }),
    ...(leftAt && { leftAt }),
  });
};

/** A meeting at which people are: guests come before the opening, and what was written without a network comes after the end. */
type Gathered = MeetingIn<'published'> | MeetingIn<'open'> | MeetingIn<'closed'>;
const isGathered = (meeting: Meeting): meeting is Gathered =>
  meeting.state === 'published' || meeting.state === 'open' || meeting.state === 'closed';

/** One more guest, a guest changed, or one taken off the list. Refusals: wrong-state, already-adopted, guests-full. */
export const decideGuest = (
  meeting: Meeting,
  guest: Guest & { readonly gone?: boolean | undefined },
  adopted: boolean,
): Result<Gathered, 'wrong-state' | 'already-adopted' | 'guests-full'> => {
  if (!isGathered(meeting)) return refuse('wrong-state');
  if (adopted) return refuse('already-adopted');
  const { gone, ...kept } = guest;
  const before = meeting.guests ?? [];
  const others = before.filter(({ guestId }) => guestId !== guest.guestId);
  if (!gone && others.length >= MOST_GUESTS) return refuse('guests-full');
  const at = before.findIndex(({ guestId }) => guestId === guest.guestId);
  const guests = gone ? others : at < 0 ? [...others, kept] : before.with(at, kept);
  return ok({ ...meeting, guests, version: meeting.version + 1 });
};
const MOST_GUESTS = 50;

/** The heads counted in the hall. Refusals: wrong-state, already-adopted. */
export const decideHeads = (
  meeting: Meeting,
  heads: { readonly headCount: number; readonly by: MemberId } & Done,
  adopted: boolean,
): Result<Gathered, 'wrong-state' | 'already-adopted'> => {
  if (!isGathered(meeting)) return refuse('wrong-state');
  if (adopted) return refuse('already-adopted');
  const { headCount, ...counted } = heads;
  return ok({ ...meeting, headCount, headsCounted: counted, version: meeting.version + 1 });
};

/** How many heads the roll lets expect in the hall: who is present and has not left, and who came from outside. */
export const headsExpected = (roll: readonly Attendance[], guests: readonly Guest[]): number =>
  roll.filter(({ status, leftAt }) => status === 'present' && leftAt === undefined).length + guests.length;

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
export const countRoll = (
  expected: MeetingIn<'published'>['expected'],
  roll: readonly Pick<Attendance, 'memberId' | 'status'>[],
): RollCounts => {
  const marked = new Map(roll.filter(({ status }) => status !== 'unmarked').map((mark) => [mark.memberId, mark]));
  const of = (status: AttendanceStatus) => [...marked.values()].filter((mark) => mark.status === status).length;
  const [present, excused, unexcused] = [of('present'), of('excused'), of('unexcused')];
  const exempt = of('exempt') + expected.exempt.filter((memberId) => !marked.has(memberId)).length;
  const members = Math.max(expected.members, present + excused + unexcused + exempt);
  return { members, present, excused, unexcused, exempt, unmarked: members - present - excused - unexcused - exempt };
};
