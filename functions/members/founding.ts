import { claimStaffName } from '#runtime/identity.ts';
import { createStaffUser, firstPassword, resetStaffUser } from '#runtime/staff-pool.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import type { Member, Summary, Unit, UnitKind } from '#shared/members/model.ts';
import { followMember, followUnit } from './following.ts';
import { holdersOf, loadUnit, recordMember, recordUnit } from './store.ts';

/** A deployment is one province: its root has one id everywhere. Source: floor plan §5.8. */
export const ROOT = 'province' as UnitId;
const FIRST_BODY = 'province-offices' as UnitId;
const FIRST_BRANCH = 'province-office' as UnitId;

export interface Founding {
  readonly province: string;
  /** The party body and the branch to which the first administrator belongs. */
  readonly partyBody: string;
  readonly branch: string;
  readonly administrator: Summary;
  readonly staffName: string;
}

/**
 * The one step that no operation can do, since nobody is there yet who might: the province, one branch, and its first
 * administrator with a first password. Everything after it goes through the operations. Repeated, it gives a new password.
 */
export const foundProvince = async (
  founding: Founding,
  now: Instant,
): Promise<{ readonly rootId: UnitId; readonly memberId: MemberId; readonly password: string }> => {
  await found(ROOT, 'province', founding.province, undefined, now);
  await found(FIRST_BODY, 'grassroots_party_body', founding.partyBody, ROOT, now);
  await found(FIRST_BRANCH, 'branch', founding.branch, FIRST_BODY, now);
  const { byCitizenId, byCard } = await holdersOf(founding.administrator);
  const known = byCitizenId ?? byCard;
  const memberId = known?.memberId ?? (`first-${crypto.randomUUID().slice(0, 13)}` as MemberId);
  if (!known) {
    const member: Member = {
      memberId,
      ...founding.administrator,
      placements: [{ from: founding.administrator.admissionDate, unitId: FIRST_BRANCH }],
      conditions: [],
      roles: [{ role: 'system_admin', unitId: ROOT, from: now }],
      staffName: founding.staffName,
      version: 1,
    };
    const written = await recordMember(member, undefined, { now });
    if (written !== 'done') throw new Error(`the first administrator could not be recorded: ${written}`);
  }
  if (!(await claimStaffName(founding.staffName, memberId)))
    throw new Error(`the staff name ${founding.staffName} is somebody else's`);
  await followMember(memberId, now);
  const password = firstPassword();
  if (!(await createStaffUser(founding.staffName, password))) await resetStaffUser(founding.staffName, password);
  return { rootId: ROOT, memberId, password };
};

const found = async (unitId: UnitId, kind: UnitKind, name: string, parentId: UnitId | undefined, now: Instant) => {
  const from = dayOf(now);
  const unit: Unit = {
    unitId,
    kind,
    names: [{ from, name }],
    parents: parentId === undefined ? [] : [{ from, parentId }],
    version: 1,
  };
  if (!(await loadUnit(unitId))) await recordUnit(unit, undefined, now);
  await followUnit(unitId, now);
};
