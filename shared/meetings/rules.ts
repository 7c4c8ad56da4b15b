import type { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { allows, type Grant } from '#shared/kernel/permissions.ts';
import { never, ok, type Result, refuse } from '#shared/kernel/result.ts';
import { addMilliseconds, DAY_MS, dayOf, type Instant } from '#shared/kernel/time.ts';
import { byVietnameseName } from '#shared/kernel/vietnamese.ts';
import { isOnRoll, votingStateAt } from '#shared/members/model.ts';
import { doorOpensAt } from './door.ts';
import {
  type Attendance,
  type AttendanceStatus,
  type BranchManifest,
  dayOfMeeting,
  type Guest,
  type LiveMeeting,
  type Meeting,
  type MeetingClosed,
  type MeetingIn,
  type MeetingRow,
  type MeetingState,
  type Opinion,
  type Pack,
  type Plan,
  type RollCounts,
  type RollMember,
  type RosterMember,
} from './model.ts';
import { livePolls } from './voting.ts';

/** A meeting only moves on; nothing leads out of `withdrawn` or `closed`. */
const next: Readonly<Record<MeetingState, readonly MeetingState[]>> = {
  preparing: ['published'],
  published: ['published', 'open', 'withdrawn'],
  open: ['open', 'closed'],
  closed: [],
  withdrawn: [],
};
export const mayMove = (from: MeetingState, to: MeetingState): boolean => next[from].includes(to);

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

/** Opinions of one member at one meeting, at most. */
export const MOST_OPINIONS = 20;

/** Whether an opinion may be given: from publication until the end. Refusals: not-found, not-invited, meeting-closed, too-many. */
export const decideOpinion = (
  meeting: Meeting,
  opinion: { readonly opinionId: string; readonly memberId: MemberId; readonly text: string },
  by: { readonly recordedBy: MemberId; readonly given: number; readonly now: Instant },
): Result<Opinion, 'not-found' | 'not-invited' | 'meeting-closed' | 'too-many'> => {
  if (meeting.state === 'preparing' || meeting.state === 'withdrawn') return refuse('not-found');
  if (meeting.state === 'closed') return refuse('meeting-closed');
  if (!isInvited(meeting, opinion.memberId)) return refuse('not-invited');
  if (by.given >= MOST_OPINIONS) return refuse('too-many');
  return ok({
    ...opinion,
    at: by.now,
    recordedBy: by.recordedBy,
    ...(meeting.state === 'published' && { before: true }),
  });
};

/** What the record of the meeting repeats of its plan, since every check-in needs it. */
const summaryOf = (plan: Plan) => ({
  title: plan.title,
  startsAt: plan.startsAt,
  chairId: plan.chairId,
  scribeId: plan.scribeId,
  invited: plan.invited,
});

/** A new meeting in preparation. */
export const prepared = (
  meetingId: MeetingId,
  unitId: UnitId,
  kind: Meeting['kind'],
  plan: Plan,
): MeetingIn<'preparing'> => ({ state: 'preparing', meetingId, unitId, kind, ...summaryOf(plan), version: 1 });

/** Changes what was prepared. What members see of a published meeting changes when it is published again. Refusal: wrong-state. */
export const decideRevision = (
  meeting: Meeting,
  plan: Plan,
): Result<MeetingIn<'preparing'> | MeetingIn<'published'>, 'wrong-state'> => {
  if (meeting.state === 'preparing') return ok({ ...meeting, ...summaryOf(plan), version: meeting.version + 1 });
  if (meeting.state === 'published') return ok({ ...meeting, version: meeting.version + 1 });
  return refuse('wrong-state');
};

/** What a member reads; names of chair and scribe are those of the roster at publication. */
export const packOf = (meeting: Meeting, plan: Plan, roll: readonly RollMember[], now: Instant): Pack => {
  const nameOf = (id: MemberId | undefined) => roll.find(({ memberId }) => memberId === id)?.name;
  return {
    meetingId: meeting.meetingId,
    unitId: meeting.unitId,
    kind: meeting.kind,
    title: plan.title,
    place: plan.place,
    startsAt: plan.startsAt,
    onlineLink: plan.onlineLink,
    chair: nameOf(plan.chairId),
    scribe: nameOf(plan.scribeId),
    agenda: plan.agenda,
    publishedAt: 'publishedAt' in meeting ? meeting.publishedAt : now,
  };
};

export type PublishRefusal = 'wrong-state' | 'place-missing' | 'chair-missing' | 'scribe-missing' | 'already-past';

/** A meeting may be published from here on before its announced time; one announced for a passed day is a slip of the pen. */
export const decidePublish = (
  meeting: Meeting,
  plan: Plan,
  pack: { readonly hash: string; readonly roll: readonly RollMember[] },
  now: Instant,
): Result<MeetingIn<'published'>, PublishRefusal> => {
  if (!mayMove(meeting.state, 'published')) return refuse('wrong-state');
  if (plan.place === '') return refuse('place-missing');
  if (plan.chairId === undefined) return refuse('chair-missing');
  if (plan.scribeId === undefined) return refuse('scribe-missing');
  if (plan.startsAt < addMilliseconds(now, -DAY_MS)) return refuse('already-past');
  const before = meeting.state === 'published' ? meeting : undefined;
  const hasPapers = plan.agenda.some((step) => step.papers.length > 0);
  const papersAt = before?.papersAt ?? (hasPapers ? now : undefined);
  return ok({
    state: 'published',
    meetingId: meeting.meetingId,
    unitId: meeting.unitId,
    kind: meeting.kind,
    ...summaryOf(plan),
    pack: pack.hash,
    expected: expectedOf(plan, pack.roll),
    publishedAt: before?.publishedAt ?? now,
    ...(papersAt && { papersAt }),
    version: meeting.version + 1,
  });
};

/** A changed agenda of papers: members of a published or open meeting get its new pack; one that is over stays as it was. */
export const decidePapers = (
  meeting: Meeting,
  papers: { readonly before: Plan; readonly plan: Plan; readonly pack: string; readonly at: Instant },
): Meeting => {
  if (papers.plan === papers.before) return meeting;
  switch (meeting.state) {
    case 'preparing':
      return { ...meeting, version: meeting.version + 1 };
    case 'published':
    case 'open':
      return { ...meeting, pack: papers.pack, papersAt: meeting.papersAt ?? papers.at, version: meeting.version + 1 };
    case 'closed':
    case 'withdrawn':
      return meeting;
    default:
      return never(meeting);
  }
};

/** Takes a published meeting back before it begins; again is the same. Refusal: wrong-state. */
export const decideWithdraw = (meeting: Meeting, now: Instant): Result<MeetingIn<'withdrawn'>, 'wrong-state'> => {
  if (meeting.state === 'withdrawn') return ok(meeting);
  return meeting.state === 'published'
    ? ok({ ...meeting, state: 'withdrawn', withdrawnAt: now, version: meeting.version + 1 })
    : refuse('wrong-state');
};

/**
 * Opens the meeting on its day, whenever its chair finds the hall ready; from then on members check in. Again is the same.
 * Source: decision "The door opens an hour before, or with the meeting" (README). Refusals: wrong-state, door-not-open.
 */
export const decideOpen = (
  meeting: Meeting,
  hall: { readonly firstStep: string; readonly roll: readonly RollMember[] },
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
    guests: [],
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

/** Seconds between looks: a vote is followed closely, a waiting hall seldom. Source: burst.md §5.1. */
const POLL_SECONDS = { voting: 5, open: 20, door: 30, waiting: 60, over: 0 } as const;

/** What everyone may see now. No name stands in it, and no result before its hour. */
export const liveOf = (
  meeting: Exclude<Meeting, { state: 'preparing' }>,
  record: {
    readonly roll: readonly Attendance[];
    readonly opinions: readonly Opinion[];
  },
  now: Instant,
): Omit<LiveMeeting, 'seq' | 'at'> => {
  const begun = meeting.state === 'open' || meeting.state === 'closed';
  return {
    meetingId: meeting.meetingId,
    unitId: meeting.unitId,
    nextPollSeconds: pollSeconds(meeting, now),
    state: meeting.state,
    pack: meeting.pack,
    ...(begun && { startedAt: meeting.startedAt, stepId: meeting.stepId }),
    ...(meeting.state === 'closed' && { endedAt: meeting.endedAt }),
    attendance: countRoll(meeting.expected, record.roll),
    guests: begun ? meeting.guests.length : 0,
    opinions: {
      given: record.opinions.length,
      answered: record.opinions.filter((opinion) => opinion.answer !== undefined).length,
    },
    polls: begun ? livePolls(meeting.polls, dayOfMeeting(meeting)) : [],
  };
};

const pollSeconds = (meeting: Meeting, now: Instant): number => {
  if (meeting.state === 'closed' || meeting.state === 'withdrawn') return POLL_SECONDS.over;
  if (meeting.state === 'open') {
    const voting = meeting.polls.some(({ state }) => state === 'open' || state === 'closed');
    return voting ? POLL_SECONDS.voting : POLL_SECONDS.open;
  }
  return now >= doorOpensAt(meeting.startsAt) ? POLL_SECONDS.door : POLL_SECONDS.waiting;
};

/** Guests and the head count of an open meeting. Refusal: wrong-state. */
export const decideHall = (
  meeting: Meeting,
  hall: { readonly guests: readonly Guest[]; readonly headCount?: number | undefined },
): Result<MeetingIn<'open'>, 'wrong-state'> =>
  meeting.state === 'open'
    ? ok({ ...meeting, guests: [...hall.guests], headCount: hall.headCount, version: meeting.version + 1 })
    : refuse('wrong-state');

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

/** Meetings that the branch's manifest names at most: two years of months. */
const MANIFEST_MEETINGS = 24;

/** The branch's list as phones read it: newest first; what was never published is not in it. */
export const manifestOf = (
  unitId: UnitId,
  rows: readonly MeetingRow[],
): Pick<BranchManifest, 'unitId' | 'meetings' | 'withdrawn'> => ({
  unitId,
  meetings: rows
    .flatMap(({ state, pack, ...row }) =>
      pack !== undefined && (state === 'published' || state === 'open' || state === 'closed')
        ? [{ ...row, state, pack }]
        : [],
    )
    .sort((a, b) => b.startsAt.localeCompare(a.startsAt))
    .slice(0, MANIFEST_MEETINGS),
  withdrawn: rows.flatMap(({ state, pack }) => (state === 'withdrawn' && pack !== undefined ? [pack] : [])),
});
