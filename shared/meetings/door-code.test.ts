import { describe, expect, it } from 'vitest';
import { addMilliseconds, DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '#shared/kernel/time.ts';
import { doorOpensAt } from './door.ts';
import { CODE_LASTS_MS, codeOf, SENT_LATER_MS, shownAt, stepAt, whenShown } from './door-code.ts';
import { aMeeting, announced } from './testing.ts';

const secret = 'MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI'; // the key of RFC 6238's examples for SHA-256
const at = (minutes: number): Instant => addMilliseconds(announced, minutes * MINUTE_MS);
const codeAt = (minutes: number) => codeOf(secret, stepAt(at(minutes)));
const seen = async (code: string, now: Instant, meeting: Parameters<typeof whenShown>[0] = aMeeting('open')) =>
  whenShown(meeting, secret, code, now);

describe('the code of the hall', () => {
  it('is the one of RFC 6238, in six digits', async () => {
    // its table gives eight digits for steps of 30 s: 46119246, 68084774, 67062674
    expect(await Promise.all([1, 37_037_036, 37_037_037].map((step) => codeOf(secret, step)))).toEqual([
      '119246',
      '084774',
      '062674',
    ]);
  });

  it('is current while it is shown, a little longer, and a moment early by a hall clock that runs ahead', async () => {
    for (const minutes of [-1, 0, 1, 2])
      expect(await seen(await codeAt(10), at(10 + minutes))).toEqual({ is: 'current' });
    expect(await seen(await codeAt(10), at(13))).toEqual({ is: 'earlier', shownAt: shownAt(stepAt(at(10))) });
    expect(await seen(await codeAt(10), at(8))).toEqual({ is: 'wrong' });
  });

  it('tells itself when it was shown, whatever any phone believes, up to three days later', async () => {
    const closed = aMeeting('closed');
    const shown = shownAt(stepAt(at(20)));
    expect(await seen(await codeAt(20), addMilliseconds(announced, 2 * DAY_MS), closed)).toEqual({
      is: 'earlier',
      shownAt: shown,
    });
    const last = addMilliseconds(shown, SENT_LATER_MS);
    expect(await seen(await codeAt(20), last, closed)).toMatchObject({ is: 'earlier' });
    expect(await seen(await codeAt(20), addMilliseconds(last, CODE_LASTS_MS), closed)).toEqual({ is: 'wrong' });
  });

  it('is none of this meeting before the door opens or after the end', async () => {
    const closed = aMeeting('closed');
    const later = addMilliseconds(closed.endedAt, 10 * HOUR_MS);
    const before = addMilliseconds(doorOpensAt(announced), -MINUTE_MS);
    const after = addMilliseconds(closed.endedAt, MINUTE_MS);
    expect(await seen(await codeOf(secret, stepAt(before)), later, closed)).toEqual({ is: 'wrong' });
    expect(await seen(await codeOf(secret, stepAt(after)), later, closed)).toEqual({ is: 'wrong' });
    // in the two minutes after the end a code is already one that came late
    expect(await seen(await codeOf(secret, stepAt(closed.endedAt)), after, closed)).toMatchObject({ is: 'earlier' });
  });

  it('leaves a guesser of ten numbers less than one chance in three hundred', async () => {
    const shown = new Set<string>();
    for (let minutes = -60; minutes <= 180; minutes++) shown.add(await codeAt(minutes));
    expect((shown.size * 10) / 1_000_000).toBeLessThan(1 / 300);
  });
});
