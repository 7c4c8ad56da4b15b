import * as v from 'valibot';
import type { Item } from '#runtime/table.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { Absence, Attendance, Opinion } from '#shared/meetings/model.ts';
import { evening, type MeetingRef, table } from './keys.ts';

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
  readonly absences: readonly Absence[];
}

/** What all members did at a meeting. */
export const eveningOf = async (ref: MeetingRef): Promise<EveningRecord> => {
  const items = await table.query(evening(ref), { prefix: 'MEMBER#' });
  return { roll: attendanceIn(items), opinions: opinionsIn(items), absences: absencesIn(items) };
};

const attendanceIn = (items: readonly Item[]): Attendance[] =>
  items.filter(({ sk }) => sk.endsWith('#ATTENDANCE')).map((item) => v.parse(Attendance, item));

const absencesIn = (items: readonly Item[]): Absence[] =>
  items.filter(({ sk }) => sk.endsWith('#ABSENCE')).map((item) => v.parse(Absence, item));

const opinionsIn = (items: readonly Item[]): Opinion[] =>
  items
    .filter(({ sk }) => sk.includes('#OPINION#'))
    .map((item) => v.parse(Opinion, item))
    .sort((a, b) => a.at.localeCompare(b.at));
