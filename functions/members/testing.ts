import { aHouse, type SignedIn, signedIn } from '#runtime/testing.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { instantOf } from '#shared/kernel/time.ts';
import type { Member, Unit } from '#shared/members/model.ts';
import { aMember, aUnit } from '#shared/members/testing.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { followMember, followUnit } from './following.ts';
import { recordMember, recordUnit } from './store.ts';

const now = () => instantOf(Date.now());

/** Fresh records with a province of two communes: `tinh` over `xa-1` (branches `cb-1`, `cb-2`) and `xa-2` (`cb-3`). */
export const aProvince = async (): Promise<void> => {
  await aTable('MEMBERS_TABLE');
  await aPlace('tinh', 'province', 'Đảng bộ tỉnh');
  await aPlace('xa-1', 'grassroots_party_body', 'Đảng bộ xã Đông Hải', 'tinh');
  await aPlace('xa-2', 'grassroots_party_body', 'Đảng bộ xã Tây Sơn', 'tinh');
  await aPlace('cb-1', 'branch', 'Chi bộ thôn Nam', 'xa-1');
  await aPlace('cb-2', 'branch', 'Chi bộ thôn Bắc', 'xa-1');
  await aPlace('cb-3', 'branch', 'Chi bộ thôn Nam', 'xa-2');
};

const aPlace = async (unitId: string, kind: Unit['kind'], name: string, parentId?: string): Promise<void> => {
  const from = '2025-07-01' as Unit['names'][number]['from'];
  const unit = aUnit({
    unitId: unitId as UnitId,
    kind,
    names: [{ from, name }],
    parents: parentId === undefined ? [] : [{ from, parentId: parentId as UnitId }],
  });
  await recordUnit(unit, undefined, now());
  await followUnit(unit.unitId, now());
};

let made = 0;
/** A member of `cb-1` in the records and before the guard, with numbers of his own. */
export const aRecord = async (over: Partial<Member> = {}): Promise<Member> => {
  made += 1;
  const number = `0350580${String(made).padStart(5, '0')}`;
  const member = aMember({
    memberId: `m-${made}` as MemberId,
    cardNumber: number as NonNullable<Member['cardNumber']>,
    citizenId: number as NonNullable<Member['citizenId']>,
    placements: [{ from: '1985-05-19' as Member['birthDate'], unitId: 'cb-1' as UnitId }],
    ...over,
  });
  await recordMember(member, undefined, { now: now() });
  await followMember(member.memberId, now());
  return member;
};

/** Who keeps the records: the officer of `xa-1`, the secretaries of `cb-1` and `cb-2`, a member; filled by `anOffice`. */
export const office = {} as Record<'officer' | 'secretary' | 'neighbour' | 'plain', SignedIn>;

/** A fresh province with those who keep its records. */
export const anOffice = async (): Promise<void> => {
  await aHouse();
  await aProvince();
  await aBucket('SEAL_BUCKET');
  office.officer = await signedIn({
    memberId: 'officer',
    unitId: 'cb-3',
    name: 'Lê Văn Tổ',
    kind: 'staff',
    grants: [{ role: 'organisation_officer', unitId: 'xa-1' }],
  });
  const secretaryOf = (memberId: string, unitId: string) =>
    signedIn({
      memberId,
      unitId,
      name: 'Trần Thị Lan',
      stepUp: true,
      grants: [{ role: 'member' }, { role: 'branch_secretary' }],
    });
  office.secretary = await secretaryOf('lan', 'cb-1');
  office.neighbour = await secretaryOf('hoa', 'cb-2');
  office.plain = await signedIn({ memberId: 'plain', unitId: 'cb-1' });
};
