import * as v from 'valibot';
import { type Item, openTable } from '#runtime/table.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { type Month, monthOf } from '#shared/kernel/time.ts';
import { Entry } from '#shared/points/model.ts';
import { latest } from '#shared/points/rules.ts';

const table = openTable('POINTS_TABLE');

/**
 * The ledger stands twice: by member and month, and by branch and minute for the branch's total (a write costs what the
 * whole item weighs, so a hall's evening in one item would cost more with each that comes). An entry is an attribute
 * whose name says what it is about and when it was recorded, so that a hall's entries are one write, and order and
 * repetition never matter; which of two entries on one subject holds is decided on reading.
 */
const ofMember = {
  key: ({ memberId, day }: Entry) => ({ pk: `MEMBER#${memberId}`, sk: `MONTH#${monthOf(day)}` }),
  attribute: ({ kind, subjectId, at, mark, day, unitId }: Entry) => [
    nameOf(kind, subjectId, at, mark),
    `${day}#${unitId}`,
  ],
  entry: (item: Item, name: string, value: unknown) => {
    const [, kind, subjectId, at, mark] = name.split('#');
    const [day, unitId] = String(value).split('#');
    return { memberId: item.pk.split('#')[1], unitId, kind, subjectId, mark, day, at };
  },
};
const ofBranch = {
  key: ({ unitId, day, at }: Entry) => ({
    pk: `UNIT#${unitId}#${monthOf(day)}`,
    sk: `DAY#${day}#${at.slice(0, 'yyyy-mm-ddThh:mm'.length)}`,
  }),
  attribute: ({ memberId, kind, subjectId, at, mark }: Entry) => [nameOf(kind, subjectId, at, mark, memberId), true],
  entry: (item: Item, name: string) => {
    const [, kind, subjectId, at, mark, memberId] = name.split('#');
    return { memberId, unitId: item.pk.split('#')[1], kind, subjectId, mark, day: item.sk.split('#')[1], at };
  },
};
type Copy = typeof ofMember | typeof ofBranch;

const nameOf = (...parts: readonly string[]): string => ['E', ...parts].join('#');

/** Keeps entries of any members. Safe in any order and however often. */
export const keepEntries = async (entries: readonly Entry[]): Promise<void> => {
  await Promise.all([ofMember, ofBranch].flatMap((copy) => writesOf(copy, entries)));
};

const writesOf = (copy: Copy, entries: readonly Entry[]): Promise<void>[] =>
  [...Map.groupBy(entries, (entry) => JSON.stringify(copy.key(entry))).values()].map((some) =>
    // a group has at least one entry
    table.add(copy.key(some[0] as Entry), Object.fromEntries(some.map(copy.attribute))),
  );

const entriesIn = (copy: Copy, item: Item): Entry[] =>
  Object.entries(item).flatMap(([name, value]) =>
    name.startsWith('E#') ? [v.parse(Entry, copy.entry(item, name, value))] : [],
  );

export const entriesOfMember = async (memberId: MemberId, month: Month): Promise<readonly Entry[]> => {
  const item = await table.get({ pk: `MEMBER#${memberId}`, sk: `MONTH#${month}` });
  return item ? latest(entriesIn(ofMember, item)) : [];
};

export const entriesOfBranch = async (unitId: UnitId, month: Month): Promise<readonly Entry[]> =>
  latest((await table.query(`UNIT#${unitId}#${month}`)).flatMap((item) => entriesIn(ofBranch, item)));
