import { describe, expect, it } from 'vitest';
import type { MeetingId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { arrange, type BranchMeeting, newsOf, seenOf } from './branch.ts';

const NOW = '2026-11-03T12:00:00.000Z' as Instant;
const aRow = (meetingId: string, startsAt: string, state: BranchMeeting['state'], pack = 'p1'): BranchMeeting => ({
  meetingId: meetingId as MeetingId,
  kind: 'regular',
  title: `Sinh hoạt ${meetingId}`,
  place: 'Nhà văn hóa thôn Nam',
  startsAt: startsAt as Instant,
  state,
  pack,
});
const tonight = aRow('nov', '2026-11-03T12:30:00.000Z', 'published');
const nextMonth = aRow('dec', '2026-12-03T12:30:00.000Z', 'published');
const lastMonth = aRow('oct', '2026-10-03T12:30:00.000Z', 'closed');

describe('what is next', () => {
  it('is the nearest meeting that is still awaited', () => {
    const { next, later, earlier } = arrange([nextMonth, tonight, lastMonth], NOW);
    expect([next, later, earlier]).toEqual([tonight, [nextMonth], [lastMonth]]);
  });

  it('is the open meeting before any other', () => {
    const open = aRow('sep', '2026-09-03T12:30:00.000Z', 'open');
    expect(arrange([nextMonth, tonight, open], NOW).next).toEqual(open);
  });

  it('is no meeting that was announced for a day long past and never began', () => {
    const forgotten = aRow('jan', '2026-01-03T12:30:00.000Z', 'published');
    const { next, earlier } = arrange([forgotten], NOW);
    expect([next, earlier]).toEqual([undefined, [forgotten]]);
  });

  it('is still the one that should have begun an hour ago', () => {
    const late = aRow('nov', '2026-11-03T11:00:00.000Z', 'published');
    expect(arrange([late], NOW).next).toEqual(late);
  });
});

describe('what is new', () => {
  it('is nothing when the list is as it was', () => {
    expect(newsOf([tonight, lastMonth], seenOf([tonight, lastMonth]))).toEqual([]);
  });

  it('names what was announced, changed, begun and ended', () => {
    const seen = seenOf([tonight, { ...lastMonth, state: 'open' }]);
    const changed = { ...tonight, pack: 'p2' };
    expect(newsOf([nextMonth, changed, lastMonth], seen).map(({ change }) => change)).toEqual([
      'announced',
      'changed',
      'ended',
    ]);
    expect(newsOf([{ ...tonight, state: 'open' }], seen).map(({ change }) => change)).toEqual(['begun']);
  });

  it('is never more than five lines', () => {
    const many = Array.from({ length: 9 }, (_, at) => aRow(`m${at}`, '2026-11-03T12:30:00.000Z', 'published'));
    expect(newsOf(many, {})).toHaveLength(5);
  });
});
