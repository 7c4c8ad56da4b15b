import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DocumentId, MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { type Day, type Instant, instantAt, type Month } from '#shared/kernel/time.ts';
import { type Entry, schemes } from './model.ts';
import {
  balanceOf,
  branchTotal,
  entryOfAttendance,
  entryOfOpinion,
  entryOfStudy,
  replaces,
  schemeOf,
} from './rules.ts';
import { anEntry } from './testing.ts';

const november = '2026-11' as Month;
const scheme = schemeOf(november);
if (!scheme) throw new Error('a scheme holds');
const { attendance, study, opinion } = scheme.kinds;

const days = Array.from(
  { length: 40 },
  (_, n) => (n < 28 ? `2026-11-${String(n + 1).padStart(2, '0')}` : `2026-10-${n - 17}`) as Day,
);
const anyEntry = fc
  .record({
    memberId: fc.constantFrom('tam', 'lan', 'hoa'),
    what: fc.constantFrom(
      ...(['present', 'absent'] as const).map((mark) => ({ kind: 'attendance' as const, mark })),
      ...(['right', 'wrong'] as const).map((mark) => ({ kind: 'study' as const, mark })),
      { kind: 'opinion' as const, mark: 'given' as const },
    ),
    subject: fc.integer({ min: 0, max: 6 }),
    minute: fc.integer({ min: 0, max: 59 }),
  })
  .map(({ memberId, what, subject, minute }) =>
    anEntry({
      memberId: memberId as MemberId,
      ...what,
      subjectId: `${what.kind}-${subject}`,
      // a subject has one day: that of its meeting, or of the one act it stands for
      day: days[(subject * 7) % days.length] as Day,
      at: instantAt('2026-11-29' as Day, `10:${String(minute).padStart(2, '0')}`),
    }),
  );

/** The ledger as it stands after these facts, in this order. */
const ledgerAfter = (entries: readonly Entry[]): Entry[] => {
  const ledger = new Map<string, Entry>();
  for (const entry of entries) {
    const key = `${entry.memberId} ${entry.kind} ${entry.subjectId}`;
    const standing = ledger.get(key);
    if (!standing || replaces(entry, standing)) ledger.set(key, entry);
  }
  return [...ledger.values()];
};

describe('points of a month', () => {
  it('any order and any repetition of the facts give the same lines and the same sums', () => {
    fc.assert(
      fc.property(
        fc.array(anyEntry, { maxLength: 60 }).chain((facts) =>
          fc.record({
            facts: fc.constant(facts),
            mixed: fc.shuffledSubarray([...facts, ...facts, ...facts.slice(0, 9)], {
              minLength: facts.length * 2 + Math.min(9, facts.length),
            }),
          }),
        ),
        ({ facts, mixed }) => {
          const [once, often] = [ledgerAfter(facts), ledgerAfter(mixed)];
          for (const memberId of ['tam', 'lan', 'hoa']) {
            const own = (all: Entry[]) => all.filter((entry) => entry.memberId === memberId);
            expect(balanceOf(november, own(often))).toEqual(balanceOf(november, own(once)));
          }
          expect(branchTotal(november, often)).toBe(branchTotal(november, once));
        },
      ),
    );
  });

  it('no cap is ever passed, the kinds add up to the total, and the members to the branch', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 80 }), (facts) => {
        const ledger = ledgerAfter(facts);
        let members = 0;
        for (const memberId of ['tam', 'lan', 'hoa']) {
          const own = balanceOf(
            november,
            ledger.filter((entry) => entry.memberId === memberId),
          );
          expect(own.total).toBeLessThanOrEqual(scheme.monthCap);
          for (const { total, cap } of own.kinds) expect(total).toBeLessThanOrEqual(cap);
          expect(own.kinds.reduce((sum, { total }) => sum + total, 0)).toBe(own.total);
          expect(own.lines.reduce((sum, { counted }) => sum + counted, 0)).toBe(own.total);
          for (const { worth, counted } of own.lines) expect(counted).toBeLessThanOrEqual(worth);
          members += own.total;
        }
        expect(branchTotal(november, ledger)).toBe(members);
      }),
    );
  });

  it('the total is the smaller of the month cap and what the kinds let through', () => {
    const many = Array.from({ length: 12 }, (_, n) => [
      anEntry({ subjectId: `hop-${n}` }),
      anEntry({ kind: 'study', mark: 'right', subjectId: `vb-${n}` }),
      anEntry({ kind: 'opinion', mark: 'given', subjectId: `yk-${n}` }),
    ]).flat();
    const caps = (attendance?.cap ?? 0) + (study?.cap ?? 0) + (opinion?.cap ?? 0);
    expect(balanceOf(november, many).total).toBe(Math.min(scheme.monthCap, caps));
  });
});

describe('what earns', () => {
  const unitId = 'cb-thon-nam' as UnitId;
  const memberId = 'tam' as MemberId;
  const at = '2026-11-30T18:30:00.000Z' as Instant; // past midnight in Viet Nam: the first of December
  const met = {
    type: 'attendance-recorded' as const,
    meetingId: 'hop-11' as MeetingId,
    unitId,
    memberId,
    day: '2026-11-30' as Day,
    at,
    recordedBy: memberId,
  };

  it('being present earns once; a correction by the scribe takes it back, and giving it back gives it back', () => {
    const later = (minutes: number) => instantAt('2026-12-02' as Day, `08:${String(minutes).padStart(2, '0')}`);
    const came = entryOfAttendance({ ...met, status: 'present' });
    const corrected = entryOfAttendance({ ...met, status: 'excused', at: later(1) });
    const again = entryOfAttendance({ ...met, status: 'present', at: later(2) });
    expect(balanceOf(november, ledgerAfter([came])).total).toBe(attendance?.points['present']);
    expect(balanceOf(november, ledgerAfter([corrected, came])).total).toBe(0);
    expect(balanceOf(november, ledgerAfter([again, corrected, came])).total).toBe(attendance?.points['present']);
  });

  it('of two marks the one that came in last holds, also where it was made earlier, without a network', () => {
    const ticked = entryOfAttendance({ ...met, status: 'unexcused' });
    const sentLater = instantAt('2026-12-02' as Day, '08:00');
    const before = instantAt('2026-11-30' as Day, '19:40');
    const came = entryOfAttendance({ ...met, status: 'present', at: before, sentLater });
    for (const order of [
      [ticked, came],
      [came, ticked],
    ])
      expect(balanceOf(november, ledgerAfter(order)).total).toBe(attendance?.points['present']);
  });

  it.each(['excused', 'unexcused', 'exempt', 'unmarked'] as const)('%s earns nothing and costs nothing', (status) => {
    expect(balanceOf(november, [entryOfAttendance({ ...met, status })]).total).toBe(0);
  });

  it('a meeting counts in the month of its day, whenever it was recorded', () => {
    const entry = entryOfAttendance({ ...met, status: 'present' });
    expect(balanceOf(november, [entry]).lines).toHaveLength(1);
    expect(balanceOf('2026-12' as Month, [entry]).lines).toHaveLength(0);
  });

  it('understanding counts more than trying, and trying more than opening, which counts nothing', () => {
    const studied = {
      type: 'document-studied' as const,
      documentId: '11111111-1111-4111-8111-111111111111' as DocumentId,
      memberId,
      unitId,
      at: met.at,
    };
    const december = '2026-12' as Month;
    const right = balanceOf(december, [entryOfStudy({ ...studied, correct: true })]).total;
    const wrong = balanceOf(december, [entryOfStudy({ ...studied, correct: false })]).total;
    expect(right).toBeGreaterThan(wrong);
    expect(wrong).toBeGreaterThan(0);
    expect(Object.keys(scheme.kinds)).toEqual(['attendance', 'study', 'opinion']);
  });

  it('an opinion earns on the day it was given', () => {
    const given = entryOfOpinion({
      type: 'opinion-given',
      meetingId: met.meetingId,
      opinionId: 'yk-1',
      memberId,
      unitId,
      at: instantAt('2026-11-02' as Day, '20:00'),
    });
    expect(balanceOf(november, [given]).total).toBe(opinion?.points['given']);
  });
});

describe('the scheme', () => {
  it('is the latest that has begun; before the first one nothing counts', () => {
    const [first] = schemes;
    if (!first) throw new Error('there is a scheme');
    const next = { ...first, validFrom: '2027-01' as Month, monthCap: 1 };
    expect(schemeOf('2026-12' as Month, [first, next])).toBe(first);
    expect(schemeOf('2027-01' as Month, [first, next])).toBe(next);
    expect(schemeOf('2023-12' as Month)).toBeUndefined();
    expect(balanceOf('2023-12' as Month, [anEntry({ day: '2023-12-03' as Day })]).total).toBe(0);
  });

  it('names every kind and only marks that exist', () => {
    for (const { kinds, monthCap } of schemes) {
      expect(Object.keys(kinds).toSorted()).toEqual(['attendance', 'opinion', 'study']);
      for (const { cap } of Object.values(kinds)) expect(cap).toBeLessThanOrEqual(monthCap);
    }
  });
});
