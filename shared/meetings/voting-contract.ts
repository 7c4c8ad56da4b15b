import * as v from 'valibot';
import { ActionId, MeetingId, MemberId, PollId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Meeting } from './model.ts';
import { DecisionId, Tally } from './shown.ts';

const one = { unitId: UnitId, meetingId: MeetingId };
const aPoll = { ...one, pollId: PollId };

export const createPoll = operation({
  id: 'meetings.createPoll',
  summary: 'Put a question, not yet to the vote; the same act again is the same question',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/polls',
  allow: 'meetings.run',
  input: v.object({
    ...one,
    actionId: ActionId,
    decision: DecisionId,
    question: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(300)),
    /** A secret vote, where the rule leaves the form to the branch. */
    secret: v.optional(v.boolean()),
  }),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409, 'paper-only': 409 },
});

export const withdrawQuestion = operation({
  id: 'meetings.withdrawQuestion',
  summary: 'Take back a question that was never put to the vote; one that is gone already is the same',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/polls/{pollId}/withdraw',
  allow: 'meetings.run',
  input: v.object(aPoll),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409 },
});

export const openPoll = operation({
  id: 'meetings.openPoll',
  summary: 'Open a vote by name; its base is taken from the roll and the attendance of this moment',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/polls/{pollId}/open',
  allow: 'meetings.run',
  stepUp: true,
  audited: true,
  input: v.object(aPoll),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409 },
});

export const closePoll = operation({
  id: 'meetings.closePoll',
  summary: 'Close a vote at one instant for all; every ballot thanked for is in it',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/polls/{pollId}/close',
  allow: 'meetings.run',
  stepUp: true,
  audited: true,
  input: v.object(aPoll),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409 },
});

export const publishResult = operation({
  id: 'meetings.publishResult',
  summary: 'Add the hands, cards or papers counted in the hall and publish the result',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/polls/{pollId}/result',
  allow: 'meetings.run',
  stepUp: true,
  audited: true,
  input: v.object({
    ...aPoll,
    hands: Tally,
    papers: v.optional(Tally),
    /** Who watched the counting in the hall: present, and not the one who publishes. */
    witnessId: v.optional(MemberId),
  }),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409, 'hands-too-many': 422, 'witness-missing': 422 },
});

export const witnessResult = operation({
  id: 'meetings.witnessResult',
  summary: 'Confirm as its witness that the count in the hall was so',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/polls/{pollId}/witness',
  allow: 'meetings.attend',
  audited: true,
  later: true,
  input: v.object(aPoll),
  output: v.object({ confirmed: v.literal(true) }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409 },
});
