import * as v from 'valibot';
import { exists, type Key, openTable } from '#runtime/table.ts';
import { PIN_TRIES } from '#shared/access/rules.ts';
import type { MemberId } from '#shared/kernel/ids.ts';

const table = openTable('IDENTITY_TABLE');
const keys = { pin: (memberId: MemberId): Key => ({ pk: `PERSON#${memberId}`, sk: 'PIN' }) };

/** How a PIN is stored, and the tries since it was last right. A cleared one has no hash. */
const PinRecord = v.object({ salt: v.optional(v.string()), hash: v.optional(v.string()), tries: v.number() });
export interface StoredPin {
  readonly salt: string;
  readonly hash: string;
}

export const pinStateOf = async (memberId: MemberId): Promise<'none' | 'set' | 'blocked'> => {
  const item = await table.get(keys.pin(memberId));
  const pin = item && v.parse(PinRecord, item);
  if (pin?.hash === undefined) return 'none';
  return pin.tries >= PIN_TRIES ? 'blocked' : 'set';
};

/** Counts a try before the PIN is compared, so that tries side by side are counted too. */
export const takePinTry = async (memberId: MemberId): Promise<StoredPin | 'missing' | 'blocked'> => {
  const written = await table.change(keys.pin(memberId), {
    add: { tries: 1 },
    onlyIf: { expression: 'attribute_exists(#hash) AND #tries < :most', values: { most: PIN_TRIES } },
  });
  const { salt, hash } = written.done ? v.parse(PinRecord, written.item) : (written.existing ?? {});
  if (typeof salt !== 'string' || typeof hash !== 'string') return 'missing';
  return written.done ? { salt, hash } : 'blocked';
};

/** The first PIN: false when one stands already. */
export const putFirstPin = async (memberId: MemberId, pin: StoredPin): Promise<boolean> => {
  const written = await table.put(
    { ...keys.pin(memberId), ...pin, tries: 0 },
    { expression: 'attribute_not_exists(#hash)' },
  );
  return written.done;
};

/** After the right PIN: tries begin anew, with another PIN where one was chosen. */
export const settlePin = async (memberId: MemberId, next?: StoredPin): Promise<void> => {
  await table.change(keys.pin(memberId), { set: { tries: 0, ...next }, onlyIf: exists });
};

/** Another PIN, whatever stood there: the person proved himself by his password. */
export const replacePin = async (memberId: MemberId, pin: StoredPin): Promise<void> => {
  await table.put({ ...keys.pin(memberId), ...pin, tries: 0 });
};

/** The person may choose a first PIN again. Clearing none changes nothing. */
export const clearStoredPin = async (memberId: MemberId): Promise<void> => {
  await table.change(keys.pin(memberId), { set: { tries: 0 }, remove: ['salt', 'hash'], onlyIf: exists });
};
