import { describe, expect, it } from 'vitest';
import { addMilliseconds, HOUR_MS, type Instant } from '#shared/kernel/time.ts';
import { type MeetingState, meetingKinds } from './model.ts';
import { decidePublish, decideRevision, decideWithdraw, mayMove } from './planning.ts';
import { proposePlan, stepsOf } from './preparation.ts';
import { aMeeting, announced, aPlan, aRollMember, theDay } from './testing.ts';

const states: MeetingState[] = ['preparing', 'published', 'withdrawn', 'open', 'closed'];

describe('preparing and publishing', () => {
  const pack = { hash: 'b'.repeat(64), roll: [aRollMember('lan')] };

  it("proposes next month's meeting on the same day, at the same time and place", () => {
    const plan = proposePlan('regular', aPlan(), '2026-11-21T00:00:00.000Z' as Instant);
    expect(plan).toMatchObject({
      title: 'Sinh hoạt chi bộ thường kỳ tháng 12/2026',
      startsAt: '2026-12-03T12:30:00.000Z',
      place: 'Nhà văn hóa thôn Nam',
      chairId: 'lan',
      scribeId: 'tu',
    });
  });

  it('proposes the usual day to a branch that never met, and the last day of a short month for the 31st', () => {
    const now = '2026-01-20T00:00:00.000Z' as Instant;
    expect(proposePlan('regular', undefined, now).startsAt).toBe('2026-02-03T12:30:00.000Z');
    const last = aPlan({ startsAt: '2026-01-31T12:30:00.000Z' as Instant });
    expect(proposePlan('regular', last, '2026-02-05T00:00:00.000Z' as Instant).startsAt).toBe(
      '2026-02-28T12:30:00.000Z',
    );
  });

  it('has steps of every kind, each once, in the order of the phases', () => {
    for (const kind of meetingKinds) {
      const steps = stepsOf(kind, theDay);
      const order = steps.map(({ phase }) => ['open', 'conduct', 'close'].indexOf(phase));
      expect(order).toEqual([...order].sort());
      expect(order).not.toContain(-1);
      expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    }
  });

  it('plans the ninety and the hundred and twenty minutes of the guide', () => {
    const minutes = (kind: 'regular' | 'thematic') =>
      stepsOf(kind, theDay).reduce((sum, step) => sum + step.minutes, 0);
    expect([minutes('regular'), minutes('thematic')]).toEqual([90, 120]);
  });

  it('asks for a place, a chair and a scribe, and for a day that has not passed', () => {
    const meeting = aMeeting('preparing');
    const publishing = (plan: Parameters<typeof aPlan>[0], now = announced) =>
      decidePublish(meeting, aPlan(plan), pack, now);
    expect(publishing({ place: '' })).toMatchObject({ code: 'place-missing' });
    expect(publishing({ chairId: undefined })).toMatchObject({ code: 'chair-missing' });
    expect(publishing({ scribeId: undefined })).toMatchObject({ code: 'scribe-missing' });
    expect(publishing({}, addMilliseconds(announced, 25 * HOUR_MS))).toMatchObject({ code: 'already-past' });
    expect(publishing({})).toMatchObject({ ok: true, value: { state: 'published', expected: { members: 1 } } });
  });

  it('keeps the first moment of publication when it is published again', () => {
    const first = aMeeting('published');
    const again = decidePublish(first, aPlan(), pack, addMilliseconds(first.publishedAt, HOUR_MS));
    expect(again).toMatchObject({ value: { publishedAt: first.publishedAt, pack: pack.hash } });
  });

  it('moves on only', () => {
    for (const from of states) {
      expect(mayMove(from, 'preparing')).toBe(false);
      for (const last of ['closed', 'withdrawn'] as const) expect(mayMove(last, from)).toBe(false);
    }
    for (const state of ['open', 'closed', 'withdrawn'] as const) {
      expect(decideRevision(aMeeting(state), aPlan())).toMatchObject({ code: 'wrong-state' });
      expect(decidePublish(aMeeting(state), aPlan(), pack, announced)).toMatchObject({ code: 'wrong-state' });
    }
    expect(decideWithdraw(aMeeting('open'), announced)).toMatchObject({ code: 'wrong-state' });
  });
});
