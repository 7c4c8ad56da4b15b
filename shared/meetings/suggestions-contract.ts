import * as v from 'valibot';
import { ActionId, MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Meeting, Plan } from './model.ts';
import { Suggestion, SuggestionText } from './suggestions.ts';

const one = { unitId: UnitId, meetingId: MeetingId };

export const suggest = operation({
  id: 'meetings.suggest',
  summary: 'Propose content for a meeting before it; the same act again is the same suggestion',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/suggestions',
  allow: 'meetings.attend',
  later: true,
  input: v.object({ ...one, actionId: ActionId, text: SuggestionText }),
  output: Suggestion,
  refusals: { 'not-invited': 403, 'meeting-begun': 409 },
});

export const mySuggestions = operation({
  id: 'meetings.mySuggestions',
  summary: 'What I proposed for a meeting, each with its answer',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/suggestions/mine',
  allow: 'meetings.attend',
  input: v.object(one),
  output: v.object({ suggestions: v.array(Suggestion) }),
  refusals: {},
});

export const answerSuggestion = operation({
  id: 'meetings.answerSuggestion',
  summary: 'Take a suggestion onto the agenda, or decline it with a reason; members read the new agenda at once',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/suggestions/{suggestionId}/answer',
  allow: 'meetings.run',
  input: v.object({
    ...one,
    suggestionId: v.pipe(v.string(), v.maxLength(60)),
    verdict: v.variant('taken', [
      v.object({ taken: v.literal(true) }),
      v.object({ taken: v.literal(false), reason: SuggestionText }),
    ]),
  }),
  output: v.object({ suggestion: Suggestion, meeting: Meeting, plan: Plan }),
  refusals: { 'meeting-begun': 409, 'already-answered': 409, 'agenda-full': 409, 'changed-meanwhile': 409 },
});
