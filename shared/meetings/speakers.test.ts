import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemberId } from '#shared/kernel/ids.ts';
import { addMilliseconds, MINUTE_MS } from '#shared/kernel/time.ts';
import {
  aheadOf,
  decideEnd,
  decideNext,
  decideTurn,
  type Speaker,
  speaking,
  spokenFor,
  standingOf,
  waiting,
} from './speakers.ts';
import { aMeeting, announced } from './testing.ts';

const at = (minutes: number) => addMilliseconds(announced, minutes * MINUTE_MS);
const turnOf = (name: string, minutes: number, over: Partial<Speaker> = {}): Speaker => ({
  speakerId: `turn-${name}`,
  memberId: name as MemberId,
  stepId: 'reason',
  askedAt: at(minutes),
  recordedBy: name as MemberId,
  ...over,
});
const asked = (name: string) => ({
  speakerId: `new-${name}`,
  memberId: name as MemberId,
  recordedBy: name as MemberId,
});
const now = at(10);

describe('the list of speakers', () => {
  it('takes a hand in an open meeting only, of those invited only', () => {
    expect(decideTurn(aMeeting('open'), asked('tam'), { speakers: [], now })).toMatchObject({
      ok: true,
      value: { memberId: 'tam', stepId: 'reason', askedAt: now },
    });
    expect(decideTurn(aMeeting('published'), asked('tam'), { speakers: [], now })).toEqual({
      ok: false,
      code: 'wrong-state',
    });
    expect(decideTurn(aMeeting('closed'), asked('tam'), { speakers: [], now })).toEqual({
      ok: false,
      code: 'wrong-state',
    });
    const few = { ...aMeeting('open'), invited: ['lan' as MemberId] };
    expect(decideTurn(few, asked('tam'), { speakers: [], now })).toEqual({ ok: false, code: 'not-invited' });
  });

  it('keeps the place of who waits or speaks already; who has spoken may ask again', () => {
    const waits = turnOf('tam', 1);
    expect(decideTurn(aMeeting('open'), asked('tam'), { speakers: [waits], now })).toEqual({ ok: true, value: waits });
    const spoke = turnOf('tam', 1, { startedAt: at(2), endedAt: at(4) });
    expect(decideTurn(aMeeting('open'), asked('tam'), { speakers: [spoke], now })).toMatchObject({
      value: { askedAt: now },
    });
  });

  it('is in the order of asking, and tells a member how many speak before him', () => {
    const list = [turnOf('an', 3), turnOf('tam', 2), turnOf('lan', 1, { startedAt: at(5) })];
    expect(waiting(list).map(({ memberId }) => memberId)).toEqual(['tam', 'an']);
    expect([aheadOf(list, 'tam' as MemberId), aheadOf(list, 'an' as MemberId)]).toEqual([1, 2]);
    expect(aheadOf(list, 'lan' as MemberId)).toBeUndefined();
  });

  it('gives the floor to the next, or to one out of turn; who speaks already goes on', () => {
    const list = [turnOf('lan', 1, { startedAt: at(5) }), turnOf('tam', 2), turnOf('an', 3)];
    expect(decideNext(list, undefined, now)).toMatchObject({
      ended: { memberId: 'lan', endedAt: now },
      begun: { memberId: 'tam', startedAt: now },
    });
    expect(decideNext(list, 'turn-an', now)).toMatchObject({ begun: { memberId: 'an' } });
    expect(decideNext(list, 'turn-lan', now)).toEqual({});
    expect(decideNext([turnOf('lan', 1, { startedAt: at(5) })], undefined, now)).toEqual({
      ended: turnOf('lan', 1, { startedAt: at(5), endedAt: now }),
    });
  });

  it('ends a turn, or lets it be given up; over is over', () => {
    const spoke = decideEnd(turnOf('tam', 1, { startedAt: at(2) }), now);
    expect([standingOf(spoke), spokenFor(spoke, at(60))]).toEqual(['spoke', 8 * MINUTE_MS]);
    expect(decideEnd(spoke, at(20))).toBe(spoke);
    expect(standingOf(decideEnd(turnOf('tam', 1), now))).toBe('gave-up');
  });

  it('lets one speak at a time and everyone in the end, whatever is pressed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('next', 'tam', 'lan', 'an', 'end'), { maxLength: 40 }), (presses) => {
        let list: Speaker[] = [];
        const keep = (...changed: (Speaker | undefined)[]) => {
          for (const one of changed)
            if (one) list = [...list.filter(({ speakerId }) => speakerId !== one.speakerId), one];
        };
        for (const [minute, press] of presses.entries()) {
          if (press === 'next') {
            const { ended, begun } = decideNext(list, undefined, at(minute));
            keep(ended, begun);
          } else if (press === 'end') {
            const current = speaking(list);
            keep(current && decideEnd(current, at(minute)));
          } else {
            const name = { speakerId: `${minute}`, memberId: press as MemberId, recordedBy: press as MemberId };
            const decided = decideTurn(aMeeting('open'), name, { speakers: list, now: at(minute) });
            if (decided.ok) keep(decided.value);
          }
          expect(list.filter((one) => standingOf(one) === 'speaking').length).toBeLessThanOrEqual(1);
          const queued = list.filter((one) => ['waiting', 'speaking'].includes(standingOf(one)));
          expect(new Set(queued.map(({ memberId }) => memberId)).size).toBe(queued.length);
        }
        for (let press = 0; waiting(list).length > 0; press++) {
          const { ended, begun } = decideNext(list, undefined, at(100 + press));
          keep(ended, begun);
        }
        expect(waiting(list)).toEqual([]);
      }),
    );
  });
});
