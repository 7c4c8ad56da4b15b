import * as v from 'valibot';
import { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Instant } from '#shared/kernel/time.ts';
import { Concluded, Conclusion, Minutes, Resolution, Section, Sections } from './minutes.ts';
import { Meeting } from './model.ts';
import { Tally } from './shown.ts';

const one = { unitId: UnitId, meetingId: MeetingId };

export const conclude = operation({
  id: 'meetings.conclude',
  summary: 'Keep sentences of the conclusion, each by itself; again replaces them until the minutes are adopted',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/conclusion',
  allow: 'meetings.attend',
  later: true,
  input: v.object({ ...one, conclusion: Concluded }),
  output: Conclusion,
  refusals: { 'wrong-state': 409, 'already-adopted': 409, 'changed-meanwhile': 409 },
});

export const close = operation({
  id: 'meetings.close',
  summary: 'End the meeting',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/close',
  allow: 'meetings.run',
  later: true,
  input: v.object(one),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'poll-open': 409, 'changed-meanwhile': 409 },
});

export const draft = operation({
  id: 'meetings.draft',
  summary: 'Minutes drafted afresh from the record',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/draft',
  allow: 'meetings.attend',
  input: v.object(one),
  output: v.object({ sections: v.array(Section) }),
  refusals: { 'wrong-state': 409 },
});

export const correctMinutes = operation({
  id: 'meetings.correctMinutes',
  summary: 'Keep corrected minutes over the version they were made from; earlier versions stay',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/minutes',
  allow: 'meetings.attend',
  input: v.object({ ...one, basedOn: v.pipe(v.number(), v.integer(), v.minValue(0)), sections: Sections }),
  output: Minutes,
  refusals: { 'wrong-state': 409, 'already-adopted': 409, 'changed-meanwhile': 409 },
});

export const adoptMinutes = operation({
  id: 'meetings.adoptMinutes',
  summary: 'Adopt the minutes as they were read out; they become a Word file and change no more',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/minutes/adopt',
  allow: 'meetings.run',
  stepUp: true,
  audited: true,
  /** `hands`: how those present voted on them; without a count, all agreed. */
  input: v.object({ ...one, version: v.number(), hands: v.optional(Tally) }),
  output: Minutes,
  refusals: {
    'wrong-state': 409,
    'not-drafted': 409,
    'changed-meanwhile': 409,
    unwritten: 422,
    'hands-too-many': 422,
    'minutes-not-carried': 409,
  },
});

export const minutesHistory = operation({
  id: 'meetings.minutesHistory',
  summary: 'Every version of the minutes that was kept: who, when and what',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/minutes/history',
  allow: 'meetings.attend',
  input: v.object(one),
  output: v.object({
    versions: v.array(
      v.object({ version: v.number(), sections: v.array(Section), editedBy: v.string(), editedAt: Instant }),
    ),
  }),
  refusals: {},
});

export const issueResolution = operation({
  id: 'meetings.issueResolution',
  summary: 'Issue the resolution that the branch has carried, under the next number of its term',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/resolution',
  allow: 'meetings.run',
  stepUp: true,
  audited: true,
  input: v.object(one),
  output: Resolution,
  refusals: { 'wrong-state': 409, 'not-carried': 409, unwritten: 422 },
});
