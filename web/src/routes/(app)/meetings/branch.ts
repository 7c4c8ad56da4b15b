import { HOUR_MS, type Instant, millisecondsOf } from '#shared/kernel/time.ts';
import type { BranchManifest } from '#shared/meetings/shown.ts';

export type BranchMeeting = BranchManifest['meetings'][number];

/** A meeting that has not begun is still awaited this long after its announced time. */
const AWAITED_MS = 12 * HOUR_MS;

/** What is next, what comes after it, and what was: the open meeting first, else the nearest that is still awaited. */
export const arrange = (
  meetings: readonly BranchMeeting[],
  now: Instant,
): { readonly next: BranchMeeting | undefined; readonly later: BranchMeeting[]; readonly earlier: BranchMeeting[] } => {
  const awaited = (row: BranchMeeting) =>
    row.state === 'published' && millisecondsOf(row.startsAt) > millisecondsOf(now) - AWAITED_MS;
  const coming = meetings.filter(awaited).toSorted((a, b) => a.startsAt.localeCompare(b.startsAt));
  const open = meetings.filter(({ state }) => state === 'open');
  const [next, ...later] = [...open, ...coming];
  const earlier = meetings.filter((row) => row.state !== 'open' && !awaited(row));
  return { next, later, earlier };
};

/** Whoever looks on the day, be it in the morning, brings the evening along. */
const NEAR_MS = 24 * HOUR_MS;

/** Whether the meeting is so near that what it reads may come to the phone now. */
export const isNear = ({ startsAt }: BranchMeeting, now: Instant): boolean =>
  millisecondsOf(startsAt) - millisecondsOf(now) < NEAR_MS;

/**
 * Milliseconds until it does: drawn, so that phones that one reminder woke do not all ask in the same moment, and short,
 * since whoever looks at the list for a moment only is to have it too.
 */
export const drawnWait = (): number => 2_000 + Math.random() * 13_000;

/** What a phone remembers of the branch's list: state and pack of each meeting. */
export type Seen = Readonly<Record<string, string>>;
export const seenOf = (meetings: readonly BranchMeeting[]): Seen =>
  Object.fromEntries(meetings.map(({ meetingId, state, pack }) => [meetingId, `${state} ${pack}`]));

export interface News {
  readonly meeting: BranchMeeting;
  readonly change: 'announced' | 'changed' | 'begun' | 'ended';
}

/** Lines of "what is new": more would not be read. Source: looks.md. */
const MOST_NEWS = 5;

/** What has changed in the branch's list since it was last seen, the newest meeting first. */
export const newsOf = (meetings: readonly BranchMeeting[], seen: Seen): readonly News[] =>
  meetings
    .flatMap((meeting): News[] => {
      const [state, pack] = seen[meeting.meetingId]?.split(' ') ?? [];
      if (state === meeting.state) return pack === meeting.pack ? [] : [{ meeting, change: 'changed' }];
      if (meeting.state === 'open') return [{ meeting, change: 'begun' }];
      if (meeting.state === 'closed') return [{ meeting, change: 'ended' }];
      return [{ meeting, change: 'announced' }];
    })
    .slice(0, MOST_NEWS);
