import { type Key, openTable } from '#runtime/table.ts';
import type { MeetingId, MemberId, PollId, TaskId, UnitId } from '#shared/kernel/ids.ts';
import type { Day } from '#shared/kernel/time.ts';

export const table = openTable('MEETINGS_TABLE');

export type MeetingRef = Readonly<{ unitId: UnitId; meetingId: MeetingId }>;

/** Everything of one meeting stands together; the branch is part of the key, so that no id leads into another branch. */
export const evening = ({ unitId, meetingId }: MeetingRef): string => `MEETING#${unitId}#${meetingId}`;

export const key = {
  meeting: (ref: MeetingRef): Key => ({ pk: evening(ref), sk: 'MEETING' }),
  plan: (ref: MeetingRef): Key => ({ pk: evening(ref), sk: 'PLAN' }),
  row: ({ unitId, meetingId }: MeetingRef): Key => ({ pk: `BRANCH#${unitId}`, sk: `MEETING#${meetingId}` }),
  attendance: (ref: MeetingRef, memberId: MemberId): Key => ({
    pk: evening(ref),
    sk: `MEMBER#${memberId}#ATTENDANCE`,
  }),
  absence: (ref: MeetingRef, memberId: MemberId): Key => ({ pk: evening(ref), sk: `MEMBER#${memberId}#ABSENCE` }),
  /** Codes this member has tried. */
  codeTries: (ref: MeetingRef, memberId: MemberId): Key => ({ pk: evening(ref), sk: `MEMBER#${memberId}#CODES` }),
  door: (ref: MeetingRef): Key => ({ pk: evening(ref), sk: 'DOOR' }),
  opinion: (ref: MeetingRef, memberId: MemberId, opinionId: string): Key => ({
    pk: evening(ref),
    sk: `MEMBER#${memberId}#OPINION#${opinionId}`,
  }),
  /** Ballots of one part of the voters: the state of the vote stands in the same item, so each is before or after its end. */
  shard: (ref: MeetingRef, pollId: PollId, shard: number): Key => ({
    pk: evening(ref),
    sk: `POLL#${pollId}#SHARD#${String(shard).padStart(3, '0')}`,
  }),
  paper: (ref: MeetingRef, paper: PaperName): Key => ({ pk: evening(ref), sk: `PAPER#${paper}` }),
  task: (ref: MeetingRef, taskId: TaskId): Key => ({ pk: evening(ref), sk: `TASK#${taskId}` }),
  /** Tasks of the branch, of whatever source, and the looks at them: they come back to the next agenda. */
  branchTask: (unitId: UnitId, taskId: TaskId): Key => ({ pk: `TASKS#${unitId}`, sk: `GIVEN#${taskId}` }),
  review: (unitId: UnitId, taskId: TaskId, at: string): Key => ({
    pk: `TASKS#${unitId}`,
    sk: `REVIEW#${taskId}#${at}`,
  }),
  counter: (unitId: UnitId, name: string): Key => ({ pk: `BRANCH#${unitId}`, sk: `COUNTER#${name}` }),
  suggestion: (ref: MeetingRef, memberId: MemberId, suggestionId: string): Key => ({
    pk: evening(ref),
    sk: `MEMBER#${memberId}#SUGGESTION#${suggestionId}`,
  }),
  receipt: (ref: MeetingRef, memberId: MemberId): Key => ({ pk: evening(ref), sk: `MEMBER#${memberId}#RECEIPT` }),
  turn: (ref: MeetingRef, speakerId: string): Key => ({ pk: evening(ref), sk: `TURN#${speakerId}` }),
  /** Who has the floor: one item, so that two hands of the desk cannot give it twice. */
  floor: (ref: MeetingRef): Key => ({ pk: evening(ref), sk: 'FLOOR' }),
  rhythm: (unitId: UnitId): Key => ({ pk: `BRANCH#${unitId}`, sk: 'RHYTHM' }),
  required: (unitId: UnitId, requiredId: string): Key => ({ pk: `ABOVE#${unitId}`, sk: `REQUIRED#${requiredId}` }),
  unit: (unitId: UnitId): Key => ({ pk: `ABOVE#${unitId}`, sk: 'ABOUT' }),
  unitBelow: (parentId: UnitId, unitId: UnitId): Key => ({ pk: `ABOVE#${parentId}`, sk: `UNIT#${unitId}` }),
  /** A browser that wants to be reminded, with its owner's branch. */
  browser: (unitId: UnitId, memberId: MemberId, name: string): Key => ({
    pk: `BROWSERS#${unitId}`,
    sk: `MEMBER#${memberId}#${name}`,
  }),
  /** Meetings by the day on which they are announced, for the morning's reminders. */
  onDay: (day: Day, { unitId, meetingId }: MeetingRef): Key => ({ pk: `DAY#${day}`, sk: `${unitId}#${meetingId}` }),
  reminder: (day: Day, { unitId, meetingId }: MeetingRef, stage: string): Key => ({
    pk: `REMINDED#${day}`,
    sk: `${unitId}#${meetingId}#${stage}`,
  }),
  /** What a branch sent up, with the organisation directly above it. */
  received: (superiorId: UnitId, { unitId, meetingId }: MeetingRef): Key => ({
    pk: `SUPERIOR#${superiorId}`,
    sk: `RECEIVED#${unitId}#${meetingId}`,
  }),
  rated: (unitId: UnitId, day: Day, meetingId: MeetingId): Key => ({
    pk: `BRANCH#${unitId}`,
    sk: `RATED#${day}#${meetingId}`,
  }),
  rosterMember: (unitId: UnitId, memberId: MemberId): Key => ({ pk: `ROSTER#${unitId}`, sk: `MEMBER#${memberId}` }),
};

/** Single papers of an evening. `SUMMARY` carries the news to the figures; `WORD` the places of the Word files. */
export type PaperName =
  | 'CONCLUSION'
  | 'RATING'
  | 'COURSE'
  | 'MINUTES'
  | `MINUTES#${string}`
  | 'RESOLUTION'
  | 'SUMMARY'
  | 'WORD';

export const refOf = ({ unitId, meetingId }: MeetingRef) => ({ unitId, meetingId });
