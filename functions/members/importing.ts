import * as v from 'valibot';
import { type Route, route } from '#runtime/http.ts';
import type { Actor } from '#runtime/identity.ts';
import { chainOf, unitOf } from '#runtime/identity.ts';
import { type MemberId, UnitId } from '#shared/kernel/ids.ts';
import { ok } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import * as contract from '#shared/members/contract.ts';
import { type Member, OrgCode, type Unit, UnitName, unitKinds } from '#shared/members/model.ts';
import {
  judge,
  type LineIssue,
  readRow,
  type SentRow,
  type SentUnit,
  summaryOf,
  type Verdict,
} from '#shared/members/roll.ts';
import { isClosedOn, kindSaid, mayStandBelow, nameKey, nameOn } from '#shared/members/tree.ts';
import { followMember, followUnit } from './following.ts';
import { holdersOf, inTurns, loadUnit, recordMember, recordUnit, unitOfCode, unitsNamed } from './store.ts';

/** Who imports, where, and whether it is only to be seen what would happen. */
export interface Import {
  readonly unitId: UnitId;
  readonly by: MemberId;
  readonly now: Instant;
  readonly newId: () => string;
  readonly write: boolean;
}

/** Lines worked on at the same time: enough to hide the way to the table, few enough not to crowd it. */
const AT_ONCE = 10;

/** What becomes of each line of a file of members; with `write` it is done, one conditional write a line. */
export const takeRows = async (rows: readonly SentRow[], how: Import): Promise<Verdict[]> => {
  const find = remembered((text: string) => findUnit(text, how));
  return inTurns(rows, AT_ONCE, async ({ line, cells }) => {
    const { row, issues, notes } = readRow(cells, how.now);
    if (!row) return { line, verdict: 'refused', issues: [...issues], notes: [...notes] };
    const branch = await find([row.branch, row.partyBody ?? ''].join(SPLIT));
    const place =
      'code' in branch ? branch : branch.unit.kind === 'branch' ? branch : { code: 'not-a-branch' as const };
    if ('code' in place)
      return { line, verdict: 'refused', issues: [{ at: 'branch', code: place.code }], notes: [...notes] };
    const { unitId } = place.unit;
    // a second try sees what a neighbour wrote between the look and the write
    for (let tries = 1; ; tries++) {
      const judged = judge(row, { unitId, day: dayOf(how.now) }, await holdersOf(row));
      if (judged.verdict === 'refused')
        return { line, verdict: 'refused', issues: [...judged.issues], notes: [...notes] };
      const before = judged.verdict === 'new' ? undefined : judged.member;
      const memberId = before?.memberId ?? (how.newId() as MemberId); // made by the runtime in the form of an id
      const answer: Verdict = {
        line,
        verdict: judged.verdict,
        unitId,
        ...(judged.verdict !== 'new' && { memberId }),
        ...(judged.verdict === 'changed' && { changes: [...judged.changes] }),
        issues: [],
        notes: [...notes],
      };
      if (!how.write) return answer;
      if (judged.verdict === 'unchanged') {
        // a first try may have been broken off between the record and who may sign in: sent again, it is finished
        await followMember(memberId, how.now);
        return answer;
      }
      const after: Member = before
        ? { ...before, ...summaryOf(row), version: before.version + 1 }
        : {
            memberId,
            ...summaryOf(row),
            placements: [{ from: row.admissionDate, unitId }],
            conditions: [],
            roles: [],
            version: 1,
          };
      const written = await recordMember(after, before, { now: how.now, memberId: how.by });
      if (written === 'done') {
        await followMember(memberId, how.now);
        return { ...answer, memberId };
      }
      if (tries === 3) return { line, verdict: 'refused', issues: [issueOf(written)], notes: [...notes] };
    }
  });
};

const issueOf = (code: 'changed-meanwhile' | 'card-held-by-other' | 'citizen-id-held-by-other'): LineIssue => ({
  at: code === 'card-held-by-other' ? 'cardNumber' : code === 'citizen-id-held-by-other' ? 'citizenId' : 'name',
  code,
});

const SPLIT = '\u001f';

/** A unit by its id, its code or its name, with the name of one above it where two bear the same. */
const findUnit = async (
  text: string,
  { unitId: within, now }: Pick<Import, 'unitId' | 'now'>,
): Promise<{ unit: Unit } | { code: 'branch-unknown' | 'branch-ambiguous' | 'outside-your-units' }> => {
  const [name = '', above = ''] = text.split(SPLIT);
  const found = await unitsSaid(name, now);
  if (found.length === 0) return { code: 'branch-unknown' };
  const chained = await Promise.all(found.map(async (unit) => ({ unit, chain: await chainOf(unit.unitId, now) })));
  const inside = chained.filter(({ chain }) => chain.includes(within));
  if (inside.length === 0) return { code: 'outside-your-units' };
  const named = above === '' ? inside : await namedAbove(inside, above, now);
  const [only, another] = named.length > 0 ? named : [];
  if (!only) return { code: 'branch-unknown' };
  return another ? { code: 'branch-ambiguous' } : { unit: only.unit };
};

const unitsSaid = async (name: string, now: Instant): Promise<readonly Unit[]> => {
  const today = dayOf(now);
  if (v.is(OrgCode, name)) return [await unitOfCode(name)].filter((unit) => unit !== undefined);
  const key = nameKey(name);
  const open = (units: readonly Unit[], wanted: string) =>
    units.filter((unit) => !isClosedOn(unit, today) && nameKey(nameOn(unit, today)) === wanted);
  const exact = open(await unitsNamed(name), key);
  if (exact.length > 0) return exact;
  const short = open(await unitsNamed(`chi bộ ${name}`), `chi bo ${key}`);
  if (short.length > 0) return short;
  const byId = v.is(UnitId, name) ? await loadUnit(name) : undefined;
  return byId && !isClosedOn(byId, today) ? [byId] : [];
};

const namedAbove = async <T extends { readonly chain: readonly UnitId[] }>(
  found: readonly T[],
  above: string,
  now: Instant,
): Promise<readonly T[]> => {
  const key = nameKey(above);
  const fits = await Promise.all(
    found.map(async ({ chain }) => {
      const names = await Promise.all(
        chain.slice(1).map(async (unitId) => nameKey((await unitOf(unitId, now))?.name ?? '')),
      );
      return names.some((name) => name === key || name.endsWith(` ${key}`));
    }),
  );
  return found.filter((_, index) => fits[index]);
};

/** What becomes of each line of a file of organisations, the wider kinds first. */
export const takeUnits = async (rows: readonly SentUnit[], how: Import): Promise<Verdict[]> => {
  const today = dayOf(how.now);
  const root = await loadUnit(how.unitId);
  const widest = (row: SentUnit) => unitKinds.indexOf(kindOf(row) ?? 'party_cell_group');
  const sorted = [...rows].sort((a, b) => widest(a) - widest(b) || a.line - b.line);
  const verdicts: Verdict[] = [];
  for (const row of sorted) verdicts.push(await takeUnit(row));
  return verdicts.sort((a, b) => a.line - b.line);

  async function takeUnit(row: SentUnit): Promise<Verdict> {
    const { line, cells } = row;
    const refused = (at: LineIssue['at'], code: LineIssue['code']): Verdict => ({
      line,
      verdict: 'refused',
      issues: [{ at, code }],
      notes: [],
    });
    const name = v.safeParse(UnitName, cells.name ?? '');
    if (!name.success) return refused('name', 'unit-name-missing');
    const kind = kindOf(row);
    if (!kind) return refused('kind', 'unit-kind-unknown');
    const code = cells.code ? v.safeParse(OrgCode, cells.code.replace(/[\s.]/g, '')) : undefined;
    if (code && !code.success) return refused('code', 'code-wrong');
    const parent = cells.parent
      ? await findUnit(cells.parent, how)
      : root
        ? { unit: root }
        : { code: 'branch-unknown' as const };
    if ('code' in parent)
      return refused('parent', parent.code === 'branch-ambiguous' ? 'parent-ambiguous' : 'parent-unknown');
    if (!mayStandBelow(kind, parent.unit.kind)) return refused('parent', 'wrong-place');
    const known = (await unitsNamed(name.output)).find(
      (unit) =>
        unit.parents.at(-1)?.parentId === parent.unit.unitId &&
        !isClosedOn(unit, today) &&
        nameKey(nameOn(unit, today)) === nameKey(name.output),
    );
    if (known) {
      const { unitId } = known;
      const unchanged: Verdict = { line, verdict: 'unchanged', unitId, issues: [], notes: [] };
      if (!code?.success || known.code === code.output) return unchanged;
      // a number that the file brings for one that stands is not dropped in silence
      if (how.write) {
        const coded: Unit = { ...known, code: code.output, version: known.version + 1 };
        const written = await recordUnit(coded, known, how.now);
        if (written === 'code-taken') return refused('code', 'code-wrong');
        if (written !== 'done') return refused('name', 'changed-meanwhile');
        await followUnit(unitId, how.now);
      }
      return { ...unchanged, verdict: 'changed' };
    }
    if (!how.write) return { line, verdict: 'new', issues: [], notes: [] };
    const unit: Unit = {
      unitId: how.newId() as UnitId, // made by the runtime in the form of an id
      kind,
      ...(code?.success && { code: code.output }),
      names: [{ from: today, name: name.output }],
      parents: [{ from: today, parentId: parent.unit.unitId }],
      version: 1,
    };
    const written = await recordUnit(unit, undefined, how.now);
    if (written === 'code-taken') return refused('code', 'code-wrong');
    if (written !== 'done') return refused('name', 'changed-meanwhile');
    await followUnit(unit.unitId, how.now);
    return { line, verdict: 'new', unitId: unit.unitId, issues: [], notes: [] };
  }
};

const kindOf = ({ cells }: SentUnit) => kindSaid(cells.kind ?? '') ?? kindSaid(cells.name ?? '');

/** Asks once for each text, however many lines of a file say it at the same time. */
const remembered = <T>(ask: (text: string) => Promise<T>): ((text: string) => Promise<T>) => {
  const answers = new Map<string, Promise<T>>();
  return (text) => {
    const known = answers.get(text) ?? ask(text);
    answers.set(text, known);
    return known;
  };
};

/** Files of people and organisations, first looked at and then taken. */
export const importRows: readonly Route[] = [
  route(contract.previewImport, async ({ input, actor, now, newId }) =>
    ok({ lines: await takeRows(input.rows, how(input.unitId, actor, { now, newId, write: false })) }),
  ),

  route(contract.importRows, async ({ input, actor, now, newId }) =>
    ok({ lines: await takeRows(input.rows, how(input.unitId, actor, { now, newId, write: true })) }),
  ),

  route(contract.previewUnits, async ({ input, actor, now, newId }) =>
    ok({ lines: await takeUnits(input.rows, how(input.unitId, actor, { now, newId, write: false })) }),
  ),

  route(contract.importUnits, async ({ input, actor, now, newId }) =>
    ok({ lines: await takeUnits(input.rows, how(input.unitId, actor, { now, newId, write: true })) }),
  ),
];

const how = (unitId: UnitId, actor: Actor, rest: Omit<Import, 'unitId' | 'by'>): Import => ({
  unitId,
  by: actor.memberId,
  ...rest,
});
