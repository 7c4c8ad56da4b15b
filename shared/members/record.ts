import * as v from 'valibot';
import type { UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { addDays, type Day, type Instant, instantAt } from '#shared/kernel/time.ts';
import { fold, tidyName } from '#shared/kernel/vietnamese.ts';
import { monthsBetween, readDay, readPhone, readSex } from './cells.ts';
import {
  branchOn,
  CardNumber,
  CitizenId,
  type Condition,
  type ConditionKind,
  type Correction,
  has,
  type Item,
  type Member,
  PersonName,
  type Summary,
  type UnitKind,
} from './model.ts';
import { ADMISSION_YEARS } from './roll.ts';
import { branchRoles } from './rules.ts';

/** What can be wrong with a record whichever way it is changed. */
export type RecordFault = 'too-young' | 'official-before-admission' | 'date-wrong' | 'no-number';

/** Whether nine items can be those of one member. Source: domain.md §3.7 (age at admission counted by month). */
export const checkSummary = (summary: Summary, today: Day): Result<Summary, RecordFault> => {
  const { birthDate, admissionDate, officialDate } = summary;
  if (birthDate >= today || admissionDate > today || (officialDate ?? '') > today) return refuse('date-wrong');
  if (monthsBetween(birthDate, admissionDate) < ADMISSION_YEARS.least * 12) return refuse('too-young');
  if (officialDate !== undefined && officialDate < admissionDate) return refuse('official-before-admission');
  if (summary.cardNumber === undefined && summary.citizenId === undefined) return refuse('no-number');
  return ok(summary);
};

/** Items to set; `null` removes one that need not be there. */
export type ItemsSet = { readonly [K in keyof Summary]?: Summary[K] | null | undefined };

export type MemberChange =
  | { readonly change: 'items'; readonly items: ItemsSet }
  | { readonly change: 'move'; readonly toUnitId: UnitId; readonly from: Day }
  | { readonly change: 'begin'; readonly condition: Condition }
  | { readonly change: 'end'; readonly kind: ConditionKind; readonly on: Day };

export interface ChangeAround {
  readonly today: Day;
  /** Kind of the branch one moves to, or that takes one in. */
  readonly unitKind?: UnitKind | undefined;
}

/** Months that a temporary transfer lasts at most: 12, for study up to 24. Source: domain.md §3.8. */
const ELSEWHERE_DAYS = 731;

/** Changes a member's record; what was before stays known. The same change again changes nothing. */
export const decideMemberChange = (
  member: Member,
  asked: MemberChange,
  around: ChangeAround,
): Result<Member, RecordFault | 'not-a-branch' | 'has-left' | 'no-such-condition'> => {
  const { today } = around;
  switch (asked.change) {
    case 'items': {
      const after = withItems(member, asked.items);
      const checked = checkSummary(after, today);
      return checked.ok ? ok(after) : checked;
    }
    case 'move': {
      const last = member.placements.at(-1)!; // the schema asks for one at least
      if (last.unitId === asked.toUnitId) return ok(member);
      if (has(member, 'left', today)) return refuse('has-left');
      if (around.unitKind !== 'branch') return refuse('not-a-branch');
      if (asked.from > today || asked.from < last.from) return refuse('date-wrong');
      const placements = [
        ...member.placements.filter(({ from }) => from < asked.from),
        { from: asked.from, unitId: asked.toUnitId },
      ];
      const roles = endedFrom(member, asked.from, (role) => branchRoles.includes(role));
      return ok({ ...member, placements, roles, version: member.version + 1 });
    }
    case 'begin': {
      const { condition } = asked;
      if (member.conditions.some((known) => isEqual(known, condition))) return ok(member);
      if (condition.until !== undefined && condition.until <= condition.from) return refuse('date-wrong');
      if (condition.from < member.admissionDate || condition.from > addDays(today, 366)) return refuse('date-wrong');
      if (condition.kind === 'elsewhere') {
        if (condition.until > addDays(condition.from, ELSEWHERE_DAYS)) return refuse('date-wrong');
        if (condition.hostUnitId !== undefined && around.unitKind !== 'branch') return refuse('not-a-branch');
        if (condition.hostUnitId === branchOn(member, condition.from)) return refuse('not-a-branch');
      }
      if (condition.kind === 'left' && condition.from > today) return refuse('date-wrong');
      if (has(member, condition.kind, condition.from)) return refuse('date-wrong');
      const roles = condition.kind === 'left' ? endedFrom(member, condition.from, () => true) : member.roles;
      return ok({ ...member, conditions: [...member.conditions, condition], roles, version: member.version + 1 });
    }
    case 'end': {
      if (!member.conditions.some((known) => known.kind === asked.kind)) return refuse('no-such-condition');
      if (member.conditions.some((known) => known.kind === asked.kind && known.until === asked.on)) return ok(member);
      if (asked.on > addDays(today, 366)) return refuse('date-wrong');
      const running = member.conditions.find(
        (known) =>
          known.kind === asked.kind && known.from < asked.on && (known.until === undefined || known.until > asked.on),
      );
      if (!running) return refuse('no-such-condition');
      const conditions = member.conditions.map((known) => (known === running ? { ...known, until: asked.on } : known));
      return ok({ ...member, conditions, version: member.version + 1 });
    }
  }
};

const withItems = (member: Member, items: ItemsSet): Member => {
  const after: Record<string, unknown> = { ...member };
  let changed = false;
  for (const [name, value] of Object.entries(items)) {
    if (value === undefined || after[name] === (value ?? undefined)) continue;
    changed = true;
    if (value === null) delete after[name];
    else after[name] = value;
  }
  // only known items were set, each to a value of its own type
  return changed ? ({ ...after, version: member.version + 1 } as unknown as Member) : member;
};

const endedFrom = (member: Member, day: Day, which: (role: Member['roles'][number]['role']) => boolean) => {
  const end: Instant = instantAt(day, '00:00');
  return member.roles.map((grant) =>
    which(grant.role) && (grant.until === undefined || grant.until > end)
      ? { ...grant, until: grant.from > end ? grant.from : end }
      : grant,
  );
};

const isEqual = (a: Condition, b: Condition): boolean =>
  a.kind === b.kind &&
  a.from === b.from &&
  a.until === b.until &&
  (a.kind !== 'elsewhere' || b.kind !== 'elsewhere' || a.hostUnitId === b.hostUnitId);

/** What an item of a correction says, read as a cell of a file is; nothing when it cannot be. The branch is only a wish. */
export const readItem = (item: Item, text: string): ItemsSet | undefined => {
  const digits = text.replace(/[\s.-]/g, '');
  const one = <T>(name: keyof Summary, value: T | undefined): ItemsSet | undefined =>
    value === undefined ? undefined : { [name]: value };
  switch (item) {
    case 'name':
      return one(item, parsed(PersonName, tidyName(text)));
    case 'birthDate':
    case 'admissionDate':
    case 'officialDate':
      return one(item, readDay(text));
    case 'sex':
      return one(item, readSex(text));
    case 'cardNumber':
      return one(item, parsed(CardNumber, digits));
    case 'citizenId':
      return one(item, parsed(CitizenId, digits));
    case 'phone':
      return one(item, readPhone(text));
    case 'branch':
      return {};
  }
};

const parsed = <T>(schema: v.GenericSchema<string, T>, text: string): T | undefined => {
  const read = v.safeParse(schema, text);
  return read.success ? read.output : undefined;
};

/** What the record says of an item now, as the correction keeps it. */
export const itemOf = (member: Member, item: Item, branchName: string): string | undefined =>
  item === 'branch' ? branchName : member[item];

/** A correction that says what the record says already, or what cannot be read, is not asked. */
export const decideAsking = (
  member: Member,
  asked: { readonly item: Item; readonly proposed: string },
  branchName: string,
): Result<{ readonly before?: string }, 'same-as-now' | 'unreadable'> => {
  const read = readItem(asked.item, asked.proposed);
  if (!read) return refuse('unreadable');
  const before = itemOf(member, asked.item, branchName);
  const said = asked.item === 'branch' ? asked.proposed : String(read[asked.item] ?? '');
  if (before !== undefined && fold(said) === fold(before) && (asked.item !== 'name' || said === before))
    return refuse('same-as-now');
  return ok(before === undefined ? {} : { before });
};

/**
 * The branch confirms, the office puts it into the record or declines with words. The same decision again is the same.
 * Source: product.md §2, row 13.
 */
export const decideCorrection = (
  correction: Correction,
  decision: 'confirm' | 'apply' | 'decline',
  by: {
    readonly memberId: Member['memberId'];
    readonly mayApply: boolean;
    readonly now: Instant;
    readonly answer?: string | undefined;
  },
): Result<Correction, 'already-decided' | 'answer-needed' | 'not-allowed'> => {
  const wanted = decision === 'confirm' ? 'confirmed' : decision === 'apply' ? 'applied' : 'declined';
  if (correction.state === wanted) return ok(correction);
  if (correction.state === 'applied' || correction.state === 'declined') return refuse('already-decided');
  if (decision === 'confirm')
    return ok({ ...correction, state: 'confirmed', confirmedAt: by.now, confirmedBy: by.memberId });
  if (decision === 'apply' && !by.mayApply) return refuse('not-allowed');
  if (decision === 'decline' && !by.answer) return refuse('answer-needed');
  return ok({
    ...correction,
    state: decision === 'apply' ? 'applied' : 'declined',
    decidedAt: by.now,
    decidedBy: by.memberId,
    ...(by.answer && { answer: by.answer }),
  });
};

/** A number on a list: its last three signs, enough to tell two of them apart. */
export const masked = (number: string): string => `•••• ${number.slice(-3)}`;
