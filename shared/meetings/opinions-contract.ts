import * as v from 'valibot';
import { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Opinion } from './model.ts';

const one = { unitId: UnitId, meetingId: MeetingId };

export const answerOpinion = operation({
  id: 'meetings.answerOpinion',
  summary: 'Answer an opinion; the one who gave it sees the answer',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/opinions/{opinionId}/answer',
  allow: 'meetings.attend',
  later: true,
  input: v.object({
    ...one,
    opinionId: v.pipe(v.string(), v.maxLength(60)),
    memberId: MemberId,
    answer: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(2000)),
  }),
  output: Opinion,
  refusals: { 'already-adopted': 409 },
});
