import { setTimeout as until } from 'node:timers/promises';
import { renewSession } from '#shared/access/contract.ts';
import type { MeetingId, PollId } from '#shared/kernel/ids.ts';
import { instantOf } from '#shared/kernel/time.ts';
import {
  checkIn,
  closePoll,
  createPoll,
  desk,
  giveOpinion,
  mine,
  open,
  openPoll,
  prepare,
  publish,
  publishResult,
  revise,
  vote,
} from '#shared/meetings/contract.ts';
import type { BranchManifest, LiveMeeting, Pack } from '#shared/meetings/model.ts';
import { Step } from './measure.ts';
import type { Answer } from './person.ts';
import { type Branch, must, newAction } from './population.ts';

/** A branch in its hall: the meeting is open and a vote too. */
export interface Hall extends Branch {
  readonly meetingId: MeetingId;
  readonly pollId: PollId;
}

/** The secretary's afternoon and first minutes: prepare, publish, open, put the resolution to the vote. */
export const openHall = async (branch: Branch, nowMs: number): Promise<Hall> => {
  const { secretary, unitId, secretaryId } = branch;
  const prepared = await must('prepare', secretary.ask(prepare, { unitId, actionId: newAction(), kind: 'regular' }));
  const meetingId = prepared.meeting.meetingId;
  const one = { unitId, meetingId };
  const plan = {
    ...prepared.plan,
    place: 'Nhà văn hóa thôn',
    startsAt: instantOf(Math.ceil(nowMs / 60_000) * 60_000),
    chairId: secretaryId,
    scribeId: secretaryId,
  };
  const revised = await must('revise', secretary.ask(revise, { ...one, version: prepared.meeting.version, plan }));
  if (revised.meeting.state !== 'preparing') throw new Error('the meeting is not in preparation');
  await must('publish', secretary.ask(publish, one));
  await must('open', secretary.ask(open, one));
  const question = 'Thông qua nghị quyết tháng';
  const asked = await must(
    'a vote',
    secretary.ask(createPoll, { ...one, actionId: newAction(), decision: 'resolution', question }),
  );
  const poll = asked.meeting.state === 'open' ? asked.meeting.polls.at(-1) : undefined;
  if (!poll) throw new Error('no vote was made');
  await must('open the vote', secretary.ask(openPoll, { ...one, pollId: poll.pollId }));
  return { ...branch, meetingId, pollId: poll.pollId };
};

export const stepNames = [
  'renew',
  'manifest',
  'pack',
  'live',
  'mine',
  'check-in',
  'check-in again',
  'opinion',
  'vote',
] as const;
export type StepName = (typeof stepNames)[number];

/** What was thanked for, so that it can be compared with what is stored. */
export interface Thanked {
  readonly attendance: Set<string>;
  readonly opinions: Map<string, string>;
  readonly ballots: Map<string, string>;
}
export const nothingThanked = (): Thanked => ({ attendance: new Set(), opinions: new Map(), ballots: new Map() });

/** Seconds after the arrival at which each act begins, and how long a member waits before giving up for good. */
const PLAN: Readonly<Record<StepName, number>> = {
  renew: 0,
  manifest: 0,
  pack: 0,
  live: 0,
  mine: 0,
  'check-in': 2,
  'check-in again': 2,
  opinion: 5,
  vote: 8,
};

/** One member's evening. Each act's time counts from when it was meant to begin, also if the one before was slow. */
export const playEvening = async (
  hall: Hall,
  member: Branch['members'][number],
  {
    cold,
    startedMs,
    steps,
    thanked,
    count,
  }: {
    cold: boolean;
    startedMs: number;
    steps: Readonly<Record<StepName, Step>>;
    thanked: Thanked;
    count: (bytes: number) => void;
  },
): Promise<void> => {
  const { unitId, meetingId, pollId } = hall;
  const one = { unitId, meetingId };
  const { person, memberId } = member;
  const act = async <T>(name: StepName, ask: () => Promise<Answer<T>>): Promise<Answer<T> | undefined> => {
    const meant = startedMs + PLAN[name] * 1000;
    const wait = meant - performance.now();
    if (wait > 0) await until(wait);
    try {
      const answer = await ask();
      count(answer.bytes);
      steps[name].add(performance.now() - Math.max(meant, startedMs));
      if (answer.status >= 400) steps[name].failed++;
      return answer;
    } catch (error) {
      // a broken connection is an outcome that is counted; whatever else goes wrong is a fault of this program
      if (!(error instanceof Error) || !('code' in error)) throw error;
      steps[name].failed++;
      return undefined;
    }
  };

  if (cold) {
    await act('renew', () => person.ask(renewSession, {}));
    const manifest = await act('manifest', () => person.read<BranchManifest>(`/content/live/${unitId}/branch.json`));
    const row = manifest?.body?.meetings?.find((meeting) => meeting.meetingId === meetingId);
    if (row) await act('pack', () => person.read<Pack>(`/${row.pack}`));
  }
  await act('live', () => person.read<LiveMeeting>(`/content/live/${unitId}/${meetingId}.json`));
  await act('mine', () => person.ask(mine, one));

  const first = await act('check-in', () => person.ask(checkIn, one));
  const again = await act('check-in again', () => person.ask(checkIn, one));
  if (first?.status === 200 || again?.status === 200) thanked.attendance.add(memberId);

  const actionId = newAction();
  const opinion = await act('opinion', () =>
    person.ask(giveOpinion, {
      ...one,
      actionId,
      text: `Tôi nhất trí với dự thảo nghị quyết (${actionId.slice(0, 8)})`,
    }),
  );
  if (opinion?.status === 200) thanked.opinions.set(opinion.body.opinionId, memberId);

  const ballot = await act('vote', () => person.ask(vote, { ...one, pollId, choice: 'agree' }));
  if (ballot?.status === 200) thanked.ballots.set(memberId, 'agree');
};

/** What one hall has stored, asked through the secretary after the vote is closed, against what was thanked for. */
export const compare = async (
  hall: Hall,
  thanked: Thanked,
): Promise<{ acknowledged: number; stored: number; lost: number; doubled: number }> => {
  const { secretary, unitId, meetingId, pollId } = hall;
  const one = { unitId, meetingId };
  await must('close the vote', secretary.ask(closePoll, { ...one, pollId }));
  const hands = { agree: 0, disagree: 0, other: 0 };
  const { meeting } = await must('the result', secretary.ask(publishResult, { ...one, pollId, hands }));
  const { roll, opinions } = await must('the desk', secretary.ask(desk, one));
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

export const newSteps = (): Record<StepName, Step> =>
  Object.fromEntries(stepNames.map((name) => [name, new Step(name)])) as Record<StepName, Step>; // one for each name
