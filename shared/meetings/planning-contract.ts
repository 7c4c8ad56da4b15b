import * as v from 'valibot';
import { ActionId, MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Meeting, MeetingKind, MeetingRow, Plan } from './model.ts';

const branch = { unitId: UnitId };

const one = { unitId: UnitId, meetingId: MeetingId };

/** The version a change was decided on; when another changed the meeting meanwhile, the change is refused. */
const onVersion = { version: v.number() };

const Prepared = v.object({ meeting: Meeting, plan: Plan });

export const list = operation({
  id: 'meetings.list',
  summary: 'Meetings of a branch, newest first, those in preparation too',
  method: 'GET',
  path: '/api/meetings/{unitId}',
  allow: 'meetings.run',
  input: v.object(branch),
  output: v.object({ meetings: v.array(MeetingRow) }),
  refusals: {},
});

export const prepare = operation({
  id: 'meetings.prepare',
  summary: "Prepare a meeting from last month's of its kind; the same act again answers the same meeting",
  method: 'POST',
  path: '/api/meetings/{unitId}/prepare',
  allow: 'meetings.run',
  input: v.object({ ...branch, actionId: ActionId, kind: MeetingKind }),
  output: Prepared,
  refusals: {},
});

export const revise = operation({
  id: 'meetings.revise',
  summary: 'Change what is prepared; members see it when it is published',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/revise',
  allow: 'meetings.run',
  input: v.object({ ...one, ...onVersion, plan: Plan }),
  output: Prepared,
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409, 'not-on-roster': 422 },
});

export const publish = operation({
  id: 'meetings.publish',
  summary: 'Publish a meeting: its pack becomes one immutable file, and the branch is told',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/publish',
  allow: 'meetings.run',
  audited: true,
  input: v.object(one),
  output: Prepared,
  refusals: {
    'wrong-state': 409,
    'changed-meanwhile': 409,
    'place-missing': 422,
    'chair-missing': 422,
    'scribe-missing': 422,
    'members-missing': 422,
    'online-ground-missing': 422,
    'required-missing': 422,
    'already-past': 422,
    'too-far-ahead': 422,
  },
});

export const withdraw = operation({
  id: 'meetings.withdraw',
  summary: 'Take a published meeting back before it begins; phones forget its pack',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/withdraw',
  allow: 'meetings.run',
  audited: true,
  input: v.object(one),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409 },
});
