import * as v from 'valibot';
import { ActionId, MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Paper } from './shown.ts';

const MOST_PAPERS = 5;

// A file of its own: only the page of practising asks it.
export const practise = operation({
  id: 'meetings.practise',
  summary:
    "Begin a practice meeting in today's practice branch of one's own unit; the same act again is the same meeting",
  method: 'POST',
  path: '/api/meetings/{unitId}/practice',
  allow: 'meetings.attend',
  /** `papers`: what there is to read at it; documents made them, and only the page knows both. */
  input: v.object({
    unitId: UnitId,
    actionId: ActionId,
    papers: v.optional(v.pipe(v.array(Paper), v.maxLength(MOST_PAPERS)), []),
  }),
  output: v.object({ meetingId: MeetingId }),
  refusals: { 'changed-meanwhile': 409 },
});
