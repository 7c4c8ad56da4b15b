import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Day } from '#shared/kernel/time.ts';
import type { CardNumber, CitizenId, Member, Phone, Unit } from './model.ts';
import type { SentRow } from './roll.ts';

/** An official member of the branch `cb-thon-nam`; override what the test is about. */
export const aMember = (over: Partial<Member> = {}): Member => ({
  memberId: 'm-1' as MemberId,
  name: 'Nguyễn Văn Nam',
  birthDate: '1958-02-03' as Day,
  sex: 'male',
  admissionDate: '1985-05-19' as Day,
  officialDate: '1986-05-19' as Day,
  cardNumber: '035058000123' as CardNumber,
  citizenId: '035058000123' as CitizenId,
  phone: '0912345678' as Phone,
  placements: [{ from: '1985-05-19' as Day, unitId: 'cb-thon-nam' as UnitId }],
  conditions: [],
  roles: [],
  version: 1,
  ...over,
});

/** A branch below `xa-dong-hai`; override what the test is about. */
export const aUnit = (over: Partial<Unit> = {}): Unit => ({
  unitId: 'cb-thon-nam' as UnitId,
  kind: 'branch',
  names: [{ from: '2025-07-01' as Day, name: 'Chi bộ thôn Nam' }],
  parents: [{ from: '2025-07-01' as Day, parentId: 'xa-dong-hai' as UnitId }],
  version: 1,
  ...over,
});

/** Cells of a good line; override what the test is about. */
export const cells = (over: SentRow['cells'] = {}): SentRow['cells'] => ({
  name: 'Nguyễn Văn Nam',
  birthDate: '03/02/1958',
  sex: 'Nam',
  admissionDate: '19/05/1985',
  officialDate: '19/05/1986',
  cardNumber: '035058000123',
  branch: 'Chi bộ thôn Nam',
  citizenId: '035058000123',
  phone: '0912345678',
  ...over,
});
