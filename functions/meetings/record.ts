import type { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import type { OutputOf } from '#shared/kernel/operation.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { countRoll, rollOf } from '#shared/meetings/attendance.ts';
import type { desk } from '#shared/meetings/contract.ts';
import type { MinutesRecord } from '#shared/meetings/minutes.ts';
import { proposeRating } from '#shared/meetings/rating.ts';
import { tallyOf } from '#shared/meetings/voting.ts';
import { rosterOf } from './store/attendance.ts';
import { ballotsOf, countGiven } from './store/ballots.ts';
import { boxOf } from './store/box.ts';
import { type EveningRecord, eveningOf } from './store/evening.ts';
import { meetingsOf, type Prepared, preparedOf } from './store/meetings.ts';
import { type Papers, papersOf, tasksOf } from './store/papers.ts';

type Ref = Readonly<{ unitId: UnitId; meetingId: MeetingId }>;

/** Everything that is known of a meeting, as its minutes need it. */
export const wholeRecordOf = async (
  ref: Ref,
): Promise<(MinutesRecord & Prepared & EveningRecord & { readonly papers: Papers }) | undefined> => {
  const [prepared, roster, evening, papers, tasks] = await Promise.all([
    preparedOf(ref),
    rosterOf(ref.unitId),
    eveningOf(ref),
    papersOf(ref),
    tasksOf(ref),
  ]);
  if (!prepared) return undefined;
  const { conclusion, rating } = papers;
  return { ...prepared, ...evening, members: rollOf(prepared.meeting, roster), tasks, conclusion, rating, papers };
};

type Desk = OutputOf<typeof desk>;

/** What the secretary's desk shows; what phones chose is not in it before the vote is closed. */
export const deskOf = async (ref: Ref, now: Instant): Promise<Desk | undefined> => {
  const [record, meetings] = await Promise.all([wholeRecordOf(ref), meetingsOf(ref.unitId)]);
  if (!record) return undefined;
  const { meeting, plan, members, roll, opinions, tasks, papers } = record;
  const { conclusion, rating, minutes, resolution, words } = papers;
  const committee = meetings.find(
    ({ kind, state, startsAt }) => kind === 'committee' && state === 'closed' && startsAt < meeting.startsAt,
  );
  const begun = meeting.state === 'open' || meeting.state === 'closed';
  const proposals = begun
    ? proposeRating(meeting, {
        counts: countRoll(meeting.expected, roll),
        opinions,
        concluded: (conclusion?.conclusion ?? '') !== '',
        adopted: minutes?.state === 'adopted',
        committeeMetAt: committee?.endedAt,
        now,
      })
    : [];
  return {
    meeting,
    plan,
    members: [...members],
    roll: [...roll],
    absences: [...record.absences],
    opinions: [...opinions],
    turnout: await turnoutOf(ref, meeting),
    conclusion,
    tasks: [...tasks],
    rating,
    proposals,
    minutes,
    resolution,
    words,
  };
};

const turnoutOf = async (ref: Ref, meeting: Prepared['meeting']): Promise<Desk['turnout']> => {
  if (meeting.state !== 'open' && meeting.state !== 'closed') return {};
  const polls = meeting.polls.filter(({ state }) => state !== 'created');
  const counted = await Promise.all(
    polls.map(async ({ pollId, state, secret }) => {
      const [ballots, given] = await Promise.all([
        secret ? boxOf({ ...ref, pollId }) : ballotsOf(ref, pollId),
        secret ? countGiven(ref, pollId) : undefined,
      ]);
      const tally = state === 'open' ? {} : { tally: tallyOf(ballots) };
      return [pollId, { voted: ballots.length, ...(given !== undefined && { given }), ...tally }] as const;
    }),
  );
  return Object.fromEntries(counted) as Desk['turnout']; // keys are poll ids
};
