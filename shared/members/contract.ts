import * as v from 'valibot';
import { ActionId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Grant, Role } from '#shared/kernel/permissions.ts';
import { Day, Instant } from '#shared/kernel/time.ts';
import { Condition, Correction, Item, OrgCode, Sex, Summary, UnitKind, UnitName, VotingState } from './model.ts';
import { ROWS_AT_ONCE, SentRow, SentUnit, Verdict } from './roll.ts';

const here = { unitId: UnitId };
const one = { unitId: UnitId, memberId: MemberId };

/** An organisation as it is today. */
export const UnitRow = v.object({
  unitId: UnitId,
  kind: UnitKind,
  name: v.string(),
  parentId: v.optional(UnitId),
  code: v.optional(OrgCode),
});
export type UnitRow = v.InferOutput<typeof UnitRow>;

/** One line of a branch's list. Phone, card and citizen id show their last three digits only. */
export const MemberRow = v.object({
  memberId: MemberId,
  unitId: UnitId,
  name: v.string(),
  birthDate: Day,
  sex: Sex,
  admissionDate: Day,
  officialDate: v.optional(Day),
  state: VotingState,
  phone: v.optional(v.string()),
  cardNumber: v.optional(v.string()),
  citizenId: v.optional(v.string()),
  roles: v.array(Role),
});
export type MemberRow = v.InferOutput<typeof MemberRow>;

/** Everything the handbook holds of a member: the nine items and their history. */
export const FullRecord = v.object({
  memberId: MemberId,
  unitId: UnitId,
  unitName: v.string(),
  ...Summary.entries,
  state: VotingState,
  placements: v.array(v.object({ from: Day, unitId: UnitId, unitName: v.string() })),
  conditions: v.array(Condition),
  roles: v.array(v.object({ ...Grant.entries, unitName: v.string() })),
  staffName: v.optional(v.string()),
  version: v.number(),
});
export type FullRecord = v.InferOutput<typeof FullRecord>;

/** One line of the roll at a meeting. */
export const RollRow = v.object({
  memberId: MemberId,
  name: v.string(),
  birthYear: v.number(),
  state: VotingState,
  hasPhone: v.boolean(),
  phone: v.optional(v.string()),
  roles: v.array(Role),
});
export type RollRow = v.InferOutput<typeof RollRow>;

export const listUnits = operation({
  id: 'members.listUnits',
  summary: 'An organisation and those below it, as many levels as asked',
  method: 'GET',
  path: '/api/members/{unitId}/units',
  allow: 'signed-in',
  input: v.object({
    ...here,
    levels: v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.picklist([1, 2, 3, 4, 5])), 5),
  }),
  output: v.object({ units: v.array(UnitRow) }),
  refusals: {},
});

export const unitOf = operation({
  id: 'members.unitOf',
  summary: 'An organisation with those above it, itself first',
  method: 'GET',
  path: '/api/members/{unitId}/unit',
  allow: 'signed-in',
  input: v.object(here),
  output: v.object({ unit: UnitRow, above: v.array(UnitRow), version: v.number() }),
  refusals: {},
});

export const createUnit = operation({
  id: 'members.createUnit',
  summary: 'Add an organisation below this one; the same act again answers the same organisation',
  method: 'POST',
  path: '/api/members/{unitId}/units',
  allow: 'members.manage',
  audited: true,
  input: v.object({
    ...here,
    actionId: ActionId,
    kind: UnitKind,
    name: UnitName,
    code: v.optional(OrgCode),
    from: v.optional(Day),
  }),
  output: v.object({ unit: UnitRow }),
  refusals: { 'wrong-place': 422, 'name-taken': 409, closed: 409, 'date-wrong': 422 },
});

export const changeUnit = operation({
  id: 'members.changeUnit',
  summary: 'Rename, move, close or merge an organisation from a day on; what was before stays known',
  method: 'POST',
  path: '/api/members/{unitId}/unit/change',
  allow: 'members.manage',
  stepUp: true,
  audited: true,
  input: v.object({
    ...here,
    change: v.variant('change', [
      v.object({ change: v.literal('rename'), name: UnitName, from: Day }),
      v.object({ change: v.literal('move'), parentId: UnitId, from: Day }),
      v.object({ change: v.literal('close'), from: Day, mergedInto: v.optional(UnitId) }),
    ]),
  }),
  output: v.object({ unit: UnitRow }),
  refusals: {
    closed: 409,
    'date-wrong': 422,
    'wrong-place': 422,
    'not-empty': 409,
    'is-root': 409,
    'name-taken': 409,
    'changed-meanwhile': 409,
  },
});

export const listMembers = operation({
  id: 'members.listMembers',
  summary: 'Members of a branch today; numbers are masked',
  method: 'GET',
  path: '/api/members/{unitId}/members',
  allow: 'members.read',
  input: v.object(here),
  output: v.object({ members: v.array(MemberRow) }),
  refusals: {},
});

export const names = operation({
  id: 'members.names',
  summary: 'Names of the members of a branch, and nothing else of them: for whoever helps others to sign in',
  method: 'GET',
  path: '/api/members/{unitId}/names',
  allow: 'members.help',
  input: v.object(here),
  output: v.object({ members: v.array(v.object({ memberId: MemberId, name: v.string() })) }),
  refusals: {},
});

export const rollOf = operation({
  id: 'members.rollOf',
  summary: 'The roll of a branch on a day with what each state means for a vote, guests included',
  method: 'GET',
  path: '/api/members/{unitId}/roll',
  allow: 'members.read',
  input: v.object({ ...here, day: v.optional(Day) }),
  output: v.object({ day: Day, roll: v.array(RollRow) }),
  refusals: {},
});

export const memberRecord = operation({
  id: 'members.memberRecord',
  summary: 'The whole record of one member; the look is written down',
  method: 'GET',
  path: '/api/members/{unitId}/members/{memberId}',
  allow: 'members.read',
  audited: true,
  input: v.object(one),
  output: FullRecord,
  refusals: {},
});

export const branchRecords = operation({
  id: 'members.branchRecords',
  summary: 'The nine items of all members of a branch, to be corrected in a table; the look is written down',
  method: 'GET',
  path: '/api/members/{unitId}/records',
  allow: 'members.manage',
  audited: true,
  input: v.object(here),
  output: v.object({ records: v.array(v.object({ memberId: MemberId, ...Summary.entries, unitName: v.string() })) }),
  refusals: {},
});

/** A change of some items: a value to set, or `null` to remove what need not be there. */
export const ItemsChange = v.partial(
  v.object({
    name: Summary.entries.name,
    birthDate: Day,
    sex: Sex,
    admissionDate: Day,
    officialDate: v.nullable(Day),
    cardNumber: v.nullable(v.unwrap(Summary.entries.cardNumber)),
    citizenId: v.nullable(v.unwrap(Summary.entries.citizenId)),
    phone: v.nullable(v.unwrap(Summary.entries.phone)),
  }),
);
export type ItemsChange = v.InferOutput<typeof ItemsChange>;

const memberRefusals = {
  'too-young': 422,
  'official-before-admission': 422,
  'date-wrong': 422,
  'no-number': 422,
  'card-held-by-other': 409,
  'citizen-id-held-by-other': 409,
  'not-a-branch': 422,
} as const;

export const addMember = operation({
  id: 'members.addMember',
  summary: 'Add one member to a branch; the same act again answers the same member',
  method: 'POST',
  path: '/api/members/{unitId}/members',
  allow: 'members.manage',
  audited: true,
  input: v.object({ ...here, actionId: ActionId, ...Summary.entries, from: v.optional(Day) }),
  output: v.object({ memberId: MemberId }),
  refusals: memberRefusals,
});

export const changeMember = operation({
  id: 'members.changeMember',
  summary: 'Correct items, move a member to another branch, or begin and end a condition',
  method: 'POST',
  path: '/api/members/{unitId}/members/{memberId}/change',
  allow: 'members.manage',
  audited: true,
  input: v.object({
    ...one,
    /** The version that was on the screen, so that nobody overwrites what he has not seen. */
    version: v.pipe(v.number(), v.integer()),
    change: v.variant('change', [
      v.object({ change: v.literal('items'), items: ItemsChange }),
      v.object({ change: v.literal('move'), toUnitId: UnitId, from: Day }),
      v.object({ change: v.literal('begin'), condition: Condition }),
      v.object({
        change: v.literal('end'),
        kind: v.picklist(['exempt', 'suspended', 'held', 'elsewhere', 'left']),
        on: Day,
      }),
    ]),
  }),
  output: FullRecord,
  refusals: { ...memberRefusals, 'changed-meanwhile': 409, 'has-left': 409, 'no-such-condition': 409 },
});

export const previewImport = operation({
  id: 'members.previewImport',
  summary: 'What would become of these lines of a file; nothing is written',
  method: 'POST',
  path: '/api/members/{unitId}/import/preview',
  allow: 'members.manage',
  input: v.object({ ...here, rows: v.pipe(v.array(SentRow), v.minLength(1), v.maxLength(ROWS_AT_ONCE)) }),
  output: v.object({ lines: v.array(Verdict) }),
  refusals: {},
});

export const importRows = operation({
  id: 'members.importRows',
  summary: 'Take the good lines of a file; sent twice they change nothing',
  method: 'POST',
  path: '/api/members/{unitId}/import',
  allow: 'members.manage',
  audited: true,
  input: previewImport.input,
  output: v.object({ lines: v.array(Verdict) }),
  refusals: {},
});

export const previewUnits = operation({
  id: 'members.previewUnits',
  summary: 'What would become of these lines of a file of organisations; nothing is written',
  method: 'POST',
  path: '/api/members/{unitId}/import-units/preview',
  allow: 'members.manage',
  input: v.object({ ...here, rows: v.pipe(v.array(SentUnit), v.minLength(1), v.maxLength(ROWS_AT_ONCE)) }),
  output: v.object({ lines: v.array(Verdict) }),
  refusals: {},
});

export const importUnits = operation({
  id: 'members.importUnits',
  summary: 'Add the organisations of these lines, the higher ones first; sent twice they change nothing',
  method: 'POST',
  path: '/api/members/{unitId}/import-units',
  allow: 'members.manage',
  audited: true,
  input: previewUnits.input,
  output: v.object({ lines: v.array(Verdict) }),
  refusals: {},
});

/** Who holds which role at an organisation. */
export const RoleHolder = v.object({ memberId: MemberId, memberUnitId: UnitId, name: v.string(), ...Grant.entries });
export type RoleHolder = v.InferOutput<typeof RoleHolder>;

export const listRoles = operation({
  id: 'members.listRoles',
  summary: 'Who holds which role at an organisation, ended ones included',
  method: 'GET',
  path: '/api/members/{unitId}/roles',
  allow: 'members.read',
  input: v.object(here),
  output: v.object({ roles: v.array(RoleHolder) }),
  refusals: {},
});

export const grantRole = operation({
  id: 'members.grantRole',
  summary: 'Give a role at this organisation with its first and last day',
  method: 'POST',
  path: '/api/members/{unitId}/members/{memberId}/roles',
  allow: 'members.grant',
  stepUp: true,
  audited: true,
  input: v.object({ ...one, role: Role, from: v.optional(Day), until: v.optional(Day) }),
  output: v.object({ roles: v.array(Grant) }),
  refusals: {
    'not-yourself': 403,
    'not-yours-to-give': 403,
    'dates-wrong': 422,
    'has-left': 409,
    'not-in-unit': 409,
    'changed-meanwhile': 409,
  },
});

export const endRole = operation({
  id: 'members.endRole',
  summary: 'End a role at this organisation at once',
  method: 'POST',
  path: '/api/members/{unitId}/members/{memberId}/roles/end',
  allow: 'members.grant',
  stepUp: true,
  audited: true,
  input: v.object({ ...one, role: Role }),
  output: v.object({ roles: v.array(Grant) }),
  refusals: { 'not-yours-to-give': 403, 'changed-meanwhile': 409 },
});

export const createStaffAccount = operation({
  id: 'members.createStaffAccount',
  summary: 'Open a staff account for somebody with a staff role here; the first password is shown once',
  method: 'POST',
  path: '/api/members/{unitId}/members/{memberId}/staff',
  allow: 'members.grant',
  stepUp: true,
  audited: true,
  input: v.object({
    ...one,
    staffName: v.pipe(v.string(), v.trim(), v.toLowerCase(), v.regex(/^[a-z][a-z0-9.-]{3,30}$/)),
  }),
  output: v.object({ staffName: v.string(), password: v.string() }),
  refusals: {
    'no-staff-role': 409,
    'name-taken': 409,
    'has-account': 409,
    'not-yours-to-give': 403,
    'changed-meanwhile': 409,
  },
});

export const resetStaffPassword = operation({
  id: 'members.resetStaffPassword',
  summary: 'Give a staff account a new first password, shown once, and a new second factor',
  method: 'POST',
  path: '/api/members/{unitId}/members/{memberId}/staff/reset',
  allow: 'members.grant',
  stepUp: true,
  audited: true,
  input: v.object(one),
  output: v.object({ staffName: v.string(), password: v.string() }),
  refusals: { 'no-account': 409, 'not-yours-to-give': 403 },
});

export const ownRecord = operation({
  id: 'members.ownRecord',
  summary: 'One’s own nine items, and what one has asked to be corrected',
  method: 'GET',
  path: '/api/members/own/record',
  allow: 'signed-in',
  input: v.object({}),
  output: v.object({ record: FullRecord, corrections: v.array(Correction) }),
  refusals: {},
});

export const askCorrection = operation({
  id: 'members.askCorrection',
  summary: 'Say that an item of one’s own record is wrong; the same act again is one',
  method: 'POST',
  path: '/api/members/own/correction',
  allow: 'signed-in',
  later: true,
  input: v.object({
    actionId: ActionId,
    item: Item,
    proposed: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
    note: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(500))),
  }),
  output: v.object({ correction: Correction }),
  refusals: { 'same-as-now': 409, unreadable: 422 },
});

/** A correction as those see it who decide: with the member's name. */
export const CorrectionRow = v.object({ ...Correction.entries, name: v.string() });
export type CorrectionRow = v.InferOutput<typeof CorrectionRow>;

export const listCorrections = operation({
  id: 'members.listCorrections',
  summary: 'Corrections that members of a branch asked for, the newest first',
  method: 'GET',
  path: '/api/members/{unitId}/corrections',
  allow: 'members.read',
  input: v.object(here),
  output: v.object({ corrections: v.array(CorrectionRow) }),
  refusals: {},
});

export const decideCorrection = operation({
  id: 'members.decideCorrection',
  summary: 'Confirm a correction (the branch), put it into the record (the office) or decline it with words',
  method: 'POST',
  path: '/api/members/{unitId}/corrections/{correctionId}/decide',
  allow: 'members.admit',
  audited: true,
  input: v.object({
    ...here,
    correctionId: v.pipe(v.string(), v.regex(/^[0-9a-z-]{1,60}$/)),
    decision: v.picklist(['confirm', 'apply', 'decline']),
    answer: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(500))),
  }),
  output: v.object({ correction: Correction }),
  refusals: {
    'already-decided': 409,
    'answer-needed': 422,
    unreadable: 422,
    'changed-meanwhile': 409,
    ...memberRefusals,
  },
});

/** One act in the log of an organisation, with the names of who did it and to whom. */
export const AuditRow = v.object({
  at: Instant,
  operation: v.string(),
  actorName: v.string(),
  actorId: MemberId,
  memberName: v.optional(v.string()),
  outcome: v.string(),
});
export type AuditRow = v.InferOutput<typeof AuditRow>;

export const auditOf = operation({
  id: 'members.auditOf',
  summary: 'What was done at an organisation in up to 31 days, the newest first',
  method: 'GET',
  path: '/api/members/{unitId}/audit',
  allow: 'members.read',
  input: v.object({ ...here, from: Day, until: Day }),
  output: v.object({
    acts: v.array(AuditRow),
    /** The last of these days that is sealed, and those whose entries are not as they were sealed. */
    sealedUntil: v.optional(Day),
    broken: v.array(Day),
  }),
  refusals: { 'span-too-long': 422 },
});
