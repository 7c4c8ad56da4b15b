import * as v from 'valibot';
import { exists, type Item, isNew, type Key, openTable } from '#runtime/table.ts';
import type { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import {
  Attendance,
  type AttendanceRecorded,
  type AttendanceStatus,
  Meeting,
  type MeetingChanged,
  MeetingRow,
  Opinion,
  type OpinionGiven,
  Plan,
  RosterMember,
} from '#shared/meetings/model.ts';
import { dayOfMeeting } from '#shared/meetings/rules.ts';

const table = openTable('MEETINGS_TABLE');

type MeetingRef = Readonly<{ unitId: UnitId; meetingId: MeetingId }>;

/** Everything of one meeting stands together; the branch is part of the key, so that no id leads into another branch. */
const evening = ({ unitId, meetingId }: MeetingRef): string => `MEETING#${unitId}#${meetingId}`;
const key = {
  meeting: (ref: MeetingRef): Key => ({ pk: evening(ref), sk: 'MEETING' }),
  plan: (ref: MeetingRef): Key => ({ pk: evening(ref), sk: 'PLAN' }),
  row: ({ unitId, meetingId }: MeetingRef): Key => ({ pk: `BRANCH#${unitId}`, sk: `MEETING#${meetingId}` }),
  attendance: (ref: MeetingRef, memberId: MemberId): Key => ({
    pk: evening(ref),
    sk: `MEMBER#${memberId}#ATTENDANCE`,
  }),
  opinion: (ref: MeetingRef, memberId: MemberId, opinionId: string): Key => ({
    pk: evening(ref),
    sk: `MEMBER#${memberId}#OPINION#${opinionId}`,
  }),
  rosterMember: (unitId: UnitId, memberId: MemberId): Key => ({ pk: `ROSTER#${unitId}`, sk: `MEMBER#${memberId}` }),
};

const changed = (ref: MeetingRef, at: Instant): MeetingChanged => ({
  type: 'meeting-changed',
  meetingId: ref.meetingId,
  unitId: ref.unitId,
  at,
});

/** One small read: every check-in needs it. */
export const meetingOf = async (ref: MeetingRef): Promise<Meeting | undefined> => {
  const item = await table.get(key.meeting(ref));
  return item && v.parse(Meeting, item);
};

export interface Prepared {
  readonly meeting: Meeting;
  readonly plan: Plan;
}

export const preparedOf = async (ref: MeetingRef): Promise<Prepared | undefined> => {
  const [meeting, plan] = await Promise.all([table.get(key.meeting(ref)), table.get(key.plan(ref))]);
  return meeting && plan && { meeting: v.parse(Meeting, meeting), plan: v.parse(Plan, plan) };
};

const rowOf = (meeting: Meeting, plan: Plan): MeetingRow => ({
  meetingId: meeting.meetingId,
  kind: meeting.kind,
  title: meeting.title,
  place: plan.place,
  startsAt: meeting.startsAt,
  state: meeting.state,
  ...(meeting.state === 'closed' && { endedAt: meeting.endedAt }),
  ...(meeting.state !== 'preparing' && { pack: meeting.pack }),
});

/** Meetings of a branch in every state, newest first. */
export const meetingsOf = async (unitId: UnitId): Promise<readonly MeetingRow[]> =>
  (await table.query(`BRANCH#${unitId}`, { prefix: 'MEETING#' }))
    .map((item) => v.parse(MeetingRow, item))
    .sort((a, b) => b.startsAt.localeCompare(a.startsAt));

/** Records a new meeting once; a repeat answers what stands. */
export const recordPrepared = async ({ meeting, plan }: Prepared): Promise<Prepared> => {
  const written = await table.together([
    { put: { ...key.meeting(meeting), ...meeting }, onlyIf: isNew },
    { put: { ...key.plan(meeting), ...plan } },
    { put: { ...key.row(meeting), ...rowOf(meeting, plan) } },
  ]);
  return written.done ? { meeting, plan } : ((await preparedOf(meeting)) ?? { meeting, plan });
};

/**
 * Records a move of the meeting with its row and plan, only over the version it was decided on. False: another was faster.
 * A published meeting tells its live file.
 */
export const recordMove = async ({ meeting, plan }: Prepared, now: Instant): Promise<boolean> => {
  const fact = meeting.state === 'preparing' ? {} : { fact: changed(meeting, now) };
  const written = await table.together([
    { put: { ...key.meeting(meeting), ...meeting, ...fact }, onlyIf: onVersion(meeting.version - 1) },
    { put: { ...key.plan(meeting), ...plan } },
    { put: { ...key.row(meeting), ...rowOf(meeting, plan) } },
  ]);
  return written.done;
};

/** Records a change within an open meeting (step, guests, head count), only over the version it was decided on. */
export const recordMeeting = async (meeting: Meeting, now: Instant): Promise<boolean> => {
  const item: Item = { ...key.meeting(meeting), ...meeting, fact: changed(meeting, now) };
  return (await table.put(item, onVersion(meeting.version - 1))).done;
};

const onVersion = (version: number) => ({ expression: '#version = :version', values: { version } });

const attendanceItem = (meeting: Meeting, attendance: Attendance): Item => {
  const { unitId, meetingId } = meeting;
  const { memberId, status, at, recordedBy } = attendance;
  const day: Day = dayOfMeeting(meeting);
  const fact: AttendanceRecorded = {
    type: 'attendance-recorded',
    meetingId,
    unitId,
    memberId,
    status,
    day,
    at,
    recordedBy,
  };
  return { ...key.attendance(meeting, memberId), ...attendance, fact };
};

/** One conditional put. A repeat answers the first record; a mark made by another before he came gives way. */
export const recordCheckIn = async (meeting: Meeting, attendance: Attendance): Promise<Attendance> => {
  const written = await table.put(attendanceItem(meeting, attendance), {
    expression: 'attribute_not_exists(#pk) OR #status <> :present',
    values: { present: 'present' },
  });
  return written.done || !written.existing ? attendance : v.parse(Attendance, written.existing);
};

/** Puts a mark of the roll over what its screen showed; where another mark stands by now, that one stays and is answered. */
export const recordMark = async (meeting: Meeting, mark: Attendance, was: AttendanceStatus): Promise<Attendance> => {
  const written = await table.put(attendanceItem(meeting, mark), {
    expression: was === 'unmarked' ? 'attribute_not_exists(#pk) OR #status = :was' : '#status = :was',
    values: { was },
  });
  return written.done || !written.existing ? mark : v.parse(Attendance, written.existing);
};

/** A new opinion; the same id again answers the first. */
export const recordOpinion = async (meeting: Meeting, opinion: Opinion): Promise<Opinion> => {
  const { unitId, meetingId } = meeting;
  const { memberId, opinionId, at } = opinion;
  const fact: OpinionGiven = { type: 'opinion-given', meetingId, unitId, memberId, opinionId, at };
  const written = await table.put({ ...key.opinion(meeting, memberId, opinionId), ...opinion, fact }, isNew);
  return written.done || !written.existing ? opinion : v.parse(Opinion, written.existing);
};

/** Sets the answer to an opinion; a later answer replaces an earlier one. Nothing when there is no such opinion. */
export const recordAnswer = async (
  ref: MeetingRef,
  opinion: Readonly<{ memberId: MemberId; opinionId: string }>,
  answer: Readonly<{ answer: string; answeredBy: MemberId; answeredAt: Instant }>,
): Promise<Opinion | undefined> => {
  const written = await table.change(key.opinion(ref, opinion.memberId, opinion.opinionId), {
    set: answer,
    onlyIf: exists,
  });
  return written.done ? v.parse(Opinion, written.item) : undefined;
};

export interface OwnRecord {
  readonly attendance: Attendance | undefined;
  readonly opinions: readonly Opinion[];
}

/** What one member did at a meeting. */
export const ownRecordOf = async (ref: MeetingRef, memberId: MemberId): Promise<OwnRecord> => {
  const items = await table.query(evening(ref), { prefix: `MEMBER#${memberId}#` });
  return { attendance: attendanceIn(items)[0], opinions: opinionsIn(items) };
};

export interface EveningRecord {
  readonly roll: readonly Attendance[];
  readonly opinions: readonly Opinion[];
}

/** What all members did at a meeting. */
export const eveningOf = async (ref: MeetingRef): Promise<EveningRecord> => {
  const items = await table.query(evening(ref), { prefix: 'MEMBER#' });
  return { roll: attendanceIn(items), opinions: opinionsIn(items) };
};

const attendanceIn = (items: readonly Item[]): Attendance[] =>
  items.filter(({ sk }) => sk.endsWith('#ATTENDANCE')).map((item) => v.parse(Attendance, item));
const opinionsIn = (items: readonly Item[]): Opinion[] =>
  items
    .filter(({ sk }) => sk.includes('#OPINION#'))
    .map((item) => v.parse(Opinion, item))
    .sort((a, b) => a.at.localeCompare(b.at));

/** Whoever is or was on the roll of a branch. */
export const rosterOf = async (unitId: UnitId): Promise<readonly RosterMember[]> =>
  (await table.query(`ROSTER#${unitId}`)).map((item) => v.parse(RosterMember, item));

/** Keeps a member of the roster; an older version than what stands changes nothing. */
export const recordRosterMember = async (member: RosterMember): Promise<void> => {
  await table.put(
    { ...key.rosterMember(member.unitId, member.memberId), ...member },
    { expression: 'attribute_not_exists(#pk) OR #version < :version', values: { version: member.version } },
  );
};
