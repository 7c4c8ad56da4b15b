import { eachFact } from '#runtime/queue.ts';
import { AttendanceRecorded } from '#shared/meetings/model.ts';
import { entryOfAttendance } from '#shared/points/rules.ts';
import { keepEntry } from './store.ts';

export const handler = eachFact(AttendanceRecorded, async (fact) => keepEntry(entryOfAttendance(fact)));
