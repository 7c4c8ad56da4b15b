import * as v from 'valibot';
import { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Duty } from './duties.ts';
import { RequiredItem } from './required.ts';
import { Awaited, Rhythm } from './rhythm.ts';
import { Suggestion } from './suggestions.ts';

export const rhythm = operation({
  id: 'meetings.rhythm',
  summary: 'When the branch usually meets, and what it owes this month and quarter',
  method: 'GET',
  path: '/api/meetings/{unitId}/rhythm',
  allow: 'meetings.run',
  input: v.object({ unitId: UnitId }),
  output: v.object({ rhythm: Rhythm, awaited: v.array(Awaited) }),
  refusals: {},
});

export const setRhythm = operation({
  id: 'meetings.setRhythm',
  summary: 'Set when the branch usually meets; the next meeting is proposed from it',
  method: 'POST',
  path: '/api/meetings/{unitId}/rhythm',
  allow: 'meetings.run',
  audited: true,
  input: v.object({ unitId: UnitId, rhythm: Rhythm }),
  output: v.object({ rhythm: Rhythm, awaited: v.array(Awaited) }),
  refusals: {},
});

export const preparation = operation({
  id: 'meetings.preparation',
  summary: 'What is left to prepare for a meeting, what the organisations above ask for, what members propose',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/preparation',
  allow: 'meetings.attend',
  input: v.object({ unitId: UnitId, meetingId: MeetingId }),
  output: v.object({
    duties: v.array(Duty),
    /** All that this meeting is to take, taken or not. */
    required: v.array(RequiredItem),
    suggestions: v.array(Suggestion),
    /** Members who were told and have not yet acted, and all who were told. */
    unheard: v.array(v.string()),
    told: v.number(),
  }),
  refusals: {},
});
