import * as v from 'valibot';
import { ActionId, MeetingId, MemberId, PollId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Conclusion, GivenTask, Minutes, Resolution, Section, Sections } from './minutes.ts';
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
  WordFiles,
} from './model.ts';
import { Proposal, Rating, Scores } from './rating.ts';
import { DecisionId, Tally } from './shown.ts';

export * from './own-contract.ts';

// paths stand in full: put together, an operation that no page asks would stay in every page's file
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
    'already-past': 422,
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

export const desk = operation({
  id: 'meetings.desk',
  summary: 'All that the secretary and the scribe work with at a meeting',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/desk',
  allow: 'meetings.attend',
  input: v.object(one),
  output: v.object({
    meeting: Meeting,
    plan: Plan,
    members: v.array(RollMember),
    roll: v.array(Attendance),
    opinions: v.array(Opinion),
    /** How many phones have voted, by vote; what they chose only once the vote is closed. */
    turnout: v.record(PollId, v.object({ voted: v.number(), tally: v.optional(Tally) })),
    conclusion: v.optional(Conclusion),
    tasks: v.array(GivenTask),
    rating: v.optional(Rating),
    proposals: v.array(Proposal),
    minutes: v.optional(Minutes),
    resolution: v.optional(Resolution),
    words: WordFiles,
  }),
  refusals: {},
});

export const open = operation({
  id: 'meetings.open',
  summary: 'Open the meeting',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/open',
  allow: 'meetings.run',
  input: v.object(one),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'door-not-open': 409, 'changed-meanwhile': 409 },
});

export const goToStep = operation({
  id: 'meetings.goToStep',
  summary: 'Go to a step of the agenda',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/step',
  allow: 'meetings.attend',
  input: v.object({ ...one, stepId: StepId }),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'no-such-step': 422, 'changed-meanwhile': 409 },
});

export const recordRoll = operation({
  id: 'meetings.recordRoll',
  summary: 'Tick the roll for others; a mark that meanwhile differs from what the screen showed is left as it is',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/roll',
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
  path: '/api/meetings/{unitId}/{meetingId}/hall',
  allow: 'meetings.attend',
  input: v.object({
    ...one,
    guests: v.pipe(v.array(Guest), v.maxLength(50)),
    headCount: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2000))),
  }),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409 },
});

export const answerOpinion = operation({
  id: 'meetings.answerOpinion',
  summary: 'Answer an opinion; the one who gave it sees the answer',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/opinions/{opinionId}/answer',
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
  }),
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
  input: v.object({ ...aPoll, hands: Tally }),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'changed-meanwhile': 409, 'hands-too-many': 422 },
});

export const conclude = operation({
  id: 'meetings.conclude',
  summary: 'Keep the sentences of the conclusion; again replaces them until the minutes are adopted',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/conclusion',
  allow: 'meetings.attend',
  input: v.object({ ...one, conclusion: Conclusion }),
  output: Conclusion,
  refusals: { 'wrong-state': 409, 'already-adopted': 409 },
});

export const rate = operation({
  id: 'meetings.rate',
  summary: "Record the branch's own mark of its meeting, criterion by criterion",
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/rating',
  allow: 'meetings.run',
  audited: true,
  input: v.object({ ...one, scores: Scores }),
  output: Rating,
  refusals: { 'wrong-state': 409, 'score-missing': 422, 'score-too-high': 422 },
});

export const close = operation({
  id: 'meetings.close',
  summary: 'End the meeting',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/close',
  allow: 'meetings.run',
  input: v.object(one),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'poll-open': 409, 'changed-meanwhile': 409 },
});

export const draft = operation({
  id: 'meetings.draft',
  summary: 'Minutes drafted afresh from the record',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/draft',
  allow: 'meetings.attend',
  input: v.object(one),
  output: v.object({ sections: v.array(Section) }),
  refusals: { 'wrong-state': 409 },
});

export const correctMinutes = operation({
  id: 'meetings.correctMinutes',
  summary: 'Keep corrected minutes over the version they were made from; earlier versions stay',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/minutes',
  allow: 'meetings.attend',
  input: v.object({ ...one, basedOn: v.pipe(v.number(), v.integer(), v.minValue(0)), sections: Sections }),
  output: Minutes,
  refusals: { 'wrong-state': 409, 'already-adopted': 409, 'changed-meanwhile': 409 },
});

export const adoptMinutes = operation({
  id: 'meetings.adoptMinutes',
  summary: 'Adopt the minutes as they were read out; they become a Word file and change no more',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/minutes/adopt',
  allow: 'meetings.run',
  stepUp: true,
  audited: true,
  input: v.object({ ...one, version: v.number() }),
  output: Minutes,
  refusals: { 'wrong-state': 409, 'not-drafted': 409, 'changed-meanwhile': 409, unwritten: 422 },
});

export const issueResolution = operation({
  id: 'meetings.issueResolution',
  summary: 'Issue the resolution that the branch has carried, under the next number of its term',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/resolution',
  allow: 'meetings.run',
  stepUp: true,
  audited: true,
  input: v.object(one),
  output: Resolution,
  refusals: { 'wrong-state': 409, 'not-carried': 409, unwritten: 422 },
});
