import { abreast } from '#runtime/abreast.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { type Placed, regionBelow } from '#shared/members/region.ts';
import { unitAbout, unitsBelow } from './store/required.ts';

/** All organisations below a unit as the tree stands; nothing when the unit is not known here. */
export const placedBelow = async (unitId: UnitId, now: Instant): Promise<readonly Placed[] | undefined> => {
  const unit = await unitAbout(unitId);
  return unit && regionBelow({ unit, above: '' }, dayOf(now), (ids) => abreast(ids, unitsBelow));
};
