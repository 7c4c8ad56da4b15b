import * as v from 'valibot';
import { ActionId, MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Meeting } from './model.ts';
import { DecisionId, Tally } from './shown.ts';

export const recordHands = operation({
  id: 'meetings.recordHands',
  summary: 'Record a vote that was taken with hands, cards or papers alone; the same act again is the same vote',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/hands',
  allow: 'meetings.run',
  stepUp: true,
  audited: true,
  later: true,
  input: v.object({
    unitId: UnitId,
    meetingId: MeetingId,
    actionId: ActionId,
    decision: DecisionId,
    question: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(300)),
    hands: Tally,
    papers: v.optional(Tally),
    /** Who watched the counting in the hall: present, and not the one who records it. */
    witnessId: v.optional(MemberId),
  }),
  output: v.object({ meeting: Meeting }),
  refusals: {
    'wrong-state': 409,
    'changed-meanwhile': 409,
    'already-adopted': 409,
    'paper-only': 409,
    'hands-too-many': 422,
    'witness-missing': 422,
  },
});
