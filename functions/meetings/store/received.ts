import * as v from 'valibot';
import { exists } from '#runtime/table.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { ReceivedRow } from '#shared/meetings/received.ts';
import { key, type MeetingRef, table } from './keys.ts';

/** Keeps what a branch sent up; told again, the first arrival and who read it stay. */
export const recordReceived = async (superiorId: UnitId, row: ReceivedRow): Promise<void> => {
  const { arrivedAt, ...rest } = row;
  const at = key.received(superiorId, row);
  const first = await table.put({ ...at, ...row }, { expression: 'attribute_not_exists(#pk)', values: {} });
  if (!first.done) await table.change(at, { set: rest, onlyIf: exists });
};

export const receivedOf = async (superiorId: UnitId): Promise<readonly ReceivedRow[]> =>
  (await table.query(`SUPERIOR#${superiorId}`, { prefix: 'RECEIVED#' }))
    .map((item) => v.parse(ReceivedRow, item))
    .sort((a, b) => b.arrivedAt.localeCompare(a.arrivedAt));

export const receivedRowOf = async (superiorId: UnitId, ref: MeetingRef): Promise<ReceivedRow | undefined> => {
  const item = await table.get(key.received(superiorId, ref));
  return item && v.parse(ReceivedRow, item);
};

/** Notes the first one who read it; again answers him. */
export const recordRead = async (
  superiorId: UnitId,
  ref: MeetingRef,
  read: { readonly by: MemberId; readonly at: Instant },
): Promise<ReceivedRow | undefined> => {
  const written = await table.change(key.received(superiorId, ref), {
    set: { read },
    onlyIf: { expression: 'attribute_exists(#pk) AND attribute_not_exists(#read)', values: {} },
  });
  const item = written.done ? written.item : written.existing;
  return item && v.parse(ReceivedRow, item);
};
