import * as v from 'valibot';
import { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Duty } from './duties.ts';
import { Meeting, Plan } from './model.ts';
import { RequiredItem } from './required.ts';
import { Awaited, Rhythm } from './rhythm.ts';
import { Suggestion, SuggestionText } from './shown.ts';

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

export const answerSuggestion = operation({
  id: 'meetings.answerSuggestion',
  summary: 'Take a suggestion onto the agenda, or decline it with a reason; members read the new agenda at once',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/suggestions/{suggestionId}/answer',
  allow: 'meetings.run',
  input: v.object({
    unitId: UnitId,
    meetingId: MeetingId,
    suggestionId: v.pipe(v.string(), v.maxLength(60)),
    verdict: v.variant('taken', [
      v.object({ taken: v.literal(true) }),
      v.object({ taken: v.literal(false), reason: SuggestionText }),
    ]),
  }),
  output: v.object({ suggestion: Suggestion, meeting: Meeting, plan: Plan }),
  refusals: { 'meeting-begun': 409, 'already-answered': 409, 'agenda-full': 409, 'changed-meanwhile': 409 },
});
