import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnitId } from '#shared/kernel/ids.ts';
import type { Day } from '#shared/kernel/time.ts';
import { branchOn, isOnRoll, unitsOf, votingStateAt, votingStates } from './model.ts';
import { aMember } from './testing.ts';

const home = 'cb-thon-nam' as UnitId;
const host = 'cb-thon-bac' as UnitId;
const day = (text: string) => text as Day;
const today = day('2026-11-21');

describe('what a state means for a vote', () => {
  it('is official from the official date, on probation before it, and nothing before admission', () => {
    const member = aMember({ admissionDate: day('2025-11-21'), officialDate: day('2026-11-21') });
    expect(votingStateAt(member, home, day('2026-11-20'))).toBe('probationary');
    expect(votingStateAt(member, home, today)).toBe('official');
    expect(votingStateAt(member, home, day('2025-11-20'))).toBe('not_yet');
  });

  it('is exempt, suspended or held only from the first day until the day before the last', () => {
    for (const kind of ['exempt', 'suspended', 'held'] as const) {
      const member = aMember({ conditions: [{ kind, from: day('2026-11-01'), until: day('2026-12-01') }] });
      expect(votingStateAt(member, home, day('2026-10-31'))).toBe('official');
      expect(votingStateAt(member, home, day('2026-11-01'))).toBe(kind);
      expect(votingStateAt(member, home, day('2026-11-30'))).toBe(kind);
      expect(votingStateAt(member, home, day('2026-12-01'))).toBe('official');
    }
  });

  it('is elsewhere at home and guest at the host during a temporary transfer', () => {
    const member = aMember({
      conditions: [{ kind: 'elsewhere', from: day('2026-09-01'), until: day('2027-03-01'), hostUnitId: host }],
    });
    expect(votingStateAt(member, home, today)).toBe('elsewhere');
    expect(votingStateAt(member, host, today)).toBe('guest');
    expect(votingStateAt(member, host, day('2027-03-01'))).toBeUndefined();
    expect(unitsOf(member)).toEqual([home, host]);
  });

  it('follows a move on its day and stays known at the old branch for the days before', () => {
    const member = aMember({
      placements: [
        { from: day('1985-05-19'), unitId: home },
        { from: day('2026-10-01'), unitId: host },
      ],
    });
    expect(branchOn(member, day('2026-09-30'))).toBe(home);
    expect(votingStateAt(member, home, day('2026-09-30'))).toBe('official');
    expect(votingStateAt(member, home, today)).toBeUndefined();
    expect(votingStateAt(member, host, today)).toBe('official');
  });

  it('takes the strongest reason first: one who left counts nowhere, whatever else holds', () => {
    const member = aMember({
      conditions: [
        { kind: 'exempt', from: day('2026-01-01') },
        { kind: 'suspended', from: day('2026-02-01') },
        { kind: 'left', from: day('2026-03-01'), reason: 'delisted' },
      ],
    });
    expect(votingStateAt(member, home, day('2026-01-15'))).toBe('exempt');
    expect(votingStateAt(member, home, day('2026-02-15'))).toBe('suspended');
    expect(votingStateAt(member, home, today)).toBe('left');
    expect(isOnRoll(votingStateAt(member, home, today))).toBe(false);
  });

  it('is one of the known words on any day, and one belongs to exactly one branch', () => {
    const someDay = fc
      .integer({ min: 0, max: 40_000 })
      .map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10) as Day);
    fc.assert(
      fc.property(someDay, fc.array(someDay, { minLength: 1, maxLength: 4 }), (on, moves) => {
        const placements = [...moves].sort().map((from, n) => ({ from, unitId: `cb-${n}` as UnitId }));
        const member = aMember({ placements });
        const states = unitsOf(member).map((unit) => votingStateAt(member, unit, on));
        expect(states.filter((state) => state !== undefined)).toHaveLength(1);
        expect(votingStates).toContain(states.find((state) => state !== undefined));
      }),
    );
  });
});
