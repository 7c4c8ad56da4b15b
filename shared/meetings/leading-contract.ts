import * as v from 'valibot';
import { MeetingId, PollId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { CarriedTask } from './carried.ts';
import { Conclusion, GivenTask, Minutes, Resolution } from './minutes.ts';
import { Absence, Attendance, Meeting, Opinion, Plan, RollMember, StepId, WordFiles } from './model.ts';
import { Proposal, Rating } from './rating.ts';
import { noCourse, RatingCourse } from './rating-course.ts';
import { Tally } from './shown.ts';

const one = { unitId: UnitId, meetingId: MeetingId };

/** What a hall changes by what it does, and its secretary by what he writes down. */
const moving = {
  meeting: Meeting,
  roll: v.array(Attendance),
  absences: v.array(Absence),
  opinions: v.array(Opinion),
  /** How many ballots phones have cast, and in a secret vote were given; what was chosen only once the vote is closed. */
  turnout: v.record(PollId, v.object({ voted: v.number(), given: v.optional(v.number()), tally: v.optional(Tally) })),
  conclusion: v.optional(Conclusion),
  tasks: v.array(GivenTask),
  rating: v.optional(Rating),
  /** How the mark came to be. */
  course: v.optional(RatingCourse, noCourse),
  minutes: v.optional(Minutes),
  resolution: v.optional(Resolution),
  words: WordFiles,
};

export const desk = operation({
  id: 'meetings.desk',
  summary: 'All that the secretary and the scribe work with at a meeting',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/desk',
  allow: 'meetings.attend',
  input: v.object(one),
  output: v.object({
    ...moving,
    plan: Plan,
    members: v.array(RollMember),
    /** Tasks of before that come back to this meeting. */
    carried: v.optional(v.array(CarriedTask), []),
    proposals: v.array(Proposal),
  }),
  refusals: {},
});

export const deskNow = operation({
  id: 'meetings.deskNow',
  summary: 'What has moved at the desk, for looks every few seconds: one read of one meeting',
  method: 'GET',
  path: '/api/meetings/{unitId}/{meetingId}/desk/now',
  allow: 'meetings.attend',
  input: v.object(one),
  output: v.object(moving),
  refusals: {},
});

export const open = operation({
  id: 'meetings.open',
  summary: 'Open the meeting',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/open',
  allow: 'meetings.run',
  later: true,
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
  later: true,
  input: v.object({ ...one, stepId: StepId }),
  output: v.object({ meeting: Meeting }),
  refusals: { 'wrong-state': 409, 'no-such-step': 422, 'changed-meanwhile': 409 },
});
