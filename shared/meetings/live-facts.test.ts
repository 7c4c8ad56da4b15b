import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { type Day, type Instant, instantOf } from '#shared/kernel/time.ts';
import { countRoll } from './attendance.ts';
import { withFacts } from './live-facts.ts';
import type { AttendanceRecorded, LiveFact, OpinionGiven } from './model.ts';

const of = { meetingId: 'hop-11' as MeetingId, unitId: 'cb-thon-nam' as UnitId };
const at = (second: number): Instant => instantOf(Date.UTC(2026, 10, 3, 12, 30, second));
const mark = (member: number, status: AttendanceRecorded['status'], second: number): AttendanceRecorded => {
  const memberId = `m${member}` as MemberId;
  const day = '2026-11-03' as Day;
  return { type: 'attendance-recorded', ...of, memberId, status, day, at: at(second), recordedBy: memberId };
};
const opinion = (member: number, second: number): OpinionGiven => {
  return { type: 'opinion-given', ...of, memberId: `m${member}` as MemberId, opinionId: `y${second}`, at: at(second) };
};
const nothing = { roll: [], opinions: [], turns: 0 };
const statuses = ['present', 'excused', 'unmarked'] as const;

it('an evening with what members did is that of their latest marks, in any order, cut anywhere, and told twice', () => {
  const told = fc.array(fc.tuple(fc.nat(5), fc.constantFrom(...statuses), fc.boolean()), { maxLength: 20 });
  fc.assert(
    fc.property(told, fc.infiniteStream(fc.nat()), fc.nat(), (acts, chance, cut) => {
      const facts = acts.map(
        ([member, status, spoke], n): LiveFact => (spoke ? opinion(member, n) : mark(member, status, n)),
      );
      const shuffled = [...facts, ...facts].map((fact) => ({ fact, key: chance.next().value ?? 0 }));
      const order = shuffled.sort((a, b) => a.key - b.key).map(({ fact }) => fact);
      const half = order.length === 0 ? 0 : cut % order.length;
      const first = withFacts(nothing, order.slice(0, half));
      const all = first && withFacts(first, order.slice(half));
      if (!all) return; // then all is read
      const latest = new Map<string, string>();
      for (const fact of facts) if (fact.type === 'attendance-recorded') latest.set(fact.memberId, fact.status);
      expect(new Map(all.roll.map(({ memberId, status }) => [memberId as string, status as string]))).toEqual(latest);
      expect(all.opinions).toHaveLength(facts.filter(({ type }) => type === 'opinion-given').length);
    }),
  );
});

it('check-ins alone never ask for a reading, and count each member once', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(50))), (acts) => {
      const all = withFacts(
        nothing,
        acts.map(([member, second]) => mark(member, 'present', second)),
      );
      const present = new Set(acts.map(([member]) => member)).size;
      expect(countRoll({ members: 10, exempt: [] }, all?.roll ?? [])).toMatchObject({
        present,
        unmarked: 10 - present,
      });
    }),
  );
});

it('all is read when the meeting moved on, or when a mark is told that is older than the one known', () => {
  const known = withFacts(nothing, [mark(1, 'excused', 20)]);
  expect(known && withFacts(known, [mark(1, 'present', 10)])).toBeUndefined();
  expect(known && withFacts(known, [{ type: 'meeting-changed', ...of, at: at(30) }])).toBeUndefined();
  // a code shown earlier, typed without a network, came in after the scribe's mark
  const later = known && withFacts(known, [{ ...mark(1, 'present', 10), sentLater: at(30) }]);
  expect(later?.roll).toMatchObject([{ status: 'present' }]);
  expect(later && withFacts(later, [mark(1, 'excused', 20)])).toBeUndefined();
});

it('an opinion that was answered stays answered when its first telling comes again', () => {
  const answered = { ...opinion(1, 5), answeredAt: at(9) };
  expect(withFacts(nothing, [opinion(1, 5), answered, opinion(1, 5)])?.opinions).toMatchObject([{ answer: at(9) }]);
});
