import * as v from 'valibot';
import { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { Grant } from '#shared/kernel/permissions.ts';
import { Day, Instant } from '#shared/kernel/time.ts';
import { tidyName } from '#shared/kernel/vietnamese.ts';

/**
 * Kinds of organisation, from the widest to the narrowest; each stands below one that is wider.
 * Source: domain.md §3.11 (levels changed in 2025 and 2026, so none of them is required).
 */
export const unitKinds = [
  'province',
  'upper_party_body',
  'grassroots_party_body',
  'section_party_body',
  'branch',
  'party_cell_group',
] as const;
export const UnitKind = v.picklist(unitKinds);
export type UnitKind = v.InferOutput<typeof UnitKind>;

/** Characters of an organisation's or a person's name at most; the longest official ones have about 120. */
const NAME_LENGTH = 160;

export const UnitName = v.pipe(v.string(), v.transform(tidyName), v.minLength(1), v.maxLength(NAME_LENGTH));

/** Number of an organisation in the national database: 14 digits. Source: domain.md §3.11. */
export const OrgCode = v.pipe(v.string(), v.regex(/^\d{14}$/), v.brand('OrgCode'));
export type OrgCode = v.InferOutput<typeof OrgCode>;

/** An organisation with its whole history: names and superiors by the day from which they hold, the latest last. */
export const Unit = v.object({
  unitId: UnitId,
  kind: UnitKind,
  code: v.optional(OrgCode),
  names: v.pipe(v.array(v.object({ from: Day, name: v.string() })), v.minLength(1)),
  /** Empty for the province itself. */
  parents: v.array(v.object({ from: Day, parentId: UnitId })),
  /** It ended on this day, by itself or inside another. */
  closed: v.optional(v.object({ from: Day, mergedInto: v.optional(UnitId) })),
  /** Counts its changes. */
  version: v.pipe(v.number(), v.integer()),
});
export type Unit = v.InferOutput<typeof Unit>;

export const Sex = v.picklist(['male', 'female']);
export type Sex = v.InferOutput<typeof Sex>;

/** A name as on the party card: letters of any script, spaces, and the few signs that stand in names. */
export const PersonName = v.pipe(
  v.string(),
  v.transform(tidyName),
  v.minLength(2),
  v.maxLength(80),
  v.regex(/^[\p{L}\p{M}][\p{L}\p{M} .'’-]*$/u),
);

/** Twelve digits: the personal identity number, since 2/9/2025 also the number of the card. Source: domain.md §3.7. */
export const CardNumber = v.pipe(v.string(), v.regex(/^\d{12}$/), v.brand('CardNumber'));
export type CardNumber = v.InferOutput<typeof CardNumber>;

export const CitizenId = v.pipe(v.string(), v.regex(/^\d{12}$/), v.brand('CitizenId'));
export type CitizenId = v.InferOutput<typeof CitizenId>;

/** As dialled inside the country: `0912345678`; fixed lines have eleven digits. */
export const Phone = v.pipe(v.string(), v.regex(/^0\d{9,10}$/), v.brand('Phone'));
export type Phone = v.InferOutput<typeof Phone>;

/**
 * What changes a member's part in the life of the branch for a time (`until` is the first day it no longer holds):
 * `exempt` from activity, `suspended` from party activity, `held` while prosecuted or in custody, `elsewhere` on
 * temporary transfer, `left` for good. Source: domain.md §3.3, §3.8, §3.9.
 */
export const Condition = v.variant('kind', [
  v.object({ kind: v.picklist(['exempt', 'suspended', 'held']), from: Day, until: v.optional(Day) }),
  v.object({
    kind: v.literal('elsewhere'),
    from: Day,
    until: Day,
    /** The branch that takes him in, if it is in this province. */
    hostUnitId: v.optional(UnitId),
  }),
  v.object({
    kind: v.literal('left'),
    from: Day,
    until: v.optional(Day),
    reason: v.picklist(['transferred_out', 'delisted', 'expelled', 'deceased', 'resigned']),
  }),
]);
export type Condition = v.InferOutput<typeof Condition>;
export type ConditionKind = Condition['kind'];

/** The nine items of the member summary, but the branch, which has a history. Source: domain.md §1a. */
const summary = {
  name: PersonName,
  birthDate: Day,
  sex: Sex,
  admissionDate: Day,
  /** Missing while on probation. */
  officialDate: v.optional(Day),
  cardNumber: v.optional(CardNumber),
  citizenId: v.optional(CitizenId),
  phone: v.optional(Phone),
};
export const Summary = v.object(summary);
export type Summary = v.InferOutput<typeof Summary>;

/** A member: eight items as they are, the ninth (the branch) and all else that passes with the days it holds. */
export const Member = v.object({
  memberId: MemberId,
  ...summary,
  /** Branches by the day from which he belongs to them, the latest last. */
  placements: v.pipe(v.array(v.object({ from: Day, unitId: UnitId })), v.minLength(1)),
  conditions: v.array(Condition),
  /** Roles beside that of member, also ended ones. */
  roles: v.array(Grant),
  /** Name in the staff pool, once he has an account there. */
  staffName: v.optional(v.string()),
  version: v.pipe(v.number(), v.integer()),
});
export type Member = v.InferOutput<typeof Member>;

/** Names of the nine items, in the order of the official list. */
export const items = [
  'name',
  'birthDate',
  'sex',
  'admissionDate',
  'officialDate',
  'cardNumber',
  'branch',
  'citizenId',
  'phone',
] as const;
export const Item = v.picklist(items);
export type Item = v.InferOutput<typeof Item>;

/**
 * What a member's state means for a vote in one branch on one day; one word, the strongest reason first.
 * `official` counts; `exempt` counts if he comes; all others do not. `guest`: on temporary transfer to this branch.
 * Source: domain.md §3.3.
 */
export const votingStates = [
  'left',
  'not_yet',
  'guest',
  'held',
  'suspended',
  'elsewhere',
  'probationary',
  'exempt',
  'official',
] as const;
export const VotingState = v.picklist(votingStates);
export type VotingState = v.InferOutput<typeof VotingState>;

/** What decides a voting state: dates only, no name and no number. */
export const Standing = v.object({
  admissionDate: Day,
  officialDate: v.optional(Day),
  placements: Member.entries.placements,
  conditions: Member.entries.conditions,
});
export type Standing = v.InferOutput<typeof Standing>;

/** The branch a member belongs to on a day; before his first placement, the first. */
export const branchOn = ({ placements }: Pick<Standing, 'placements'>, day: Day): UnitId =>
  (placements.findLast(({ from }) => from <= day) ?? placements[0]!).unitId; // the schema asks for one at least

const holds = ({ from, until }: { from: Day; until?: Day | undefined }, day: Day): boolean =>
  from <= day && (until === undefined || day < until);

/** The conditions of a member that hold on a day. */
export const conditionsOn = ({ conditions }: Pick<Standing, 'conditions'>, day: Day): readonly Condition[] =>
  conditions.filter((condition) => holds(condition, day));

/** Whether a condition of this kind holds on a day. */
export const has = (standing: Pick<Standing, 'conditions'>, kind: ConditionKind, day: Day): boolean =>
  conditionsOn(standing, day).some((condition) => condition.kind === kind);

/** The branch that has taken a member in for a time, if one has on this day. */
export const hostOn = (standing: Pick<Standing, 'conditions'>, day: Day): UnitId | undefined =>
  conditionsOn(standing, day).flatMap((condition) =>
    condition.kind === 'elsewhere' && condition.hostUnitId !== undefined ? [condition.hostUnitId] : [],
  )[0];

/**
 * What a member's state means for a vote in this branch on this day; nothing when he is not on its roll.
 * Source: domain.md §3.3 (294-QĐ/TW §9.3): the base is the official members, minus those temporarily elsewhere, exempt
 * and absent, suspended, prosecuted or held; a member on temporary transfer has no vote at the host.
 */
export const votingStateAt = (standing: Standing, unitId: UnitId, day: Day): VotingState | undefined => {
  const belongs = branchOn(standing, day) === unitId;
  if (!belongs && hostOn(standing, day) !== unitId) return undefined;
  if (has(standing, 'left', day)) return belongs ? 'left' : undefined;
  if (standing.admissionDate > day) return belongs ? 'not_yet' : undefined;
  if (!belongs) return 'guest';
  if (has(standing, 'held', day)) return 'held';
  if (has(standing, 'suspended', day)) return 'suspended';
  if (has(standing, 'elsewhere', day)) return 'elsewhere';
  if (standing.officialDate === undefined || standing.officialDate > day) return 'probationary';
  return has(standing, 'exempt', day) ? 'exempt' : 'official';
};

/** Whether somebody in this state stands on the roll that is called at a meeting. */
export const isOnRoll = (state: VotingState | undefined): state is VotingState =>
  state !== undefined && state !== 'left' && state !== 'not_yet';

/** Every branch whose roll a member stands or stood on. */
export const unitsOf = (standing: Standing): readonly UnitId[] => [
  ...new Set([
    ...standing.placements.map(({ unitId }) => unitId),
    ...standing.conditions.flatMap((condition) =>
      condition.kind === 'elsewhere' && condition.hostUnitId !== undefined ? [condition.hostUnitId] : [],
    ),
  ]),
];

/**
 * Fact: a member was added or changed. Carries what others keep of him: a consumer keeps the highest `version` only and
 * asks `votingStateAt(fact, unitId, day)` for any day. `unitIds`: every branch whose roll it touches, past ones too.
 */
export const MemberChanged = v.object({
  type: v.literal('member-changed'),
  memberId: MemberId,
  version: v.number(),
  at: Instant,
  name: v.string(),
  birthYear: v.number(),
  sex: Sex,
  /** Whether he can be expected to use the handbook himself. */
  hasPhone: v.boolean(),
  unitIds: v.array(UnitId),
  ...Standing.entries,
  roles: v.array(Grant),
});
export type MemberChanged = v.InferOutput<typeof MemberChanged>;

/** Fact: an organisation was made, renamed, moved, closed or merged. */
export const UnitChanged = v.object({ type: v.literal('unit-changed'), at: Instant, unit: Unit });
export type UnitChanged = v.InferOutput<typeof UnitChanged>;

/** Fact: a role was given or taken back. For the figure "rights delegated" of the progress report (domain.md §3.12). */
export const RoleChanged = v.object({
  type: v.literal('role-changed'),
  memberId: MemberId,
  unitId: UnitId,
  role: Grant.entries.role,
  change: v.picklist(['granted', 'ended']),
  at: Instant,
  by: v.optional(MemberId),
});
export type RoleChanged = v.InferOutput<typeof RoleChanged>;

/** A member says that an item of his record is wrong; the branch confirms it, the office puts it right. */
export const Correction = v.object({
  correctionId: v.string(),
  memberId: MemberId,
  unitId: UnitId,
  item: Item,
  /** What the record said when he asked; what he says it should be. */
  before: v.optional(v.string()),
  proposed: v.string(),
  note: v.optional(v.string()),
  askedAt: Instant,
  state: v.picklist(['asked', 'confirmed', 'applied', 'declined']),
  confirmedAt: v.optional(Instant),
  confirmedBy: v.optional(MemberId),
  decidedAt: v.optional(Instant),
  decidedBy: v.optional(MemberId),
  /** Words to the member, when it was declined. */
  answer: v.optional(v.string()),
});
export type Correction = v.InferOutput<typeof Correction>;
