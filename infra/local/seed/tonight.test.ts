import { describe, expect, it } from 'vitest';
import { addMilliseconds, type Day, dayOf, HOUR_MS, instantAt } from '#shared/kernel/time.ts';
import { decideOpen } from '#shared/meetings/leading.ts';
import { decidePublish } from '#shared/meetings/planning.ts';
import { aMeeting, aPlan } from '#shared/meetings/testing.ts';
import { tonightOf } from './tonight.ts';

const at = (clock: string) => instantAt('2026-11-03' as Day, clock);

describe("the demonstration's meeting of tonight", () => {
  it.each(['00:00', '05:30', '12:00', '18:29', '19:30', '19:31', '21:00', '23:50'])(
    'is right when it is made at %s',
    (clock) => {
      const now = at(clock);
      const startsAt = tonightOf(now);
      expect(dayOf(startsAt)).toBe('2026-11-03');
      const published = decidePublish(
        aMeeting('preparing', aPlan({ startsAt })),
        aPlan({ startsAt }),
        { hash: 'a'.repeat(64), roll: [] },
        now,
      );
      expect(published).toMatchObject({ ok: true });
      if (!published.ok) return;
      for (const later of [0, 1, 9]) {
        const opening = decideOpen(
          published.value,
          { firstStep: 'opening', roll: [] },
          addMilliseconds(now, later * HOUR_MS),
        );
        expect(opening, `opened ${later} hours later`).toMatchObject({ ok: true });
      }
    },
  );
});
