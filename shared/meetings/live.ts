import type { UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { countRoll } from './attendance.ts';
import { doorOpensAt } from './door.ts';
import {
  type Attendance,
  type BranchManifest,
  dayOfMeeting,
  type LiveMeeting,
  type Meeting,
  type MeetingRow,
  type Opinion,
} from './model.ts';
import { livePolls } from './voting.ts';

/** Seconds between looks: a vote is followed closely, a waiting hall seldom. Source: burst.md §5.1. */
const POLL_SECONDS = { voting: 5, open: 20, door: 30, waiting: 60, over: 0 } as const;

/** What everyone may see now. No name stands in it, and no result before its hour. */
export const liveOf = (
  meeting: Exclude<Meeting, { state: 'preparing' }>,
  record: {
    readonly roll: readonly Attendance[];
    readonly opinions: readonly Opinion[];
  },
  now: Instant,
): Omit<LiveMeeting, 'seq' | 'at'> => {
  const begun = meeting.state === 'open' || meeting.state === 'closed';
  return {
    meetingId: meeting.meetingId,
    unitId: meeting.unitId,
    nextPollSeconds: pollSeconds(meeting, now),
    state: meeting.state,
    pack: meeting.pack,
    ...(meeting.asksCode && { asksCode: true }),
    ...(begun && { startedAt: meeting.startedAt, stepId: meeting.stepId }),
    ...(meeting.state === 'closed' && { endedAt: meeting.endedAt }),
    attendance: countRoll(meeting.expected, record.roll),
    guests: begun ? meeting.guests.length : 0,
    opinions: {
      given: record.opinions.length,
      answered: record.opinions.filter((opinion) => opinion.answer !== undefined).length,
    },
    polls: begun ? livePolls(meeting.polls, dayOfMeeting(meeting)) : [],
  };
};

const pollSeconds = (meeting: Meeting, now: Instant): number => {
  if (meeting.state === 'closed' || meeting.state === 'withdrawn') return POLL_SECONDS.over;
  if (meeting.state === 'open') {
    const voting = meeting.polls.some(({ state }) => state === 'open' || state === 'closed');
    return voting ? POLL_SECONDS.voting : POLL_SECONDS.open;
  }
  return now >= doorOpensAt(meeting.startsAt) ? POLL_SECONDS.door : POLL_SECONDS.waiting;
};

/** Meetings that the branch's manifest names at most: two years of months. */
const MANIFEST_MEETINGS = 24;

/** The branch's list as phones read it: newest first; what was never published is not in it. */
export const manifestOf = (
  unitId: UnitId,
  rows: readonly MeetingRow[],
): Pick<BranchManifest, 'unitId' | 'meetings' | 'withdrawn'> => ({
  unitId,
  meetings: rows
    .flatMap(({ state, pack, ...row }) =>
      pack !== undefined && (state === 'published' || state === 'open' || state === 'closed')
        ? [{ ...row, state, pack }]
        : [],
    )
    .sort((a, b) => b.startsAt.localeCompare(a.startsAt))
    .slice(0, MANIFEST_MEETINGS),
  withdrawn: rows.flatMap(({ state, pack }) => (state === 'withdrawn' && pack !== undefined ? [pack] : [])),
});
