import { describe, expect, it } from 'vitest';
import type { Instant } from '#shared/kernel/time.ts';
import { doorOpensAt } from '#shared/meetings/rules.ts';
import { isDoorOpen, nextOf } from './next.ts';

const row = (meetingId: string, state: 'published' | 'open' | 'closed', startsAt: string) => ({
  meetingId: meetingId as never,
  kind: 'regular' as const,
  title: meetingId,
  place: '',
  startsAt: startsAt as Instant,
  state,
  pack: '',
});
const now = '2026-11-03T12:00:00.000Z' as Instant;

describe('the meeting on the first card', () => {
  it('is the open one, else the soonest to come, and never one long past', () => {
    const coming = row('coming', 'published', '2026-11-03T12:30:00.000Z');
    const later = row('later', 'published', '2026-12-03T12:30:00.000Z');
    const forgotten = row('forgotten', 'published', '2026-11-01T12:30:00.000Z');
    const held = row('held', 'closed', '2026-11-03T09:00:00.000Z');
    expect(nextOf([later, coming, forgotten, held], now)?.title).toBe('coming');
    expect(nextOf([coming, row('open', 'open', '2026-11-03T11:30:00.000Z')], now)?.title).toBe('open');
    expect(nextOf([forgotten, held], now)).toBeUndefined();
  });

  it('has its door open when the server says so too', () => {
    const { startsAt } = row('a', 'published', '2026-11-03T12:30:00.000Z');
    const border = doorOpensAt(startsAt);
    expect(isDoorOpen({ state: 'published', startsAt }, border)).toBe(true);
    expect(isDoorOpen({ state: 'published', startsAt }, '2026-11-03T11:29:59.999Z' as Instant)).toBe(false);
  });
});
