import * as v from 'valibot';
import { ActionId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Grant, Role } from '#shared/kernel/permissions.ts';
import { Day } from '#shared/kernel/time.ts';
import { Condition, Sex, Summary, VotingState } from './model.ts';

const here = { unitId: UnitId };
const one = { unitId: UnitId, memberId: MemberId };

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

/** Why an item cannot stand as it was sent. */
export const memberRefusals = {
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
