import * as v from 'valibot';
import type { PollId } from '#shared/kernel/ids.ts';
import type { GivenTask } from '#shared/meetings/minutes.ts';
import { Meeting, Plan } from '#shared/meetings/model.ts';
import type { Ballot } from '#shared/meetings/shown.ts';
import { ballotsIn, givenIn } from './ballots.ts';
import { type EveningRecord, eveningIn } from './evening.ts';
import { evening, key, type MeetingRef, table } from './keys.ts';
import type { Prepared } from './meetings.ts';
import { type Papers, papersIn, tasksIn } from './papers.ts';

/** A meeting with all that stands at it. */
export interface WholeMeeting extends Prepared, EveningRecord {
  readonly papers: Papers;
  readonly tasks: readonly GivenTask[];
  /** Ballots by name of one vote. */
  readonly ballotsOf: (pollId: PollId) => readonly Ballot[];
  /** How many members have got a ballot of one secret vote. */
  readonly givenOf: (pollId: PollId) => number;
}

/**
 * All of one meeting in one read, of one moment: a desk that is looked at every few seconds costs what the meeting weighs
 * and not a call for each of its kinds.
 */
export const wholeMeetingOf = async (ref: MeetingRef): Promise<WholeMeeting | undefined> => {
  const items = await table.query(evening(ref));
  const at = (sk: string) => items.find((item) => item.sk === sk);
  const [meeting, plan] = [at(key.meeting(ref).sk), at(key.plan(ref).sk)];
  if (!meeting || !plan) return undefined;
  return {
    meeting: v.parse(Meeting, meeting),
    plan: v.parse(Plan, plan),
    ...eveningIn(items),
    papers: papersIn(items),
    tasks: tasksIn(items),
    ballotsOf: (pollId) => ballotsIn(items, pollId),
    givenOf: (pollId) => givenIn(items, pollId),
  };
};
