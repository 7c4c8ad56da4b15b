import * as v from 'valibot';
import { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Absence } from './shown.ts';

// A file of its own: a phone loads it only when its member cannot come.
const one = { unitId: UnitId, meetingId: MeetingId };

export const askAbsence = operation({
  id: 'meetings.askAbsence',
  summary: 'Ask beforehand to be excused from a meeting, or take the asking back; asking again replaces the reason',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/absence',
  allow: 'meetings.attend',
  later: true,
  input: v.object({
    ...one,
    reason: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(300)),
    withdrawn: v.optional(v.boolean()),
  }),
  output: Absence,
  refusals: { 'not-invited': 403, 'already-begun': 409 },
});
