import * as v from 'valibot';
import { ActionId, MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Suggestion, SuggestionText } from './shown.ts';

// A file of its own: the answer is the secretary's, and no phone carries what he reads.
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
