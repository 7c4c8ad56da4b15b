import * as v from 'valibot';
import { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Instant } from '#shared/kernel/time.ts';
import { PushAddress } from './push.ts';
import { Receipt, Waiting } from './reminders.ts';

const branch = { unitId: UnitId };

export const confirm = operation({
  id: 'meetings.confirm',
  summary: 'Say that I know of a meeting as it is announced; again answers the first time',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/confirm',
  allow: 'meetings.attend',
  later: true,
  input: v.object({ ...branch, meetingId: MeetingId, startsAt: Instant }),
  output: Receipt,
  refusals: { 'not-invited': 403 },
});

export const waiting = operation({
  id: 'meetings.waiting',
  summary: "What waits for me in the branch's meetings",
  method: 'GET',
  path: '/api/meetings/{unitId}/waiting',
  allow: 'meetings.attend',
  input: v.object(branch),
  output: v.object({ waiting: v.array(Waiting) }),
  refusals: {},
});

export const pushKey = operation({
  id: 'meetings.pushKey',
  summary: 'The key by which a browser knows our reminders, to subscribe with',
  method: 'GET',
  path: '/api/meetings/{unitId}/push',
  allow: 'meetings.attend',
  input: v.object(branch),
  output: v.object({ key: v.string() }),
  refusals: {},
});

export const subscribe = operation({
  id: 'meetings.subscribe',
  summary: 'Have this browser reminded; what is sent says nothing but that something waits',
  method: 'POST',
  path: '/api/meetings/{unitId}/push',
  allow: 'meetings.attend',
  input: v.object({ ...branch, endpoint: PushAddress }),
  output: v.object({}),
  refusals: { 'not-a-push-service': 422 },
});

export const unsubscribe = operation({
  id: 'meetings.unsubscribe',
  summary: 'Remind this browser no more; again is the same',
  method: 'POST',
  path: '/api/meetings/{unitId}/push/end',
  allow: 'meetings.attend',
  input: v.object({ ...branch, endpoint: PushAddress }),
  output: v.object({}),
  refusals: {},
});
