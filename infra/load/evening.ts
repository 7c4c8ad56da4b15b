import type { MeetingId, PollId } from '#shared/kernel/ids.ts';
import { instantOf } from '#shared/kernel/time.ts';
import {
  closePoll,
  createPoll,
  desk,
  open,
  openPoll,
  prepare,
  publish,
  publishResult,
  revise,
} from '#shared/meetings/contract.ts';
import type { Person } from './person.ts';
import { type Branch, newAction, patiently } from './population.ts';

/** A branch in its hall: the meeting is open and a vote too. */
export interface Hall extends Branch {
  readonly meetingId: MeetingId;
  readonly pollId: PollId;
  /** Who keeps the record on a phone of his own; nobody where the secretary does. */
  readonly scribe?: Person;
}

/** The secretary's afternoon and first minutes: prepare, publish, open, put the resolution to the vote. */
export const openHall = async (branch: Branch, nowMs: number, scribe?: Branch['members'][number]): Promise<Hall> => {
  const { secretary, unitId, secretaryId } = branch;
  const begun = { unitId, actionId: newAction(), kind: 'regular' as const };
  const prepared = await patiently('prepare', () => secretary.ask(prepare, begun));
  const meetingId = prepared.meeting.meetingId;
  const one = { unitId, meetingId };
  const plan = {
    ...prepared.plan,
    place: 'Nhà văn hóa thôn',
    startsAt: instantOf(Math.ceil(nowMs / 60_000) * 60_000),
    chairId: secretaryId,
    scribeId: scribe?.memberId ?? secretaryId,
  };
  const revised = await patiently('revise', () =>
    secretary.ask(revise, { ...one, version: prepared.meeting.version, plan }),
  );
  if (revised.meeting.state !== 'preparing') throw new Error('the meeting is not in preparation');
  await patiently('publish', () => secretary.ask(publish, one));
  await patiently('open', () => secretary.ask(open, one));
  const question = 'Thông qua nghị quyết tháng';
  const put = { ...one, actionId: newAction(), decision: 'resolution' as const, question };
  const asked = await patiently('a vote', () => secretary.ask(createPoll, put));
  const poll = asked.meeting.state === 'open' ? asked.meeting.polls.at(-1) : undefined;
  if (!poll) throw new Error('no vote was made');
  await patiently('open the vote', () => secretary.ask(openPoll, { ...one, pollId: poll.pollId }));
  return { ...branch, meetingId, pollId: poll.pollId, ...(scribe && { scribe: scribe.person }) };
};

/** What was thanked for, so that it can be compared with what is stored. */
export interface Thanked {
  readonly attendance: Set<string>;
  readonly opinions: Map<string, string>;
  readonly ballots: Map<string, string>;
}
export const nothingThanked = (): Thanked => ({ attendance: new Set(), opinions: new Map(), ballots: new Map() });

/** What one hall has stored, asked through the secretary after the vote is closed, against what was thanked for. */
export const compare = async (
  hall: Hall,
  thanked: Thanked,
): Promise<{ acknowledged: number; stored: number; lost: number; doubled: number }> => {
  const { secretary, unitId, meetingId, pollId } = hall;
  const one = { unitId, meetingId };
  await patiently('close the vote', () => secretary.ask(closePoll, { ...one, pollId }));
  const hands = { agree: 0, disagree: 0, other: 0 };
  const { meeting } = await patiently('the result', () => secretary.ask(publishResult, { ...one, pollId, hands }));
  const { roll, opinions } = await patiently('the desk', () => secretary.ask(desk, one));
  const poll = meeting.state === 'open' ? meeting.polls.find((candidate) => candidate.pollId === pollId) : undefined;
  if (poll?.state !== 'published') throw new Error('the vote has no result');
  const present = roll.filter((mark) => mark.status === 'present').map((mark) => mark.memberId as string);
  const given = opinions.map(({ opinionId }) => opinionId);
  const ballots = poll.result.phones.agree;
  const lost =
    [...thanked.attendance].filter((memberId) => !present.includes(memberId)).length +
    [...thanked.opinions.keys()].filter((opinionId) => !given.includes(opinionId)).length +
    Math.max(0, thanked.ballots.size - ballots);
  const doubled =
    present.length -
    new Set(present).size +
    (given.length - new Set(given).size) +
    Math.max(0, ballots - hall.members.length);
  return {
    acknowledged: thanked.attendance.size + thanked.opinions.size + thanked.ballots.size,
    stored: present.length + given.length + ballots,
    lost,
    doubled,
  };
};
