import * as v from 'valibot';
import { ActionId, MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import {
  Attendance,
  AttendanceStatus,
  Guest,
  Meeting,
  MeetingKind,
  MeetingRow,
  Opinion,
  Plan,
  RollMember,
  StepId,
} from './model.ts';

const branch = { unitId: UnitId };
const one = { unitId: UnitId, meetingId: MeetingId };
const at = '/api/meetings/{unitId}/{meetingId}' as const;

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
  path: `${at}/revise`,
  allow: 'meetings.run',
  input: v.object({ ...one, ...onVersion, plan: Plan }),
  output: Prepared,
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409, 'not-on-roster': 422 },
});

export const publish = operation({
  id: 'meetings.publish',
  summary: 'Publish a meeting: its pack becomes one immutable file, and the branch is told',
  method: 'POST',
  path: `${at}/publish`,
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
    'already-past': 422,
  },
});

export const withdraw = operation({
  id: 'meetings.withdraw',
  summary: 'Take a published meeting back before it begins; phones forget its pack',
  method: 'POST',
  path: `${at}/withdraw`,
  allow: 'meetings.run',
  audited: true,
  input: v.object(one),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409 },
});

export const checkIn = operation({
  id: 'meetings.checkIn',
  summary: 'Check in to a meeting; again answers the first record',
  method: 'POST',
  path: `${at}/check-in`,
  allow: 'meetings.attend',
  later: true,
  input: v.object(one),
  output: Attendance,
  refusals: { 'not-invited': 403, 'door-not-open': 409, 'meeting-closed': 409 },
});

export const mine = operation({
  id: 'meetings.mine',
  summary: 'All that is my own at a meeting, in one answer',
  method: 'GET',
  path: `${at}/mine`,
  allow: 'meetings.attend',
  input: v.object(one),
  output: v.object({
    attendance: v.optional(Attendance),
    opinions: v.array(Opinion),
    /** Whether I keep the record of this meeting: its chair, its scribe, or who runs the branch's meetings. */
    records: v.boolean(),
  }),
  refusals: {},
});

export const desk = operation({
  id: 'meetings.desk',
  summary: 'All that the secretary and the scribe work with at a meeting',
  method: 'GET',
  path: `${at}/desk`,
  allow: 'meetings.attend',
  input: v.object(one),
  output: v.object({
    meeting: Meeting,
    plan: Plan,
    members: v.array(RollMember),
    roll: v.array(Attendance),
    opinions: v.array(Opinion),
  }),
  refusals: {},
});

export const open = operation({
  id: 'meetings.open',
  summary: 'Open the meeting',
  method: 'POST',
  path: `${at}/open`,
  allow: 'meetings.run',
  input: v.object(one),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'door-not-open': 409, 'changed-meanwhile': 409 },
});

export const goToStep = operation({
  id: 'meetings.goToStep',
  summary: 'Go to a step of the agenda',
  method: 'POST',
  path: `${at}/step`,
  allow: 'meetings.attend',
  input: v.object({ ...one, stepId: StepId }),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'no-such-step': 422, 'changed-meanwhile': 409 },
});

export const recordRoll = operation({
  id: 'meetings.recordRoll',
  summary: 'Tick the roll for others; a mark that meanwhile differs from what the screen showed is left as it is',
  method: 'POST',
  path: `${at}/roll`,
  allow: 'meetings.attend',
  later: true,
  input: v.object({
    ...one,
    marks: v.pipe(
      v.array(
        v.object({
          memberId: MemberId,
          status: AttendanceStatus,
          /** What the screen showed when it was ticked. */
          was: AttendanceStatus,
          reason: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(300))),
          cameLate: v.optional(v.boolean()),
          leftEarly: v.optional(v.boolean()),
        }),
      ),
      v.minLength(1),
      v.maxLength(100),
    ),
  }),
  /** The roll of these members as it now stands. */
  output: v.object({ roll: v.array(Attendance) }),
  refusals: { 'door-not-open': 409, 'already-adopted': 409, 'not-on-roster': 422 },
});

export const countHall = operation({
  id: 'meetings.countHall',
  summary: 'Record guests and the head count',
  method: 'POST',
  path: `${at}/hall`,
  allow: 'meetings.attend',
  input: v.object({
    ...one,
    guests: v.pipe(v.array(Guest), v.maxLength(50)),
    headCount: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2000))),
  }),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409 },
});

export const giveOpinion = operation({
  id: 'meetings.giveOpinion',
  summary: 'Give an opinion, or write one down for a member without a phone; the same act again is the same opinion',
  method: 'POST',
  path: `${at}/opinions`,
  allow: 'meetings.attend',
  later: true,
  input: v.object({
    ...one,
    actionId: ActionId,
    text: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(2000)),
    /** Whose words these are, when the scribe writes them down. */
    memberId: v.optional(MemberId),
  }),
  output: Opinion,
  refusals: { 'not-invited': 403, 'meeting-closed': 409, 'not-on-roster': 422 },
});

export const answerOpinion = operation({
  id: 'meetings.answerOpinion',
  summary: 'Answer an opinion; the one who gave it sees the answer',
  method: 'POST',
  path: `${at}/opinions/{opinionId}/answer`,
  allow: 'meetings.attend',
  input: v.object({
    ...one,
    opinionId: v.pipe(v.string(), v.maxLength(60)),
    memberId: MemberId,
    answer: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(2000)),
  }),
  output: Opinion,
  refusals: { 'already-adopted': 409 },
});
