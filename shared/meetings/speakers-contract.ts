import * as v from 'valibot';
import { ActionId, MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { GuestName, Speaker } from './speakers.ts';

const one = { unitId: UnitId, meetingId: MeetingId };
const turn = { ...one, speakerId: v.pipe(v.string(), v.maxLength(60)) };

/** For who keeps the record: all turns. For a member: his own, and how many speak before him. */
const Turns = v.object({ speakers: v.array(Speaker), ahead: v.optional(v.number()) });

export const speakers = operation({
  id: 'meetings.speakers',
  summary: 'Who asked to speak, who speaks, who spoke and for how long',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/speakers',
  allow: 'meetings.attend',
  input: v.object(one),
  output: Turns,
  refusals: {},
});

export const askToSpeak = operation({
  id: 'meetings.askToSpeak',
  summary: 'Ask to speak, or put a member or a guest on the list; who waits already keeps his place',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/speakers',
  allow: 'meetings.attend',
  input: v.object({
    ...one,
    actionId: ActionId,
    /** Whom the scribe puts on the list; neither: oneself. */
    memberId: v.optional(MemberId),
    guest: v.optional(GuestName),
  }),
  output: Turns,
  refusals: { 'wrong-state': 409, 'not-invited': 403, 'not-on-roster': 422 },
});

export const giveFloor = operation({
  id: 'meetings.giveFloor',
  summary: 'Give the floor to the next who waits, or to one out of turn; whoever speaks has finished',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/speakers/next',
  allow: 'meetings.attend',
  input: v.object({ ...one, speakerId: v.optional(turn.speakerId) }),
  output: Turns,
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409 },
});

export const endTurn = operation({
  id: 'meetings.endTurn',
  summary: 'A turn is over, or given up before it came; again is the same',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/speakers/{speakerId}/end',
  allow: 'meetings.attend',
  input: v.object(turn),
  output: Turns,
  refusals: {},
});
