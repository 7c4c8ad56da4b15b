import type { UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { Day } from '#shared/kernel/time.ts';
import { fold } from '#shared/kernel/vietnamese.ts';
import { type Unit, type UnitKind, unitKinds } from './model.ts';

/** An organisation as it is on one day. */
export interface UnitToday {
  readonly unitId: UnitId;
  readonly kind: UnitKind;
  readonly name: string;
  readonly parentId?: UnitId;
  readonly closed: boolean;
}

/** The name it bears on a day; before the first, the first. */
export const nameOn = ({ names }: Pick<Unit, 'names'>, day: Day): string =>
  (names.findLast(({ from }) => from <= day) ?? names[0]!).name; // the schema asks for one at least

/** The organisation it stands below on a day; none for the province. */
export const parentOn = ({ parents }: Pick<Unit, 'parents'>, day: Day): UnitId | undefined =>
  (parents.findLast(({ from }) => from <= day) ?? parents[0])?.parentId;

export const isClosedOn = ({ closed }: Pick<Unit, 'closed'>, day: Day): boolean =>
  closed !== undefined && closed.from <= day;

export const unitOn = (unit: Unit, day: Day): UnitToday => {
  const parentId = parentOn(unit, day);
  return {
    unitId: unit.unitId,
    kind: unit.kind,
    name: nameOn(unit, day),
    ...(parentId !== undefined && { parentId }),
    closed: isClosedOn(unit, day),
  };
};

/** A narrower organisation stands below a wider one; cell groups only in a branch, branches only below party bodies. */
export const mayStandBelow = (kind: UnitKind, parent: UnitKind): boolean => {
  if (kind === 'party_cell_group') return parent === 'branch';
  return parent !== 'branch' && unitKinds.indexOf(kind) > unitKinds.indexOf(parent);
};

/** What may happen to an organisation from a day on. */
export type UnitChange =
  | { readonly change: 'rename'; readonly name: string; readonly from: Day }
  | { readonly change: 'move'; readonly parentId: UnitId; readonly from: Day }
  | { readonly change: 'close'; readonly from: Day; readonly mergedInto?: UnitId | undefined };

/** What a decision on the tree must know: where the unit would stand, and who still stands in it. */
export interface TreeAround {
  readonly today: Day;
  /** The new superior with all above it, itself first (for a move). */
  readonly parent?: { readonly unit: Unit; readonly chain: readonly UnitId[] };
  readonly into?: Unit;
  /** Whether organisations or members still belong to it (for a closing). */
  readonly isEmpty?: boolean;
}

/**
 * Changes an organisation from a day on and keeps what was before. The same change again changes nothing.
 * Source: domain.md §3.11 (units merge, split and move; a dated tree).
 */
export const decideUnitChange = (
  unit: Unit,
  asked: UnitChange,
  around: TreeAround,
): Result<Unit, 'closed' | 'date-wrong' | 'wrong-place' | 'not-empty' | 'is-root'> => {
  if (asked.from > around.today) return refuse('date-wrong');
  if (asked.change === 'close') {
    if (unit.closed)
      return unit.closed.from === asked.from && unit.closed.mergedInto === asked.mergedInto
        ? ok(unit)
        : refuse('closed');
    if (unit.parents.length === 0) return refuse('is-root');
    if (around.isEmpty !== true) return refuse('not-empty');
    if (
      asked.mergedInto !== undefined &&
      (around.into?.kind !== unit.kind || around.into.closed || asked.mergedInto === unit.unitId)
    )
      return refuse('wrong-place');
    return ok({
      ...unit,
      closed: { from: asked.from, ...(asked.mergedInto !== undefined && { mergedInto: asked.mergedInto }) },
      version: unit.version + 1,
    });
  }
  if (unit.closed) return refuse('closed');
  if (asked.change === 'rename') {
    const last = unit.names.at(-1)!; // the schema asks for one at least
    if (last.name === asked.name) return ok(unit);
    if (asked.from < last.from) return refuse('date-wrong');
    return ok({
      ...unit,
      names: [...unit.names.filter(({ from }) => from < asked.from), { from: asked.from, name: asked.name }],
      version: unit.version + 1,
    });
  }
  const last = unit.parents.at(-1);
  if (last === undefined) return refuse('is-root');
  if (last.parentId === asked.parentId) return ok(unit);
  if (asked.from < last.from) return refuse('date-wrong');
  const { parent } = around;
  if (
    !parent ||
    parent.unit.closed ||
    parent.chain.includes(unit.unitId) ||
    !mayStandBelow(unit.kind, parent.unit.kind)
  )
    return refuse('wrong-place');
  return ok({
    ...unit,
    parents: [...unit.parents.filter(({ from }) => from < asked.from), { from: asked.from, parentId: asked.parentId }],
    version: unit.version + 1,
  });
};

/** Every organisation that this one ever stood below. */
export const parentsEver = (unit: Unit): readonly UnitId[] => [
  ...new Set(unit.parents.map(({ parentId }) => parentId)),
];

/** A name as two of the same name are told to be the same: no accents, no case, one space. */
export const nameKey = (name: string): string =>
  fold(name)
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

const kindWords: readonly (readonly [words: string, kind: UnitKind])[] = [
  ['to dang', 'party_cell_group'],
  ['chi bo', 'branch'],
  ['dang bo bo phan', 'section_party_body'],
  ['dang uy bo phan', 'section_party_body'],
  ['cap tren truc tiep', 'upper_party_body'],
  ['cap tren co so', 'upper_party_body'],
  ['dang bo tinh', 'province'],
  ['tinh uy', 'province'],
  ['thanh uy', 'province'],
  ['dang bo', 'grassroots_party_body'],
  ['dang uy', 'grassroots_party_body'],
];

/** The kind that a word of a file or the beginning of a name says; the narrowest that fits. */
export const kindSaid = (text: string): UnitKind | undefined => {
  const key = nameKey(text);
  return kindWords.find(([words]) => key.includes(words))?.[1];
};
