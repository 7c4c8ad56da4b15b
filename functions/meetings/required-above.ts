import { chainOf } from '#runtime/identity.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import type { RequiredItem } from '#shared/meetings/required.ts';
import { requiredOf } from './store/required.ts';

/**
 * What the organisations above a branch ask of it, read where they wrote it: one act of theirs reaches every branch that
 * stands below them at the moment of reading, also one that was moved there yesterday.
 */
export const requiredAbove = async (unitId: UnitId, now: Instant): Promise<readonly RequiredItem[]> => {
  const [, ...above] = await chainOf(unitId, now);
  return (await Promise.all(above.map(requiredOf))).flat();
};
