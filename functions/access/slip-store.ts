import * as v from 'valibot';
import { exists, type Key, openTable, type Part } from '#runtime/table.ts';
import { type AccountRepaired, Reopening, Slip } from '#shared/access/model.ts';
import { type FailureScope, lives } from '#shared/access/rules.ts';
import { MemberId } from '#shared/kernel/ids.ts';
import { DAY_MS, HOUR_MS, type Instant } from '#shared/kernel/time.ts';
import { secondsAt } from './store.ts';

const table = openTable('IDENTITY_TABLE');

// What leads to a session: slips, codes, phones that wait, and the count of what goes wrong.
const keys = {
  /** One slip and one move code per person: a new one takes the place of the old. */
  slip: (memberId: MemberId, way: Slip['way']): Key => ({ pk: `PERSON#${memberId}`, sk: `SLIP#${way}` }),
  repair: (memberId: MemberId, repairId: string): Key => ({ pk: `PERSON#${memberId}`, sk: `REPAIR#${repairId}` }),
  door: (sealedCode: string): Key => ({ pk: `DOOR#${sealedCode}`, sk: 'SLIP' }),
  reopening: (number: string): Key => ({ pk: `REOPEN#${number}`, sk: 'PHONE' }),
  count: (what: string, now: Instant): Key => ({ pk: `COUNT#${what}`, sk: now.slice(0, 13) }),
};

export interface NewSlip {
  readonly slip: Slip;
  /** Codes as they are stored: one for scanning, one for typing. */
  readonly doors: readonly string[];
  readonly repaired?: AccountRepaired;
}

/** Writes a slip over any earlier one of the same person, whose doors lead nowhere from now on. */
export const putSlip = async ({ slip, doors, repaired }: NewSlip): Promise<void> => {
  // kept a day longer than it is good for, so that an old one is answered as ended and not as unknown
  const expiresAt = secondsAt(slip.until, DAY_MS);
  const { memberId, way, slipId } = slip;
  await table.together([
    { put: { ...keys.slip(memberId, way), ...slip, expiresAt } },
    ...doors.map((door) => ({ put: { ...keys.door(door), memberId, way, slipId, expiresAt } })),
    ...(repaired ? [{ put: { ...keys.repair(memberId, repaired.repairId), fact: repaired } }] : []),
  ]);
};

export const slipOf = async (memberId: MemberId, way: Slip['way']): Promise<Slip | undefined> => {
  const item = await table.get(keys.slip(memberId, way));
  return item && v.parse(Slip, item);
};

const Door = v.object({ memberId: MemberId, way: v.picklist(['slip', 'moved']), slipId: v.string() });

/** The slip behind a code; an earlier slip of the person counts as used up. */
export const slipBehind = async (door: string): Promise<Slip | undefined> => {
  const item = await table.get(keys.door(door));
  if (!item) return undefined;
  const { memberId, way, slipId } = v.parse(Door, item);
  const slip = await slipOf(memberId, way);
  return slip?.slipId === slipId ? slip : undefined;
};

/** The part of an opening that uses the slip up, for this phone and no other. */
export const useSlip = (slip: Slip, nonceHash: string, now: Instant): Part => ({
  change: keys.slip(slip.memberId, slip.way),
  to: {
    set: { used: { at: now, nonceHash } },
    onlyIf: { expression: '#slipId = :slipId AND attribute_not_exists(#used)', values: { slipId: slip.slipId } },
  },
});

export const countWrongYear = async (slip: Slip): Promise<void> => {
  await table.change(keys.slip(slip.memberId, slip.way), { add: { wrongYears: 1 }, onlyIf: exists });
};

/** Voids an unused slip. Voiding twice, or none, changes nothing. */
export const voidSlip = async (memberId: MemberId, now: Instant): Promise<void> => {
  await table.change(keys.slip(memberId, 'slip'), {
    set: { until: now },
    onlyIf: { expression: 'attribute_exists(#pk) AND attribute_not_exists(#used)' },
  });
};

// --- counting what goes wrong

const Count = v.object({ count: v.number() });
const countName = (scope: FailureScope, of: string): string => `WRONG-CODE#${scope}#${of}`;

/** Wrong codes of this hour under the scope. */
export const failuresOf = async (scope: FailureScope, of: string, now: Instant): Promise<number> => {
  const item = await table.get(keys.count(countName(scope, of), now));
  return item ? v.parse(Count, item).count : 0;
};

export const countFailure = (scope: FailureScope, of: string, now: Instant): Promise<number> =>
  countUp(countName(scope, of), now);

/** Counts one more in this hour and answers how many there are now. */
export const countUp = async (what: string, now: Instant): Promise<number> => {
  const written = await table.change(keys.count(what, now), {
    add: { count: 1 },
    set: { expiresAt: secondsAt(now, 2 * HOUR_MS) },
  });
  return written.done ? v.parse(Count, written.item).count : 0;
};

// --- phones that wait for a secretary

/** False when the number is another waiting phone's. */
export const putReopening = async (reopening: Reopening): Promise<boolean> => {
  const written = await table.put(
    { ...keys.reopening(reopening.number), ...reopening, expiresAt: secondsAt(reopening.until, lives.repeat) },
    {
      expression: 'attribute_not_exists(#pk) OR #until < :now',
      values: { now: reopening.askedAt },
    },
  );
  return written.done;
};

export const reopeningOf = async (number: string): Promise<Reopening | undefined> => {
  const item = await table.get(keys.reopening(number));
  return item && v.parse(Reopening, item);
};

/** Approves the phone for one person. A repeat by the same names is the same approval. */
export const approveReopening = async (
  reopening: Reopening,
  repaired: AccountRepaired,
  byName: string,
  now: Instant,
): Promise<boolean> => {
  const written = await table.together([
    {
      change: keys.reopening(reopening.number),
      to: {
        set: { approved: { memberId: repaired.memberId, by: repaired.by, byName, at: now } },
        onlyIf: {
          expression: '#askedAt = :askedAt AND #until > :now AND attribute_not_exists(#approved)',
          values: { askedAt: reopening.askedAt, now },
        },
      },
    },
    { put: { ...keys.repair(repaired.memberId, repaired.repairId), fact: repaired } },
  ]);
  return written.done;
};

/** The part of an opening that uses the approval up. */
export const useReopening = (reopening: Reopening, now: Instant): Part => ({
  change: keys.reopening(reopening.number),
  to: {
    set: { usedAt: now },
    onlyIf: {
      expression: '#askedAt = :askedAt AND attribute_exists(#approved) AND attribute_not_exists(#usedAt)',
      values: { askedAt: reopening.askedAt },
    },
  },
});
