import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { exists, type Item, isNew, type OnlyIf, openTable, type Part } from '#runtime/table.ts';
import { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { Grant } from '#shared/kernel/permissions.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import { Correction, Member, type RoleChanged, Unit, type UnitChanged, unitsOf } from '#shared/members/model.ts';
import { memberChanged } from '#shared/members/rules.ts';
import { nameKey, parentOn, parentsEver } from '#shared/members/tree.ts';

const table = openTable('MEMBERS_TABLE');

/**
 * A unit stands at home and, as a copy written together with it, below every unit it ever stood below. A member stands
 * at home and in the list of every branch he ever belonged to. So the tree and the rolls of any day are one query each.
 */
const keys = {
  unit: (unitId: UnitId) => ({ pk: `UNIT#${unitId}`, sk: 'UNIT' }),
  below: (parentId: UnitId, unitId: UnitId) => ({ pk: `UNIT#${parentId}`, sk: `BELOW#${unitId}` }),
  nameIn: (parentId: UnitId, name: string) => ({ pk: `UNIT#${parentId}`, sk: `NAME#${nameKey(name)}` }),
  named: (name: string, unitId: UnitId) => ({ pk: `NAMED#${nameKey(name)}`, sk: unitId }),
  code: (code: string) => ({ pk: `CODE#${code}`, sk: 'HOLDER' }),
  member: (memberId: MemberId) => ({ pk: `MEMBER#${memberId}`, sk: 'RECORD' }),
  listed: (unitId: UnitId, memberId: MemberId) => ({ pk: `UNIT#${unitId}`, sk: `MEMBER#${memberId}` }),
  card: (number: string) => ({ pk: `CARD#${hashOf('card', number)}`, sk: 'HOLDER' }),
  citizen: (number: string) => ({ pk: `CITIZEN#${hashOf('citizen', number)}`, sk: 'HOLDER' }),
  role: (memberId: MemberId, grant: Grant) => ({
    pk: `UNIT#${grant.unitId}`,
    sk: `ROLE#${memberId}#${grant.role}#${grant.from}`,
  }),
  correction: (unitId: UnitId, id: string) => ({ pk: `UNIT#${unitId}`, sk: `CORRECTION#${id}` }),
  ownCorrection: (memberId: MemberId, id: string) => ({ pk: `MEMBER#${memberId}`, sk: `CORRECTION#${id}` }),
};

/** Keys are seen by operators, in metrics and in logs of the engine: a number stands in them as its hash only. */
const hashOf = (kind: string, number: string): string => createHash('sha256').update(`${kind} ${number}`).digest('hex');

/** What may be held by one only: free, given back, or mine already. */
const freeFor = (field: 'memberId' | 'unitId', id: string): OnlyIf => ({
  expression: `attribute_not_exists(#${field}) OR #${field} = :id`,
  values: { id },
});
const heldBy = (field: 'memberId' | 'unitId', id: string): OnlyIf => ({
  expression: `#${field} = :id`,
  values: { id },
});
const atVersion = (version: number): OnlyIf => ({ expression: '#version = :version', values: { version } });

export const loadUnit = async (unitId: UnitId): Promise<Unit | undefined> => {
  const item = await table.get(keys.unit(unitId));
  return item && v.parse(Unit, item);
};

/** Units that stand or ever stood directly below this one. */
export const unitsBelow = async (parentId: UnitId): Promise<readonly Unit[]> =>
  (await table.query(`UNIT#${parentId}`, { prefix: 'BELOW#' })).map((item) => v.parse(Unit, item));

/** A unit and all below it on a day, level by level, closed ones left out. */
export const subtree = async (unitId: UnitId, day: Day, levels = 9): Promise<readonly Unit[]> => {
  const root = await loadUnit(unitId);
  if (!root) return [];
  const found: Unit[] = [root];
  let level = [root];
  for (let deep = 0; deep < levels && level.length > 0; deep++) {
    const wide = level.filter(({ kind }) => kind !== 'party_cell_group');
    const next: Unit[] = [];
    await inTurns(wide, 16, async (parent) => {
      const below = await unitsBelow(parent.unitId);
      next.push(
        ...below.filter((unit) => parentOn(unit, day) === parent.unitId && !(unit.closed && unit.closed.from <= day)),
      );
    });
    level = next.sort((a, b) => (a.unitId < b.unitId ? -1 : 1));
    found.push(...level);
  }
  return found;
};

/** Units that bear or bore a name, accents and case aside. */
export const unitsNamed = async (name: string): Promise<readonly Unit[]> => {
  const ids = (await table.query(`NAMED#${nameKey(name)}`)).map((item) => v.parse(UnitId, item.sk));
  const units = await Promise.all(ids.map(loadUnit));
  return units.filter((unit) => unit !== undefined);
};

export const unitOfCode = async (code: string): Promise<Unit | undefined> => {
  const item = await table.get(keys.code(code));
  return item ? loadUnit(v.parse(UnitId, item['unitId'])) : undefined;
};

/**
 * Writes a unit with its copies, its name below its superior and its code, all or nothing. Safe to repeat: a unit that
 * stands there with the same content answers `done`.
 */
export const recordUnit = async (
  after: Unit,
  before: Unit | undefined,
  now: Instant,
): Promise<'done' | 'name-taken' | 'code-taken' | 'changed-meanwhile'> => {
  const fact: UnitChanged = { type: 'unit-changed', at: now, unit: after };
  const home: Part = {
    put: { ...keys.unit(after.unitId), ...after, fact },
    onlyIf: before ? atVersion(before.version) : isNew,
  };
  const parents = new Set([...parentsEver(after), ...(before ? parentsEver(before) : [])]);
  const copies = [...parents].map((parentId): Part => ({ put: { ...keys.below(parentId, after.unitId), ...after } }));
  const last = latestName(after);
  const names: Part[] = [{ put: { ...keys.named(last.name, after.unitId), unitId: after.unitId } }];
  const place = placeOf(after);
  const oldPlace = before && placeOf(before);
  const sibling: Part[] = [];
  if (oldPlace && !isSameKey(oldPlace, place))
    sibling.push({ change: oldPlace, to: { remove: ['unitId'], onlyIf: heldBy('unitId', after.unitId) } });
  if (place && !isSameKey(oldPlace, place))
    sibling.push({ put: { ...place, unitId: after.unitId }, onlyIf: freeFor('unitId', after.unitId) });
  const code: Part[] =
    after.code !== undefined && before?.code !== after.code
      ? [{ put: { ...keys.code(after.code), unitId: after.unitId }, onlyIf: freeFor('unitId', after.unitId) }]
      : [];
  const parts = [home, ...copies, ...names, ...sibling, ...code];
  const written = await table.together(parts);
  if (written.done) return 'done';
  const failed = written.failed.map(({ part }) => parts[part]);
  if (failed.includes(home)) return 'changed-meanwhile';
  return failed.some((part) => part !== undefined && code.includes(part)) ? 'code-taken' : 'name-taken';
};

const latestName = (unit: Unit) => unit.names.at(-1)!; // the schema asks for one at least

/** Where the unit's present name is held against its siblings; a closed unit holds none. */
const placeOf = (unit: Unit) => {
  const parentId = unit.parents.at(-1)?.parentId;
  return parentId === undefined || unit.closed ? undefined : keys.nameIn(parentId, latestName(unit).name);
};

const isSameKey = (a: { pk: string; sk: string } | undefined, b: { pk: string; sk: string } | undefined): boolean =>
  a?.pk === b?.pk && a?.sk === b?.sk;

export const loadMember = async (memberId: MemberId): Promise<Member | undefined> => {
  const item = await table.get(keys.member(memberId));
  return item && v.parse(Member, item);
};

/** Everybody who belongs or ever belonged to a branch, guests included. */
export const membersListed = async (unitId: UnitId): Promise<readonly Member[]> =>
  (await table.query(`UNIT#${unitId}`, { prefix: 'MEMBER#' })).map((item) => v.parse(Member, item));

/** Who holds a card number and a citizen id. */
export const holdersOf = async (numbers: {
  readonly cardNumber?: string | undefined;
  readonly citizenId?: string | undefined;
}): Promise<{ byCard?: Member; byCitizenId?: Member }> => {
  const [card, citizen] = await Promise.all([
    numbers.cardNumber === undefined ? undefined : table.get(keys.card(numbers.cardNumber)),
    numbers.citizenId === undefined ? undefined : table.get(keys.citizen(numbers.citizenId)),
  ]);
  const [byCard, byCitizenId] = await Promise.all([holderIn(card), holderIn(citizen)]);
  return { ...(byCard && { byCard }), ...(byCitizenId && { byCitizenId }) };
};

const holderIn = async (item: Item | undefined): Promise<Member | undefined> =>
  item?.['memberId'] === undefined ? undefined : loadMember(v.parse(MemberId, item['memberId']));

/**
 * Writes a member with his place in every list and his two numbers, all or nothing; a number that another holds refuses
 * the write. Safe to repeat: the version of the record is its condition.
 */
export const recordMember = async (
  after: Member,
  before: Member | undefined,
  by: { readonly now: Instant; readonly memberId?: MemberId },
): Promise<'done' | 'changed-meanwhile' | 'card-held-by-other' | 'citizen-id-held-by-other'> => {
  const { memberId } = after;
  const home: Part = {
    put: { ...keys.member(memberId), ...after, fact: memberChanged(after, by.now) },
    onlyIf: before ? atVersion(before.version) : isNew,
  };
  const units = new Set([...unitsOf(after), ...(before ? unitsOf(before) : [])]);
  const lists = [...units].map((unitId): Part => ({ put: { ...keys.listed(unitId, memberId), ...after } }));
  const card = numberParts(keys.card, before?.cardNumber, after.cardNumber, memberId);
  const citizen = numberParts(keys.citizen, before?.citizenId, after.citizenId, memberId);
  const parts = [home, ...lists, ...card, ...citizen, ...roleParts(after, before, by)];
  const written = await table.together(parts);
  if (written.done) return 'done';
  const failed = written.failed.map(({ part }) => parts[part] as Part);
  if (failed.includes(home)) return 'changed-meanwhile';
  return failed.some((part) => card.includes(part)) ? 'card-held-by-other' : 'citizen-id-held-by-other';
};

/** Gives back the old number and takes the new one, if it is free. */
const numberParts = (
  key: (number: string) => { pk: string; sk: string },
  before: string | undefined,
  after: string | undefined,
  memberId: MemberId,
): Part[] => [
  ...(before !== undefined && before !== after
    ? [{ change: key(before), to: { remove: ['memberId'], onlyIf: heldBy('memberId', memberId) } }]
    : []),
  ...(after !== undefined && before !== after
    ? [{ put: { ...key(after), memberId }, onlyIf: freeFor('memberId', memberId) }]
    : []),
];

/** The lines of the lists of roles that changed, each with its fact. */
const roleParts = (
  after: Member,
  before: Member | undefined,
  by: { readonly now: Instant; readonly memberId?: MemberId },
): Part[] =>
  after.roles.flatMap((grant): Part[] => {
    const old = before?.roles.find(
      (known) => known.role === grant.role && known.unitId === grant.unitId && known.from === grant.from,
    );
    if (old && old.until === grant.until && before?.name === after.name) return [];
    const isNews = !old || old.until !== grant.until;
    const fact: RoleChanged = {
      type: 'role-changed',
      memberId: after.memberId,
      unitId: grant.unitId,
      role: grant.role,
      change: old ? 'ended' : 'granted',
      at: by.now,
      ...(by.memberId && { by: by.memberId }),
    };
    const line = { ...keys.role(after.memberId, grant), memberId: after.memberId, name: after.name, grant };
    return [{ put: { ...line, ...(isNews && { fact }) } }];
  });

const RoleLine = v.object({ memberId: MemberId, name: v.string(), grant: Grant });

/** Who holds or held a role at a unit. */
export const rolesAt = async (unitId: UnitId): Promise<readonly v.InferOutput<typeof RoleLine>[]> =>
  (await table.query(`UNIT#${unitId}`, { prefix: 'ROLE#' })).map((item) => v.parse(RoleLine, item));

/** Keeps a correction in the branch's list and in the member's own. Asked again, the first one stands. */
export const recordAsking = async (correction: Correction): Promise<Correction> => {
  const own = keys.ownCorrection(correction.memberId, correction.correctionId);
  const written = await table.together([
    { put: { ...own, ...correction }, onlyIf: isNew },
    { put: { ...keys.correction(correction.unitId, correction.correctionId), ...correction } },
  ]);
  if (written.done) return correction;
  return v.parse(Correction, written.failed[0]?.existing);
};

/** Writes what was decided over what stood there. False when another decided meanwhile. */
export const recordDecision = async (after: Correction, before: Correction): Promise<boolean> => {
  const written = await table.together([
    {
      put: { ...keys.correction(after.unitId, after.correctionId), ...after },
      onlyIf: { expression: '#state = :state', values: { state: before.state } },
    },
    { put: { ...keys.ownCorrection(after.memberId, after.correctionId), ...after }, onlyIf: exists },
  ]);
  return written.done;
};

export const loadCorrection = async (unitId: UnitId, correctionId: string): Promise<Correction | undefined> => {
  const item = await table.get(keys.correction(unitId, correctionId));
  return item && v.parse(Correction, item);
};

export const correctionsOf = async (unitId: UnitId): Promise<readonly Correction[]> =>
  (await table.query(`UNIT#${unitId}`, { prefix: 'CORRECTION#' })).map((item) => v.parse(Correction, item));

export const ownCorrections = async (memberId: MemberId): Promise<readonly Correction[]> =>
  (await table.query(`MEMBER#${memberId}`, { prefix: 'CORRECTION#' })).map((item) => v.parse(Correction, item));

/** Does one thing for each, at most so many at the same time; the answers stand in the order of the things. */
export const inTurns = async <T, R>(
  things: readonly T[],
  atOnce: number,
  act: (thing: T) => Promise<R>,
): Promise<R[]> => {
  const answers: R[] = [];
  let next = 0;
  const turn = async (): Promise<void> => {
    while (next < things.length) {
      const index = next++;
      answers[index] = await act(things[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, things.length) }, turn));
  return answers;
};
