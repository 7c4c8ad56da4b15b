import * as v from 'valibot';
import { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { BranchManifest, LiveMeeting, Pack } from './shown.ts';

// What only some of a branch may see is asked for by name: a file of the branch would be open to all of it.

export const circle = operation({
  id: 'meetings.circle',
  summary: 'Meetings to which I am invited and not the whole branch, newest first',
  method: 'GET',
  path: '/api/meetings/{unitId}/circle',
  allow: 'meetings.attend',
  input: v.object({ unitId: UnitId }),
  output: v.object({ meetings: BranchManifest.entries.meetings }),
  refusals: {},
});

export const room = operation({
  id: 'meetings.room',
  summary: 'Agenda and state of a meeting to which I am invited and not the whole branch',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/room',
  allow: 'meetings.attend',
  input: v.object({ unitId: UnitId, meetingId: MeetingId }),
  output: v.object({ live: LiveMeeting, pack: Pack }),
  refusals: {},
});
