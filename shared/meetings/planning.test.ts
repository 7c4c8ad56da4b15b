import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMilliseconds, DAY_MS, HOUR_MS, type Instant } from '#shared/kernel/time.ts';
import { type MeetingKind, type MeetingRow, type MeetingState, meetingKinds } from './model.ts';
import { decidePublish, decideRevision, decideWithdraw, mayMove } from './planning.ts';
import { draftsOf, lastOf, proposePlan, stepsOf } from './preparation.ts';
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

  it('takes for the last meeting the newest that was announced or held, never a draft that was begun and left', () => {
    const row = (state: MeetingState, startsAt: string, kind: MeetingKind = 'regular') =>
      ({ meetingId: startsAt, kind, state, title: '', place: '', startsAt }) as unknown as MeetingRow;
    const held = row('closed', '2026-10-03T12:30:00.000Z');
    const draft = row('preparing', '2026-11-03T12:30:00.000Z');
    const others = [
      row('withdrawn', '2026-12-03T12:30:00.000Z'),
      row('closed', '2026-12-01T12:30:00.000Z', 'thematic'),
    ];
    expect(lastOf([draft, held, ...others], 'regular')).toBe(held);
    const announcedToo = row('published', '2026-12-03T12:30:00.000Z');
    expect(lastOf([draft, held, announcedToo], 'regular')).toBe(announcedToo);
    expect(lastOf([draft], 'regular')).toBe(draft);
    expect(lastOf([held], 'committee')).toBeUndefined();
    // a draft that is added anywhere changes nothing
    fc.assert(
      fc.property(fc.array(fc.constantFrom('2026-09', '2026-11', '2027-01'), { maxLength: 4 }), (months) => {
        const drafts = months.map((month) => row('preparing', `${month}-03T12:30:00.000Z`));
        expect(lastOf([...drafts, held], 'regular')).toBe(held);
      }),
    );
  });

  it('offers the drafts of this month and later to go on with, the nearest first; older ones were given up', () => {
    const row = (state: MeetingState, startsAt: string) => ({ state, startsAt }) as unknown as MeetingRow;
    const rows = [
      row('preparing', '2026-12-03T12:30:00.000Z'),
      row('published', '2026-11-20T12:30:00.000Z'),
      row('preparing', '2026-11-03T12:30:00.000Z'),
      // the last day of October in Viet Nam
      row('preparing', '2026-10-31T16:59:00.000Z'),
    ];
    const now = '2026-11-21T00:00:00.000Z' as Instant;
    expect(draftsOf(rows, now)).toEqual([rows[2], rows[0]]);
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
    const years = addMilliseconds(announced, 40 * 366 * DAY_MS);
    expect(publishing({ startsAt: years })).toMatchObject({ code: 'too-far-ahead' });
    expect(publishing({ startsAt: addMilliseconds(announced, 366 * DAY_MS) }).ok).toBe(true);
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
