import { describe, expect, it } from 'vitest';
import type { Instant } from '#shared/kernel/time.ts';
import { liveOf, manifestOf } from './live.ts';
import { POLL_SECONDS, pollSecondsIn } from './looks.ts';
import type { MeetingState } from './model.ts';
import { aMeeting, announced, aPresence, theBranch } from './testing.ts';

describe('what everyone sees', () => {
  it('holds no name and no id of a member', () => {
    const live = liveOf(aMeeting('open'), { roll: [aPresence('tam')], opinions: [], turns: 0 }, announced);
    expect(JSON.stringify(live)).not.toMatch(/tam|lan"|Nguyễn/);
    expect(live).toMatchObject({ attendance: { members: 3, present: 1 }, nextPollSeconds: 30 });
  });

  it.each([
    [50, 30],
    [51, 45],
  ])('is looked at less often in a hall of %i than in a small one: every %i seconds', (members, seconds) => {
    const meeting = { ...aMeeting('open'), expected: { members, exempt: [] } };
    expect(liveOf(meeting, { roll: [], opinions: [], turns: 0 }, announced).nextPollSeconds).toBe(seconds);
  });

  it('is looked at as before in a large hall while it waits, and nearly as closely while phones vote', () => {
    expect(pollSecondsIn(50)).toEqual(POLL_SECONDS);
    expect(pollSecondsIn(100)).toEqual({ ...POLL_SECONDS, open: 45, voting: 6 });
  });

  it('names published meetings, newest first, and the packs to be forgotten', () => {
    const row = (meetingId: string, state: MeetingState, startsAt: string, pack?: string) => ({
      meetingId: meetingId as never,
      kind: 'regular' as const,
      title: 't',
      place: 'p',
      startsAt: startsAt as Instant,
      state,
      ...(pack && { pack }),
    });
    const manifest = manifestOf(theBranch, [
      row('a', 'closed', '2026-10-03T12:30:00.000Z', 'pa'),
      row('b', 'preparing', '2026-12-03T12:30:00.000Z'),
      row('c', 'published', '2026-11-03T12:30:00.000Z', 'pc'),
      row('d', 'withdrawn', '2026-11-04T12:30:00.000Z', 'pd'),
    ]);
    expect(manifest.meetings.map(({ meetingId }) => meetingId)).toEqual(['c', 'a']);
    expect(manifest.withdrawn).toEqual(['pd']);
  });
});
