import type { UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { countRoll } from './attendance.ts';
import { doorOpensAt } from './door.ts';
import type { Evening } from './live-facts.ts';
import { POLL_SECONDS, pollSecondsIn } from './looks.ts';
import { type Resolution, resolutionNumber } from './minutes.ts';
import {
  type BranchManifest,
  dayOfMeeting,
  type LiveMeeting,
  type Meeting,
  type MeetingRow,
  type WordFiles,
} from './model.ts';
import type { Speaker } from './speakers.ts';
import { livePolls } from './voting.ts';

/** What everyone may see now. No name stands in it, and no result before its hour. */
export const liveOf = (
  meeting: Exclude<Meeting, { state: 'preparing' }>,
  record: Evening,
  now: Instant,
): Omit<LiveMeeting, 'seq' | 'at'> => {
  const begun = meeting.state === 'open' || meeting.state === 'closed';
  const { present, members } = countRoll(meeting.expected, record.roll);
  return {
    nextPollSeconds: pollSeconds(meeting, now),
    state: meeting.state,
    pack: meeting.pack,
    ...(meeting.asksCode && { asksCode: true }),
    ...(begun && { startedAt: meeting.startedAt, stepId: meeting.stepId }),
    ...(meeting.state === 'closed' && { endedAt: meeting.endedAt }),
    attendance: { present, members },
    guests: begun ? meeting.guests.length : 0,
    opinions: {
      given: record.opinions.length,
      answered: record.opinions.filter((opinion) => opinion.answer !== undefined).length,
    },
    ...(record.turns && { turns: record.turns }),
    polls: begun ? livePolls(meeting.polls, dayOfMeeting(meeting)) : [],
  };
};

/** Asked, begun and over each count once: the number rises with every change, and tells no name. */
export const turnsOf = (speakers: readonly Speaker[]): number =>
  speakers.reduce(
    (sum, { startedAt, endedAt, gaveUpAt }) =>
      sum + 1 + [startedAt, endedAt, gaveUpAt].filter((at) => at !== undefined).length,
    0,
  );

/** Papers that the whole branch may read: those of a meeting to which the whole branch was called. */
export const settledPapers = (
  meeting: Meeting,
  { words, resolution }: { readonly words: WordFiles; readonly resolution: Resolution | undefined },
): LiveMeeting['papers'] => {
  if (meeting.invited || (!words.minutes && !words.resolution)) return undefined;
  return {
    ...(words.minutes && { minutes: { path: words.minutes } }),
    ...(words.resolution &&
      resolution && { resolution: { path: words.resolution, number: resolutionNumber(resolution) } }),
  };
};

const pollSeconds = (meeting: Meeting, now: Instant): number => {
  if (meeting.state === 'closed' || meeting.state === 'withdrawn') return POLL_SECONDS.over;
  if (meeting.state === 'open') {
    const every = pollSecondsIn(meeting.expected.members);
    return meeting.polls.some(({ state }) => state === 'open' || state === 'closed') ? every.voting : every.open;
  }
  return now >= doorOpensAt(meeting.startsAt) ? POLL_SECONDS.door : POLL_SECONDS.waiting;
};

/** Meetings that the branch's manifest names at most: two years of months. */
const MANIFEST_MEETINGS = 24;

/** Whether the whole branch may know of it; a meeting of a few stands in no file that all may read. Source: access.md §4. */
export const isForAll = ({ invited }: Pick<MeetingRow, 'invited'>): boolean => invited === undefined;

/** A published meeting as lists show it; nothing while it is prepared or when it was withdrawn. */
export const listed = (row: MeetingRow): BranchManifest['meetings'] => {
  const { meetingId, kind, title, place, startsAt, state, endedAt, pack } = row;
  if (pack === undefined || state === 'preparing' || state === 'withdrawn') return [];
  return [{ meetingId, kind, title, place, startsAt, state, pack, ...(endedAt !== undefined && { endedAt }) }];
};

/** The branch's list as phones read it: newest first; what was never published, or is not for all, is not in it. */
export const manifestOf = (
  unitId: UnitId,
  rows: readonly MeetingRow[],
): Pick<BranchManifest, 'unitId' | 'meetings' | 'withdrawn'> => ({
  unitId,
  meetings: rows
    .filter(isForAll)
    .flatMap(listed)
    .sort((a, b) => b.startsAt.localeCompare(a.startsAt))
    .slice(0, MANIFEST_MEETINGS),
  withdrawn: rows.flatMap(({ state, pack }) => (state === 'withdrawn' && pack !== undefined ? [pack] : [])),
});
