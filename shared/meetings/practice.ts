import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { addMilliseconds, type Day, dayOf, type Instant, MINUTE_MS } from '#shared/kernel/time.ts';
import type { Absence, Paper, Plan, RosterMember } from './model.ts';
import people from './practice.json' with { type: 'json' };

/** Who practises. */
export interface Practising {
  readonly memberId: MemberId;
  readonly name: string;
}

/** Said in front of everything that is practised, so that no paper and no screen of it is taken for a real one. */
export const PRACTICE_WORDS = 'TẬP DƯỢT';
/** The practice meeting is announced for so soon: its door is open, and there is time to look. */
const SOON_MS = 10 * MINUTE_MS;
/** The step of `agenda-steps.json` at which something is read. */
const READ_AT = 'information';
const LONG_AGO = '2000-01-01' as Day;

/** The branch that is practised with: people who do not exist, and the one who practises as an official member. */
export const practiceRoster = (unitId: UnitId, me: Practising, now: Instant): readonly RosterMember[] => {
  const standing = { admissionDate: LONG_AGO, placements: [{ from: LONG_AGO, unitId }] };
  const pretended = people.map(({ memberId, name, hasPhone, exempt, probationary }) => ({
    memberId: memberId as MemberId, // as an id is written
    unitId,
    name,
    hasPhone,
    standing: {
      ...standing,
      ...(probationary ? { admissionDate: dayOf(now) } : { officialDate: LONG_AGO }),
      conditions: exempt ? [{ kind: 'exempt' as const, from: LONG_AGO }] : [],
    },
    version: 1,
  }));
  const own = { ...standing, officialDate: LONG_AGO, conditions: [] };
  return [...pretended, { ...me, unitId, hasPhone: true, standing: own, version: 1 }];
};

/** A whole meeting to try everything on: its own chair and scribe, in some minutes. */
export const practicePlan = (
  usual: Plan,
  { memberId }: Practising,
  { now, papers }: { readonly now: Instant; readonly papers: readonly Paper[] },
): Plan => ({
  title: `${PRACTICE_WORDS}: sinh hoạt chi bộ`,
  place: 'Nhà văn hóa tập dượt',
  startsAt: addMilliseconds(now, SOON_MS),
  chairId: memberId,
  scribeId: memberId,
  agenda: usual.agenda.map((step) => ({ ...step, papers: step.id === READ_AT ? [...papers] : [] })),
});

/** Somebody of the practice branch cannot come, so that there is something to answer. */
export const practiceAbsence = (now: Instant): Absence => ({
  memberId: 'mau-3' as MemberId, // of practice.json
  reason: 'Đi khám bệnh ở tỉnh',
  askedAt: now,
});
