import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { type Grant, type Reach, type Role, rights, staffRoles } from '#shared/kernel/permissions.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { type Day, dayOf, type Instant, instantAt } from '#shared/kernel/time.ts';
import { branchOn, has, type Member, type MemberChanged, unitsOf } from './model.ts';

/** The fact that carries a member's state to the other contexts. */
export const memberChanged = (member: Member, at: Instant): MemberChanged => ({
  type: 'member-changed',
  memberId: member.memberId,
  version: member.version,
  at,
  name: member.name,
  birthYear: birthYearOf(member),
  sex: member.sex,
  hasPhone: member.phone !== undefined,
  unitIds: [...unitsOf(member)],
  admissionDate: member.admissionDate,
  ...(member.officialDate !== undefined && { officialDate: member.officialDate }),
  placements: member.placements,
  conditions: member.conditions,
  roles: member.roles,
});

export const birthYearOf = ({ birthDate }: Pick<Member, 'birthDate'>): number => Number(birthDate.slice(0, 4));

const startOf = (day: Day): Instant => instantAt(day, '00:00');

/**
 * What the guard of every function is told of a member: that of `member` at his branch and at his host, and the roles
 * given to him. Nothing while suspended, held or after he left; what begins or ends later says so by its own dates.
 */
export const grantsOf = (member: Member, day: Day): readonly Grant[] => {
  if (has(member, 'left', day)) return [];
  const home: Grant = { role: 'member', unitId: branchOn(member, day), from: startOf(member.admissionDate) };
  const hosts = member.conditions.flatMap((condition): Grant[] =>
    condition.kind === 'elsewhere' && condition.hostUnitId !== undefined && condition.until > day
      ? [
          {
            role: 'member',
            unitId: condition.hostUnitId,
            from: startOf(condition.from),
            until: startOf(condition.until),
          },
        ]
      : [],
  );
  const barred = member.conditions.filter(
    (condition) => condition.kind !== 'exempt' && condition.kind !== 'elsewhere' && (condition.until ?? '9') > day,
  );
  return [home, ...hosts, ...member.roles.filter(({ until }) => until === undefined || until > startOf(day))].flatMap(
    (grant) =>
      barred.reduce<Grant[]>((left, { from, until }) => left.flatMap((one) => without(one, from, until)), [grant]),
  );
};

/** The parts of a grant outside of a span of days. */
const without = (grant: Grant, from: Day, until: Day | undefined): Grant[] => {
  const gapFrom = startOf(from);
  const gapUntil = until === undefined ? undefined : startOf(until);
  const before = grant.from < gapFrom ? [{ ...grant, until: earlier(grant.until, gapFrom) }] : [];
  const { until: end, ...open } = grant;
  const after =
    gapUntil !== undefined && (end === undefined || gapUntil < end)
      ? [{ ...open, ...(end !== undefined && { until: end }), from: later(grant.from, gapUntil) }]
      : [];
  return [...before, ...after];
};

const earlier = (a: Instant | undefined, b: Instant): Instant => (a !== undefined && a < b ? a : b);

const later = (a: Instant, b: Instant): Instant => (a < b ? b : a);

/** Roles that a branch gives itself; all others come from above. Source: domain.md §3.11; access.md §1. */
export const branchRoles: readonly Role[] = [
  'helper',
  'branch_committee_member',
  'deputy_secretary',
  'branch_secretary',
];

/** Months that a helper's role lasts at most: it ends by itself. Source: access.md §2. */
export const HELPER_DAYS = 180;

export interface GrantAsked {
  readonly role: Role;
  readonly unitId: UnitId;
  readonly from: Instant;
  readonly until?: Instant | undefined;
}

/**
 * Whether one may give or end this role here: a secretary names the helpers and committee of his own branch but not his
 * successor; staff above give branch and staff roles; an administrator is made by an administrator; nobody gives himself
 * anything. Source: domain.md §3.11; access.md §1.
 */
export const decideGrant = (
  by: { readonly memberId: MemberId; readonly reach: Reach; readonly isAdmin: boolean },
  to: Member,
  asked: GrantAsked,
  now: Instant,
): Result<Member, 'not-yourself' | 'not-yours-to-give' | 'dates-wrong' | 'has-left' | 'not-in-unit'> => {
  if (by.memberId === to.memberId) return refuse('not-yourself');
  if (asked.role === 'member') return refuse('not-yours-to-give');
  if (by.reach === 'own' && !['helper', 'branch_committee_member', 'deputy_secretary'].includes(asked.role))
    return refuse('not-yours-to-give');
  if (asked.role === 'system_admin' && !by.isAdmin) return refuse('not-yours-to-give');
  if (asked.until !== undefined && asked.until <= asked.from) return refuse('dates-wrong');
  if (asked.role === 'helper' && (asked.until === undefined || !isWithinDays(asked.from, asked.until, HELPER_DAYS)))
    return refuse('dates-wrong');
  if (has(to, 'left', dayOf(now))) return refuse('has-left');
  if (branchRoles.includes(asked.role) && branchOn(to, dayOf(now)) !== asked.unitId) return refuse('not-in-unit');
  const { until, ...open } = asked;
  const held = to.roles.some((grant) => isSame(grant, asked) && (grant.until === undefined || grant.until > now));
  const grant: Grant = { ...open, ...(until !== undefined && { until }) };
  return ok(held ? to : { ...to, roles: [...to.roles, grant], version: to.version + 1 });
};

/** Ends a role at once; one that is not held stays as it is, so that a repeat is harmless. */
export const decideEndOfRole = (
  by: { readonly reach: Reach; readonly isAdmin: boolean },
  to: Member,
  ended: { readonly role: Role; readonly unitId: UnitId },
  now: Instant,
): Result<Member, 'not-yours-to-give'> => {
  if (by.reach === 'own' && !['helper', 'branch_committee_member', 'deputy_secretary'].includes(ended.role))
    return refuse('not-yours-to-give');
  if (ended.role === 'system_admin' && !by.isAdmin) return refuse('not-yours-to-give');
  const roles = to.roles.map((grant) =>
    isSame(grant, ended) && (grant.until === undefined || grant.until > now)
      ? { ...grant, until: grant.from > now ? grant.from : now }
      : grant,
  );
  const changed = roles.some((grant, index) => grant !== to.roles[index]);
  return ok(changed ? { ...to, roles, version: to.version + 1 } : to);
};

const isSame = (a: { role: Role; unitId: UnitId }, b: { role: Role; unitId: UnitId }): boolean =>
  a.role === b.role && a.unitId === b.unitId;

const isWithinDays = (from: Instant, until: Instant, days: number): boolean =>
  Date.parse(until) - Date.parse(from) <= days * 86_400_000;

/** How far somebody's right to give roles reaches at a unit: the widest of his roles there. */
export const reachOf = (held: readonly Grant[], chain: readonly UnitId[], now: Instant): Reach | undefined => {
  const live = held.filter(({ from, until }) => from <= now && (until === undefined || until > now));
  const reaches = live.flatMap(({ role, unitId }) => {
    const reach = rights[role]['members.grant'];
    if (reach === 'below' && chain.includes(unitId)) return [reach];
    return reach === 'own' && chain[0] === unitId ? [reach] : [];
  });
  return reaches.includes('below') ? 'below' : reaches[0];
};

export const isStaffRole = (role: Role): boolean => staffRoles.includes(role);
