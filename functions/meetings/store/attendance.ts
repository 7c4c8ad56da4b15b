import * as v from 'valibot';
import type { HowRead, Item } from '#runtime/table.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Day } from '#shared/kernel/time.ts';
import {
  Absence,
  Attendance,
  type AttendanceRecorded,
  type AttendanceStatus,
  dayOfMeeting,
  type Meeting,
  RosterMember,
} from '#shared/meetings/model.ts';
import { key, type MeetingRef, table } from './keys.ts';

/** A mark and the fact it tells are one: what both say is written once. */
const attendanceItem = (meeting: Meeting, attendance: Attendance): Item => {
  const { unitId, meetingId } = meeting;
  const { memberId, status, at, recordedBy, sentLater, ...more } = attendance;
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
    ...(sentLater && { sentLater }),
  };
  return { ...key.attendance(meeting, memberId), ...more, fact };
};

export const markIn = (item: Item): Attendance => v.parse(Attendance, { ...item, ...(item['fact'] as object) });

/** One conditional put. A repeat answers the first record; a mark made by another before he came gives way. */
export const recordCheckIn = async (meeting: Meeting, attendance: Attendance): Promise<Attendance> => {
  const written = await table.put(attendanceItem(meeting, attendance), {
    expression: 'attribute_not_exists(#pk) OR #fact.#status <> :present',
    values: { present: 'present' },
  });
  return written.done || !written.existing ? attendance : markIn(written.existing);
};

/** Puts a mark of the roll over what its screen showed; where another mark stands by now, that one stays and is answered. */
export const recordMark = async (meeting: Meeting, mark: Attendance, was: AttendanceStatus): Promise<Attendance> => {
  const written = await table.put(attendanceItem(meeting, mark), {
    expression: was === 'unmarked' ? 'attribute_not_exists(#pk) OR #fact.#status = :was' : '#fact.#status = :was',
    values: { was },
  });
  return written.done || !written.existing ? mark : markIn(written.existing);
};

export const attendanceOf = async (
  ref: MeetingRef,
  memberId: MemberId,
  how?: HowRead,
): Promise<Attendance | undefined> => {
  const item = await table.get(key.attendance(ref, memberId), how);
  return item && markIn(item);
};

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

/** What a member asked beforehand; asking again replaces it, and with it an earlier answer. */
export const recordAbsence = async (ref: MeetingRef, absence: Absence): Promise<void> => {
  await table.put({ ...key.absence(ref, absence.memberId), ...absence });
};

export const absenceOf = async (ref: MeetingRef, memberId: MemberId): Promise<Absence | undefined> => {
  const item = await table.get(key.absence(ref, memberId));
  return item && v.parse(Absence, item);
};

/** Sets the answer to what was asked at that moment; nothing when he has asked anew or never did. */
export const recordAbsenceAnswer = async (
  ref: MeetingRef,
  asked: Absence,
  answer: Required<Pick<Absence, 'excused' | 'answeredBy' | 'answeredAt'>>,
): Promise<Absence | undefined> => {
  const written = await table.change(key.absence(ref, asked.memberId), {
    set: answer,
    onlyIf: { expression: '#askedAt = :askedAt', values: { askedAt: asked.askedAt } },
  });
  return written.done ? v.parse(Absence, written.item) : undefined;
};
