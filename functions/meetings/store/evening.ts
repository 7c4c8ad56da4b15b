import * as v from 'valibot';
import type { HowRead, Item } from '#runtime/table.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { Absence, type Attendance, type Opinion } from '#shared/meetings/model.ts';
import { markIn } from './attendance.ts';
import { evening, type MeetingRef, table } from './keys.ts';
import { opinionIn } from './opinions.ts';

export interface OwnRecord {
  readonly attendance: Attendance | undefined;
  readonly opinions: readonly Opinion[];
}

/** What one member did at a meeting. */
export const ownRecordOf = async (ref: MeetingRef, memberId: MemberId, how?: HowRead): Promise<OwnRecord> => {
  const items = await table.query(evening(ref), { prefix: `MEMBER#${memberId}#`, ...how });
  return { attendance: attendanceIn(items)[0], opinions: opinionsIn(items) };
};

export interface EveningRecord {
  readonly roll: readonly Attendance[];
  readonly opinions: readonly Opinion[];
  readonly absences: readonly Absence[];
}

/** What all members did at a meeting. */
export const eveningOf = async (ref: MeetingRef, how?: HowRead): Promise<EveningRecord> => {
  return eveningIn(await table.query(evening(ref), { prefix: 'MEMBER#', ...how }));
};

export const eveningIn = (items: readonly Item[]): EveningRecord => ({
  roll: attendanceIn(items),
  opinions: opinionsIn(items),
  absences: absencesIn(items),
});

const attendanceIn = (items: readonly Item[]): Attendance[] =>
  items.filter(({ sk }) => sk.endsWith('#ATTENDANCE')).map(markIn);

const absencesIn = (items: readonly Item[]): Absence[] =>
  items.filter(({ sk }) => sk.endsWith('#ABSENCE')).map((item) => v.parse(Absence, item));

const opinionsIn = (items: readonly Item[]): Opinion[] =>
  items
    .filter(({ sk }) => sk.includes('#OPINION#'))
    .map(opinionIn)
    .sort((a, b) => a.at.localeCompare(b.at));
