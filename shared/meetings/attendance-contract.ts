import * as v from 'valibot';
import { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Attendance, AttendanceStatus, Guest, Meeting } from './model.ts';

const one = { unitId: UnitId, meetingId: MeetingId };

export const recordRoll = operation({
  id: 'meetings.recordRoll',
  summary: 'Tick the roll for others; a mark that meanwhile differs from what the screen showed is left as it is',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/roll',
  allow: 'meetings.attend',
  later: true,
  input: v.object({
    ...one,
    marks: v.pipe(
      v.array(
        v.object({
          memberId: MemberId,
          status: AttendanceStatus,
          /** What the screen showed when it was ticked. */
          was: AttendanceStatus,
          reason: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(300))),
          cameLate: v.optional(v.boolean()),
          leftEarly: v.optional(v.boolean()),
        }),
      ),
      v.minLength(1),
      v.maxLength(100),
    ),
  }),
  /** The roll of these members as it now stands. */
  output: v.object({ roll: v.array(Attendance) }),
  refusals: { 'door-not-open': 409, 'already-adopted': 409, 'not-on-roster': 422 },
});

export const countHall = operation({
  id: 'meetings.countHall',
  summary: 'Record guests and the head count',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/hall',
  allow: 'meetings.attend',
  input: v.object({
    ...one,
    guests: v.pipe(v.array(Guest), v.maxLength(50)),
    headCount: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2000))),
  }),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409 },
});
