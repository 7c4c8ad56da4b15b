import { describe, expect, it } from 'vitest';
import type { MemberId } from '#shared/kernel/ids.ts';
import { addMilliseconds, HOUR_MS, type Instant, MINUTE_MS } from '#shared/kernel/time.ts';
import { decideOpen, decideStep, mayRecord } from './leading.ts';
import { aMeeting, announced, aPlan, aRollMember, theBranch } from './testing.ts';

describe('who keeps the record', () => {
  const asker = (memberId: string, role?: 'branch_secretary' | 'committee_assistant') => ({
    memberId: memberId as MemberId,
    grants: role ? [{ role, unitId: theBranch, from: '2020-01-01T00:00:00.000Z' as Instant }] : [],
  });

  it('is the chair, the named scribe and whoever runs the meetings of the branch', () => {
    const meeting = aMeeting('open');
    expect(mayRecord(meeting, asker('lan'), announced)).toBe(true);
    expect(mayRecord(meeting, asker('tu'), announced)).toBe(true);
    expect(mayRecord(meeting, asker('binh', 'branch_secretary'), announced)).toBe(true);
  });

  it('is nobody else, not even who oversees the branch', () => {
    expect(mayRecord(aMeeting('open'), asker('tam'), announced)).toBe(false);
    expect(mayRecord(aMeeting('open'), asker('binh', 'committee_assistant'), announced)).toBe(false);
    const { scribeId: _, chairId: __, ...nobody } = aMeeting('open');
    expect(mayRecord(nobody, asker('tam'), announced)).toBe(false);
  });
});

describe('leading the evening', () => {
  const hall = { firstStep: 'reason', roll: [aRollMember('lan')] };

  it('opens on its day, once', () => {
    const dayBefore = addMilliseconds(announced, -20 * HOUR_MS);
    expect(decideOpen(aMeeting('published'), hall, dayBefore)).toMatchObject({ code: 'door-not-open' });
    expect(decideOpen(aMeeting('published'), hall, announced)).toMatchObject({ value: { startedAt: announced } });
    const open = aMeeting('open');
    expect(decideOpen(open, hall, announced)).toEqual({ ok: true, value: open });
    expect(decideOpen(aMeeting('preparing'), hall, announced)).toMatchObject({ code: 'wrong-state' });
  });

  it('records every step with its time, and a repeat is no second step', () => {
    const open = aMeeting('open');
    const later = addMilliseconds(announced, MINUTE_MS);
    const next = decideStep(open, aPlan().agenda, 'roll', later);
    expect(next).toMatchObject({ value: { stepId: 'roll', steps: [{}, { stepId: 'roll', at: later }] } });
    expect(decideStep(open, aPlan().agenda, 'reason', later)).toEqual({ ok: true, value: open });
    expect(decideStep(open, aPlan().agenda, 'tea', later)).toMatchObject({ code: 'no-such-step' });
    expect(decideStep(aMeeting('closed'), aPlan().agenda, 'roll', later)).toMatchObject({ code: 'wrong-state' });
  });
});
