import * as v from 'valibot';
import { ActionId, MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Instant } from '#shared/kernel/time.ts';
import { Absence, Attendance, AttendanceStatus, Guest, Meeting } from './model.ts';

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
        v.pipe(
          v.object({
            memberId: MemberId,
            status: AttendanceStatus,
            /** What the screen showed when it was ticked. */
            was: AttendanceStatus,
            reason: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(300))),
            /** When he came, if after the beginning, and when he left, if before the end. */
            cameAt: v.optional(Instant),
            leftAt: v.optional(Instant),
          }),
          v.check(({ cameAt = '', leftAt = cameAt }) => cameAt <= leftAt),
        ),
      ),
      v.minLength(1),
      v.maxLength(100),
    ),
  }),
  /** The roll of these members as it now stands. */
  output: v.object({ roll: v.array(Attendance) }),
  refusals: { 'door-not-open': 409, 'already-adopted': 409, 'not-on-roster': 422 },
});

export const takeDoorSecret = operation({
  id: 'meetings.takeDoorSecret',
  summary: "Give the hall's device the secret of its codes; from then on checking in needs a code",
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/door',
  allow: 'meetings.run',
  stepUp: true,
  audited: true,
  input: v.object(one),
  output: v.object({
    /** For `codeOf`. It stays on this device: never in a file, a pack or a page. */
    secret: v.string(),
    /** The server's clock, by which codes go; the device shows them by its distance from it. */
    now: Instant,
    meeting: Meeting,
  }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409 },
});

export const waiveCode = operation({
  id: 'meetings.waiveCode',
  summary: 'Let members check in without a code again',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/door/waive',
  allow: 'meetings.run',
  audited: true,
  input: v.object(one),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409 },
});

export const recordGuest = operation({
  id: 'meetings.recordGuest',
  summary: 'Write down a guest, or someone the roll does not know; the same id again is the same person',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/guests',
  allow: 'meetings.attend',
  later: true,
  input: v.object({
    ...one,
    guestId: ActionId,
    name: Guest.entries.name,
    from: Guest.entries.from,
    unlisted: v.optional(v.boolean()),
    /** Written down by mistake: the line goes. */
    gone: v.optional(v.boolean()),
  }),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409, 'already-adopted': 409, 'guests-full': 409 },
});

export const countHeads = operation({
  id: 'meetings.countHeads',
  summary: 'Confirm how many people are in the hall; a later count replaces an earlier one',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/heads',
  allow: 'meetings.attend',
  later: true,
  input: v.object({ ...one, headCount: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2000)) }),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409, 'already-adopted': 409 },
});

export const answerAbsence = operation({
  id: 'meetings.answerAbsence',
  summary: 'Excuse a member who asked beforehand, or not; excused, the roll says so with his reason',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/absences/{memberId}',
  allow: 'meetings.run',
  later: true,
  input: v.object({ ...one, memberId: MemberId, excused: v.boolean() }),
  output: Absence,
  refusals: { 'already-adopted': 409, 'door-not-open': 409, 'not-on-roster': 422 },
});
