import type { Context, SQSEvent, SQSHandler } from 'aws-lambda';
import type { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Role } from '#shared/kernel/permissions.ts';
import { addDays, addMilliseconds, type Day, HOUR_MS, type Instant, instantAt } from '#shared/kernel/time.ts';
import type { Condition, MemberChanged, UnitChanged } from '#shared/members/model.ts';

// biome-ignore lint/suspicious/noExplicitAny: raw facts as they lie on the wire
export type RawFact = any;

/** Gives facts to the consumer as its queue does: ten at a time, several runs beside each other. */
export const deliver = async (consumer: SQSHandler, facts: readonly RawFact[]): Promise<void> => {
  const batches = Array.from({ length: Math.ceil(facts.length / 10) }, (_, n) => facts.slice(n * 10, n * 10 + 10));
  const run = async (): Promise<void> => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const Records = batch.map((fact, n) => ({ messageId: `m${n}`, body: JSON.stringify(fact) }));
      // a handler of a queue reads two fields of each record
      const answer = await consumer({ Records } as SQSEvent, {} as Context, () => {});
      const failed = answer?.batchItemFailures ?? [];
      if (failed.length > 0) throw new Error(`${failed.length} facts were not taken`);
    }
  };
  await Promise.all([run(), run(), run(), run()]);
};

/** Chance with a seed: the same story each time it is told with the same number. */
export const chance = (seed: number) => {
  let state = seed >>> 0;
  const next = (below: number): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  return {
    next,
    one: <T>(of: readonly T[]): T => of[next(of.length)] as T,
    yes: (percent: number): boolean => next(100) < percent,
    mixed: <T>(items: readonly T[]): T[] =>
      items
        .map((item) => ({ item, at: next(1e9) }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ item }) => item),
  };
};

export const at = (day: string, time = '19:30'): Instant => instantAt(day as Day, time);

export const aUnitFact = (
  unitId: string,
  kind: UnitChanged['unit']['kind'],
  parentId: string | undefined,
  over: { name?: string; from?: string; closed?: string; movedTo?: readonly [day: string, parentId: string] } = {},
): UnitChanged => {
  const from = (over.from ?? '2025-01-01') as Day;
  const parents = parentId === undefined ? [] : [{ from, parentId: parentId as UnitId }];
  const { movedTo } = over;
  return {
    type: 'unit-changed',
    at: at('2026-01-01', '08:00'),
    unit: {
      unitId: unitId as UnitId,
      kind,
      names: [{ from, name: over.name ?? unitId }],
      parents: movedTo ? [...parents, { from: movedTo[0] as Day, parentId: movedTo[1] as UnitId }] : parents,
      ...(over.closed && { closed: { from: over.closed as Day } }),
      version: movedTo || over.closed ? 2 : 1,
    },
  };
};

export const aMemberFact = (
  memberId: string,
  placements: readonly (readonly [day: string, unitId: string])[],
  over: { version?: number; admissionDate?: string; officialDate?: string; conditions?: readonly Condition[] } = {},
): MemberChanged => ({
  type: 'member-changed',
  memberId: memberId as MemberId,
  version: over.version ?? 1,
  at: at('2026-01-02', '08:00'),
  name: `Đảng viên ${memberId}`,
  birthYear: 1961,
  sex: 'female',
  hasPhone: true,
  unitIds: [...new Set(placements.map(([, unitId]) => unitId as UnitId))],
  admissionDate: (over.admissionDate ?? '1990-02-03') as Day,
  officialDate: (over.officialDate ?? '1991-02-03') as Day,
  placements: placements.map(([day, unitId]) => ({ from: day as Day, unitId: unitId as UnitId })) as [
    { from: Day; unitId: UnitId },
  ],
  conditions: [...(over.conditions ?? [])],
  roles: [],
});

export const aMark = (
  meetingId: string,
  unitId: string,
  memberId: string,
  day: string,
  status: string,
  time: string,
) => ({
  type: 'attendance-recorded',
  meetingId,
  unitId,
  memberId,
  status,
  day,
  at: at(day, time),
  recordedBy: memberId,
});

export const aMeetingFacts = (
  meetingId: string,
  unitId: string,
  day: string,
  over: {
    kind?: 'regular' | 'thematic' | 'committee';
    until?: 'published' | 'open' | 'closed';
    grades?: readonly (readonly [at: Instant, grade: string])[];
    endedAt?: Instant;
  } = {},
): RawFact[] => {
  const until = over.until ?? 'closed';
  const common = { meetingId: meetingId as MeetingId, unitId, kind: over.kind ?? 'regular', day };
  const startsAt = at(day, '19:30');
  const startedAt = at(day, '19:34');
  const endedAt = over.endedAt ?? at(day, '21:10');
  const changed = (state: string, when: Instant, more = {}) => ({
    type: 'meeting-changed',
    meetingId,
    unitId,
    at: when,
    is: { kind: common.kind, state, day, startsAt, ...more },
  });
  // told some hours after the mark was given, as a queue may after a bad night
  const held = (gradedAt: Instant, grade?: string) => ({
    type: 'meeting-closed',
    ...common,
    startedAt,
    endedAt,
    at: grade ? addMilliseconds(gradedAt, 9 * HOUR_MS) : gradedAt,
    members: 8,
    present: 0,
    excused: 0,
    unexcused: 0,
    exempt: 0,
    unmarked: 0,
    opinions: 0,
    minutesAdopted: grade !== undefined,
    ...(grade && { grade, gradedAt }),
  });
  const facts: RawFact[] = [changed('published', at(addDays(day as Day, -3), '09:00'))];
  if (until !== 'published') facts.push(changed('open', startedAt, { startedAt }));
  if (until !== 'closed') return facts;
  facts.push(changed('closed', endedAt, { startedAt, endedAt }), held(endedAt));
  for (const [when, grade] of over.grades ?? []) facts.push(held(when, grade));
  return facts;
};

const causes = ['slip-lost', 'new-phone', 'signed-out', 'pin-forgotten', 'other'];
const given: readonly Role[] = ['committee_assistant', 'branch_secretary', 'deputy_secretary'];

/**
 * Half a year of a commune with every case that a figure must get right: branches closed, founded late and moved;
 * members exempt, gone, moved within and away; acts before, within and after the period and after the cut-off.
 */
export const aStory = (
  seed: number,
  period: { readonly from: string; readonly to: string; readonly cutOff: Instant },
) => {
  const { next, one, yes, mixed } = chance(seed);
  const facts: RawFact[] = [
    aUnitFact('tinh', 'province', undefined, { name: 'Đảng bộ tỉnh' }),
    aUnitFact('xa', 'grassroots_party_body', 'tinh', { name: 'Đảng ủy xã Công Hải' }),
    aUnitFact('xa-khac', 'grassroots_party_body', 'tinh', { name: 'Đảng ủy xã Khác' }),
    aUnitFact('bo-phan', 'section_party_body', 'xa', { name: 'Đảng bộ bộ phận Trường học' }),
    aUnitFact('cb-dong', 'branch', 'xa', { name: 'Chi bộ đã giải thể', closed: addDays(period.from as Day, -5) }),
    aUnitFact('cb-moi', 'branch', 'xa', { name: 'Chi bộ mới lập', from: addDays(period.to as Day, 9) }),
    aUnitFact('cb-den', 'branch', 'xa-khac', { movedTo: [period.from, 'xa'], name: 'Chi bộ chuyển đến' }),
    aUnitFact('cb-ngoai', 'branch', 'xa-khac', { name: 'Chi bộ xã khác' }),
    ...[1, 2, 3, 4, 5].map((n) => aUnitFact(`cb-${n}`, 'branch', 'xa', { name: `Chi bộ thôn ${n}` })),
    ...[6, 7].map((n) => aUnitFact(`cb-${n}`, 'branch', 'bo-phan', { name: `Chi bộ trường ${n}` })),
  ];
  const branches = ['cb-1', 'cb-2', 'cb-3', 'cb-4', 'cb-5', 'cb-6', 'cb-7', 'cb-den', 'cb-ngoai', 'cb-dong'];
  const dayNear = (): Day => addDays(period.from as Day, next(60) - 15);
  const timeNear = (): string => `${String(6 + next(17)).padStart(2, '0')}:${String(next(60)).padStart(2, '0')}`;

  for (const branch of branches) {
    for (let n = 0; n < 6; n++) {
      const memberId = `${branch}-dv${n}`;
      const away = one(['cb-1', 'cb-7', 'cb-ngoai']);
      const fate = next(12);
      const first: (readonly [string, string])[] = [['2025-01-01', branch]];
      facts.push(aMemberFact(memberId, first));
      if (fate === 0)
        facts.push(aMemberFact(memberId, first, { version: 2, conditions: [{ kind: 'exempt', from: dayNear() }] }));
      if (fate === 1)
        facts.push(
          aMemberFact(memberId, first, {
            version: 2,
            conditions: [{ kind: 'left', from: dayNear(), reason: 'deceased' }],
          }),
        );
      if (fate === 2 && away !== branch)
        facts.push(aMemberFact(memberId, [...first, [dayNear(), away]], { version: 2 }));
      if (fate === 3)
        facts.push(aMemberFact(memberId, first, { version: 2, admissionDate: dayNear(), officialDate: '2027-12-01' }));
      if (yes(70)) {
        const day = dayNear();
        facts.push({ type: 'signed-in', memberId, unitId: branch, way: 'slip', at: at(day, timeNear()) });
        if (yes(40))
          facts.push({ type: 'signed-in', memberId, unitId: branch, way: 'slip', at: at(addDays(day, 20), '07:00') });
      }
      if (yes(12))
        facts.push({
          type: 'account-repaired',
          repairId: `sua-${memberId}`,
          memberId,
          unitId: branch,
          cause: one(causes),
          by: 'ai-do',
          at: at(dayNear(), timeNear()),
        });
      if (yes(25)) {
        const role = one(given);
        const when = at(dayNear(), timeNear());
        facts.push({ type: 'role-changed', memberId, unitId: branch, role, change: 'granted', at: when, by: 'ai-do' });
        if (yes(30))
          facts.push({ type: 'role-changed', memberId, unitId: branch, role, change: 'ended', at: at('2026-12-20') });
      }
    }
    for (const n of [0, 1, 2, 3, 4]) {
      if (!yes(75)) continue;
      const day = dayNear();
      const meetingId = `hop-${branch}-${n}`;
      const late = yes(15);
      facts.push(
        ...aMeetingFacts(meetingId, branch, day, {
          kind: one(['regular', 'regular', 'thematic', 'committee'] as const),
          until: one(['closed', 'closed', 'closed', 'open', 'published'] as const),
          ...(late && { endedAt: at(addDays(period.to as Day, 12)) }),
          grades: yes(70)
            ? [
                [at(addDays(day, 1), '08:00'), one(['good', 'fair', 'average', 'poor'])] as const,
                ...(yes(30) ? [[at(addDays(day, 30), '08:00'), one(['good', 'fair', 'poor'])] as const] : []),
              ]
            : [],
        }),
      );
      for (let dv = 0; dv < 6; dv++) {
        facts.push(
          aMark(
            meetingId,
            branch,
            `${branch}-dv${dv}`,
            day,
            one(['present', 'present', 'excused', 'unexcused']),
            '19:40',
          ),
        );
        if (yes(20))
          facts.push(
            aMark(meetingId, branch, `${branch}-dv${dv}`, day, one(['present', 'excused', 'unmarked']), '20:10'),
          );
      }
    }
  }
  for (let n = 0; n < 60; n++)
    facts.push({
      type: 'document-published',
      documentId: `vb-${n}`,
      unitId: one([...branches, 'xa', 'xa', 'tinh', 'bo-phan']),
      kind: one(['document', 'document', 'news']),
      at: at(dayNear(), timeNear()),
    });
  const openings = Array.from({ length: 250 }, () => {
    const branch = one(branches);
    return { unitId: branch, memberId: `${branch}-dv${next(6)}`, day: dayNear(), time: timeNear() };
  });
  return { facts: mixed([...facts, ...facts.filter(() => yes(30))]), openings };
};
