import * as v from 'valibot';
import { type OnlyIf, openTable } from '#runtime/table.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { type Month, monthOf } from '#shared/kernel/time.ts';
import { Entry } from '#shared/points/model.ts';

const table = openTable('POINTS_TABLE');

/** The ledger stands twice: by member and month, and by branch and month for the total. Both are written together. */
const keys = {
  ofMember: (memberId: MemberId, month: Month) => `MEMBER#${memberId}#${month}`,
  ofBranch: (unitId: UnitId, month: Month) => `UNIT#${unitId}#${month}`,
};

/** Only a later fact replaces an earlier one on the same subject; the same rule as `replaces`. */
const isLater = ({ at, mark }: Entry): OnlyIf => ({
  expression: 'attribute_not_exists(#pk) OR #at < :at OR (#at = :at AND #mark < :mark)',
  values: { at, mark },
});

/** Keeps an entry unless a later one on its subject stands already. Safe in any order and however often. */
export const keepEntry = async (entry: Entry): Promise<void> => {
  const { memberId, unitId, kind, subjectId } = entry;
  const month = monthOf(entry.day);
  const onlyIf = isLater(entry);
  await table.together([
    { put: { pk: keys.ofMember(memberId, month), sk: `${kind}#${subjectId}`, ...entry }, onlyIf },
    { put: { pk: keys.ofBranch(unitId, month), sk: `${memberId}#${kind}#${subjectId}`, ...entry }, onlyIf },
  ]);
};

export const entriesOfMember = async (memberId: MemberId, month: Month): Promise<Entry[]> =>
  (await table.query(keys.ofMember(memberId, month))).map((item) => v.parse(Entry, item));

export const entriesOfBranch = async (unitId: UnitId, month: Month): Promise<Entry[]> =>
  (await table.query(keys.ofBranch(unitId, month))).map((item) => v.parse(Entry, item));
