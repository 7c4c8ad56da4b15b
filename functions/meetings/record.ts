import type { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import type { OutputOf } from '#shared/kernel/operation.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { countRoll, isInvited, rollOf } from '#shared/meetings/attendance.ts';
import { resultsOf } from '#shared/meetings/carried.ts';
import type { desk, deskNow } from '#shared/meetings/contract.ts';
import type { MinutesRecord } from '#shared/meetings/minutes.ts';
import { dayOfMeeting, type Meeting, type MeetingRow } from '#shared/meetings/model.ts';
import type { VotingBase } from '#shared/meetings/poll.ts';
import { type Proposal, proposeRating } from '#shared/meetings/rating.ts';
import { decisionOn, tallyOf, votingBase } from '#shared/meetings/voting.ts';
import { rosterOf } from './store/attendance.ts';
import { boxOf } from './store/box.ts';
import { eveningOf } from './store/evening.ts';
import { meetingsOf } from './store/meetings.ts';
import { branchTasksOf, carriedIn } from './store/tasks.ts';
import { type WholeMeeting, wholeMeetingOf } from './store/whole.ts';

type Ref = Readonly<{ unitId: UnitId; meetingId: MeetingId }>;

/** Everything that is known of a meeting, as its minutes need it. */
export const wholeRecordOf = async (ref: Ref): Promise<WholeRecord | undefined> => {
  const [whole, roster, rows, branchTasks] = await Promise.all([
    wholeMeetingOf(ref),
    rosterOf(ref.unitId),
    meetingsOf(ref.unitId),
    branchTasksOf(ref.unitId),
  ]);
  if (!whole) return undefined;
  const { conclusion, rating } = whole.papers;
  const carried = carriedIn(whole.meeting, branchTasks, rows);
  return { ...whole, members: rollOf(whole.meeting, roster), carried, conclusion, rating, rows };
};

/** What the branch's own rows say of its other meetings goes with it. */
type WholeRecord = MinutesRecord & WholeMeeting & { readonly rows: readonly MeetingRow[] };

/** Who of this meeting may vote by raised hand on its own papers, as the hall stands: a committee meeting counts its invited. */
export const baseOf = async (meeting: Meeting): Promise<VotingBase> => {
  const [roster, { roll: attendance }] = await Promise.all([rosterOf(meeting.unitId), eveningOf(meeting)]);
  const day = dayOfMeeting(meeting);
  const roll = rollOf(meeting, roster).filter(({ memberId }) => isInvited(meeting, memberId));
  return votingBase(decisionOn('rating', day), roll, attendance, day);
};

type Desk = OutputOf<typeof desk>;
type DeskNow = OutputOf<typeof deskNow>;

/** What the record says of each criterion of the meeting's mark; nothing before it began. */
export const proposalsOf = (record: WholeRecord, now: Instant): Proposal[] => {
  const { meeting, roll, opinions, papers, rows } = record;
  if (meeting.state !== 'open' && meeting.state !== 'closed') return [];
  const committee = rows.find(
    ({ kind, state, startsAt }) => kind === 'committee' && state === 'closed' && startsAt < meeting.startsAt,
  );
  return proposeRating(meeting, {
    counts: countRoll(meeting.expected, roll),
    opinions,
    concluded: (papers.conclusion?.conclusion ?? '') !== '',
    adopted: papers.minutes?.state === 'adopted',
    results: resultsOf(meeting, record.carried ?? []),
    committeeMetAt: committee?.endedAt,
    now,
  });
};

/** What the secretary's desk shows; what phones chose is not in it before the vote is closed. */
export const deskOf = async (ref: Ref, now: Instant): Promise<Desk | undefined> => {
  const record = await wholeRecordOf(ref);
  if (!record) return undefined;
  const { plan, members } = record;
  return {
    ...(await movingOf(ref, record)),
    plan,
    members: [...members],
    carried: [...(record.carried ?? [])],
    proposals: proposalsOf(record, now),
  };
};

/** The same without what no act of the hall changes. */
export const deskNowOf = async (ref: Ref): Promise<DeskNow | undefined> => {
  const whole = await wholeMeetingOf(ref);
  return whole && movingOf(ref, whole);
};

const movingOf = async (ref: Ref, whole: WholeMeeting): Promise<DeskNow> => {
  const { meeting, roll, absences, opinions, tasks, papers } = whole;
  const { conclusion, rating, course, minutes, resolution, words } = papers;
  return {
    meeting,
    roll: [...roll],
    absences: [...absences],
    opinions: [...opinions],
    turnout: await turnoutOf(ref, whole),
    conclusion,
    tasks: [...tasks],
    rating,
    course,
    minutes,
    resolution,
    words,
  };
};

const turnoutOf = async (ref: Ref, { meeting, ballotsOf, givenOf }: WholeMeeting): Promise<Desk['turnout']> => {
  if (meeting.state !== 'open' && meeting.state !== 'closed') return {};
  const polls = meeting.polls.filter(({ state }) => state !== 'created');
  const counted = await Promise.all(
    polls.map(async ({ pollId, state, secret }) => {
      const ballots = secret ? await boxOf({ ...ref, pollId }) : ballotsOf(pollId);
      const given = secret ? givenOf(pollId) : undefined;
      const tally = state === 'open' ? {} : { tally: tallyOf(ballots) };
      return [pollId, { voted: ballots.length, ...(given !== undefined && { given }), ...tally }] as const;
    }),
  );
  return Object.fromEntries(counted) as Desk['turnout']; // keys are poll ids
};
