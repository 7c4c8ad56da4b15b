import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMilliseconds, type Instant, MINUTE_MS } from '#shared/kernel/time.ts';
import type { MeetingIn } from './model.ts';
import { leastMinutesOf, paceOf } from './pace.ts';
import { stepsOf } from './preparation.ts';
import { aMeeting, announced, theDay } from './testing.ts';

const agenda = stepsOf('regular', theDay);
const minute = (minutes: number): Instant => addMilliseconds(announced, minutes * MINUTE_MS);
const at = (stepId: string, entered: number): MeetingIn<'open'> => ({
  ...aMeeting('open'),
  stepId,
  steps: [
    { stepId: 'reason', at: announced },
    { stepId, at: minute(entered) },
  ],
});

describe('how an evening runs', () => {
  it('on time ends when it was planned to', () => {
    const pace = paceOf(at('report', 10), agenda, minute(15));
    expect(pace).toMatchObject({
      inStep: 5 * MINUTE_MS,
      stepOver: false,
      behind: 0,
      endsAt: minute(90),
      shortAtEnd: 0,
    });
  });

  it('in a step that takes too long ends later by that much', () => {
    const pace = paceOf(at('report', 10), agenda, minute(32));
    expect(pace).toMatchObject({ stepOver: true, behind: 12 * MINUTE_MS, endsAt: minute(102) });
  });

  it('that hurries says how much it would miss of the 90 minutes', () => {
    const pace = paceOf(at('minutes', 40), agenda, minute(42));
    expect(pace).toMatchObject({ least: 90, shortNow: 48 * MINUTE_MS, shortAtEnd: 45 * MINUTE_MS });
  });

  it('never ends in the past, and misses less of the least time the later it is', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.constantFrom(...agenda.map(({ id }) => id)), (entered, more, stepId) => {
        const [now, later] = [minute(entered), minute(entered + more)];
        const [pace, next] = [paceOf(at(stepId, entered), agenda, now), paceOf(at(stepId, entered), agenda, later)];
        expect(pace.endsAt >= now).toBe(true);
        expect(next.shortNow).toBeLessThanOrEqual(pace.shortNow);
        expect(pace.shortAtEnd).toBeLessThanOrEqual(pace.shortNow);
      }),
    );
  });
});

it('a regular meeting with a thematic part takes 120 minutes at least, a committee none', () => {
  const topic = stepsOf('thematic', theDay).filter(({ id }) => id === 'topic');
  expect(leastMinutesOf('regular', agenda, theDay)).toBe(90);
  expect(leastMinutesOf('regular', [...agenda, ...topic], theDay)).toBe(120);
  expect(leastMinutesOf('committee', stepsOf('committee', theDay), theDay)).toBe(0);
});
