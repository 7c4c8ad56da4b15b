import * as v from 'valibot';
import { UnitId } from './ids.ts';
import { type Instant, Instant as InstantSchema } from './time.ts';

/** The roles of the field. Source: domain.md §3.11, second table. `helper` ends by itself (access.md §2). */
export const roles = [
  'member',
  'helper',
  'branch_committee_member',
  'deputy_secretary',
  'branch_secretary',
  'committee_assistant',
  'propaganda_editor',
  'organisation_officer',
  'office_officer',
  'inspection_officer',
  'system_admin',
] as const;
export const Role = v.picklist(roles);
export type Role = v.InferOutput<typeof Role>;

/** What can be allowed at a unit. One word per kind of act, not per operation. */
export const permissions = [
  'meetings.attend',
  'meetings.run',
  'meetings.oversee',
  'meetings.require',
  'members.read',
  'members.help',
  'members.admit',
  'members.manage',
  'members.grant',
  'documents.add',
  'documents.publish',
  'tasks.do',
  'tasks.assign',
  'points.see',
  'reports.see',
  'reports.issue',
  'operation.watch',
] as const;
export type Permission = (typeof permissions)[number];

/** `own`: at the unit of the role only. `below`: there and at every unit beneath it. */
export type Reach = 'own' | 'below';

/**
 * Who may do what, where. The only table of rights: the guard, the screens and the test matrix read it.
 * Source: domain.md §3.11; access.md §1. A system administrator sees no content of meetings.
 */
export const rights: Readonly<Record<Role, Readonly<Partial<Record<Permission, Reach>>>>> = {
  member: { 'meetings.attend': 'own', 'tasks.do': 'own', 'points.see': 'own' },
  helper: { 'members.help': 'own' },
  branch_committee_member: { 'members.read': 'own', 'tasks.assign': 'own', 'documents.add': 'own' },
  deputy_secretary: {
    'meetings.run': 'own',
    'members.read': 'own',
    'members.help': 'own',
    'members.admit': 'own',
    'tasks.assign': 'own',
    'documents.add': 'own',
    'documents.publish': 'own',
  },
  branch_secretary: {
    'meetings.run': 'own',
    'members.read': 'own',
    'members.help': 'own',
    'members.admit': 'own',
    'members.grant': 'own',
    'tasks.assign': 'own',
    'documents.add': 'own',
    'documents.publish': 'own',
  },
  committee_assistant: {
    'meetings.oversee': 'below',
    'meetings.require': 'below',
    'members.read': 'below',
    'documents.add': 'below',
    'documents.publish': 'below',
    'reports.see': 'below',
    'reports.issue': 'below',
  },
  propaganda_editor: { 'documents.add': 'below', 'documents.publish': 'below' },
  organisation_officer: {
    'meetings.oversee': 'below',
    'meetings.require': 'below',
    'members.read': 'below',
    'members.help': 'below',
    'members.admit': 'below',
    'members.manage': 'below',
    'members.grant': 'below',
    'reports.see': 'below',
    'reports.issue': 'below',
  },
  office_officer: {
    'meetings.oversee': 'below',
    'meetings.require': 'below',
    'documents.add': 'below',
    'documents.publish': 'below',
    'reports.see': 'below',
    'reports.issue': 'below',
  },
  inspection_officer: { 'meetings.oversee': 'below', 'reports.see': 'below' },
  system_admin: {
    'members.read': 'below',
    'members.help': 'below',
    'members.admit': 'below',
    'members.manage': 'below',
    'members.grant': 'below',
    'operation.watch': 'below',
  },
};

/** Roles that sign in through the staff pool with a second factor. Source: access.md §1. */
export const staffRoles: readonly Role[] = [
  'committee_assistant',
  'propaganda_editor',
  'organisation_officer',
  'office_officer',
  'inspection_officer',
  'system_admin',
];

/** A role held at a unit from one instant until another (exclusive). */
export const Grant = v.object({
  role: Role,
  unitId: UnitId,
  from: InstantSchema,
  until: v.optional(InstantSchema),
});
export type Grant = v.InferOutput<typeof Grant>;

/**
 * Whether these roles allow the permission at the unit whose chain (itself first, then its parents up to the root) is given.
 * An unknown role, an empty chain or a role out of its dates allows nothing.
 */
export const allows = (
  held: readonly Grant[],
  permission: Permission,
  chain: readonly UnitId[],
  now: Instant,
): boolean =>
  held.some((grant) => {
    if (grant.from > now || (grant.until !== undefined && grant.until <= now)) return false;
    const reach = rights[grant.role]?.[permission];
    if (reach === undefined) return false;
    return reach === 'own' ? chain[0] === grant.unitId : chain.includes(grant.unitId);
  });

/** Roles that make up the committee (chi ủy) of a branch. */
const committee: readonly Role[] = ['branch_committee_member', 'deputy_secretary', 'branch_secretary'];

/**
 * The name under which content for the committee of a branch stands, in the place of the branch's own:
 * `content/docs/<branch>--committee/…`. No id of a unit has this form. Source: access.md §3.
 */
export const committeeOf = (unitId: UnitId): string => `${unitId}--committee`;

/** Named audiences that somebody with these roles belongs to now. */
export const audiencesOf = (held: readonly Grant[], now: Instant): readonly string[] => [
  ...new Set(
    held
      .filter(
        ({ role, from, until }) => committee.includes(role) && from <= now && (until === undefined || until > now),
      )
      .map(({ unitId }) => committeeOf(unitId)),
  ),
];
