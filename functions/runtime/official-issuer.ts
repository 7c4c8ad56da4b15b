import type { UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { unitOf } from './identity.ts';

/** Who issues a paper, the organisation above it, and the place its papers are dated at. */
export interface Issuer {
  readonly superiorId?: UnitId;
  readonly superior: string;
  readonly issuer: string;
  readonly place: string;
}

/** The branch, the organisation above it, and the place that its name holds: `Đảng bộ xã Công Hải` → `Công Hải`. */
export const issuerOf = async (unitId: UnitId, now: Instant): Promise<Issuer> => {
  const unit = await unitOf(unitId, now);
  const parentId = unit?.chain[1];
  const parent = parentId && (await unitOf(parentId, now));
  const superior = parent?.name ?? '';
  return {
    ...(parentId && { superiorId: parentId }),
    superior,
    issuer: unit?.name ?? '',
    place: superior.replace(/^Đảng (bộ|ủy)( (xã|phường|thị trấn|đặc khu))?\s*/i, '') || superior,
  };
};
