import * as v from 'valibot';
import { MeetingId, PollId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Choice } from './shown.ts';

// A file of its own: a phone loads it only when a secret vote is open.
const poll = { unitId: UnitId, meetingId: MeetingId, pollId: PollId };

const bytes = (count: number) =>
  v.pipe(v.string(), v.regex(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((count * 4) / 3)}}$`)));

export const ballotKey = operation({
  id: 'meetings.ballotKey',
  summary: 'The public key of a secret vote; the live file names it, so that it is the same for all',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/polls/{pollId}/key',
  allow: 'meetings.attend',
  input: v.object(poll),
  /** SubjectPublicKeyInfo in base64. */
  output: v.object({ publicKey: v.string() }),
  refusals: { 'poll-not-open': 409 },
});

export const giveBallot = operation({
  id: 'meetings.giveBallot',
  summary: 'Sign my ballot unseen, one for each member; the same ballot again gets the same signature',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/polls/{pollId}/ballot',
  allow: 'meetings.attend',
  /** Blinded: nobody can tell later which ballot this was. */
  input: v.object({ ...poll, blinded: bytes(256) }),
  output: v.object({ signature: v.string() }),
  refusals: {
    'meeting-closed': 409,
    'poll-not-open': 409,
    'paper-only': 409,
    'not-present': 409,
    'no-vote': 403,
    'ballot-given': 409,
  },
});

export const castBallot = operation({
  id: 'meetings.castBallot',
  summary: 'Put a signed ballot into the box; no cookie goes with it and no line is written of it',
  method: 'POST',
  path: '/api/ballots/{pollId}',
  allow: 'anyone',
  unlogged: true,
  input: v.object({ ...poll, choice: Choice, token: bytes(32), prefix: bytes(32), signature: bytes(256) }),
  output: v.object({ receipt: v.string() }),
  refusals: { 'poll-not-open': 409, 'ballot-unsigned': 403 },
});

export const closingList = operation({
  id: 'meetings.closingList',
  summary: 'Receipts of all ballots in a closed box, in the order of the alphabet',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/polls/{pollId}/receipts',
  allow: 'meetings.attend',
  input: v.object(poll),
  output: v.object({ receipts: v.array(v.string()) }),
  refusals: { 'wrong-state': 409 },
});
