import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DocumentId, MeetingId } from '#shared/kernel/ids.ts';
import { addMilliseconds, HOUR_MS } from '#shared/kernel/time.ts';
import { type Held, unsettledOf } from './handover.ts';
import type { MeetingRow } from './model.ts';
import { announced } from './testing.ts';

const row = (hours: number, state: MeetingRow['state'] = 'closed'): MeetingRow => ({
  meetingId: `m${hours}` as MeetingId,
  kind: 'regular',
  title: `Sinh hoạt ${hours}`,
  place: '',
  startsAt: addMilliseconds(announced, hours * HOUR_MS),
  state,
});
const scan = 'd1' as DocumentId;

describe('what a new secretary finds unsettled', () => {
  it('is what each held meeting still wants first, the newest first', () => {
    const held: Held[] = [
      { row: row(1) },
      { row: row(3), minutes: { state: 'draft' } },
      { row: row(2), minutes: { state: 'adopted' }, words: { minutes: 'content/docs/x' } },
      { row: row(4), minutes: { state: 'adopted' }, words: { minutesScan: scan } },
    ];
    expect(unsettledOf(held).map(({ meetingId, wanting }) => [meetingId, wanting])).toEqual([
      ['m3', 'adoption'],
      ['m2', 'signature'],
      ['m1', 'minutes'],
    ]);
  });

  it('never names a meeting that was not held, nor one whose minutes are signed', () => {
    const states = fc.constantFrom('preparing', 'published', 'withdrawn', 'open', 'closed' as const);
    fc.assert(
      fc.property(states, fc.boolean(), (state, signed) => {
        const one: Held = {
          row: row(1, state),
          minutes: { state: 'adopted' },
          words: signed ? { minutesScan: scan } : {},
        };
        expect(unsettledOf([one])).toHaveLength(state === 'closed' && !signed ? 1 : 0);
      }),
    );
  });
});
