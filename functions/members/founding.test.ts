import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  type CognitoIdentityProviderClientConfig,
} from '@aws-sdk/client-cognito-identity-provider';
import { beforeAll, describe, expect, it } from 'vitest';
import { chainOf, memberOfStaffName, personOf } from '#runtime/identity.ts';
import { aHouse, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { changeMember, createStaffAccount, grantRole, resetStaffPassword } from '#shared/members/contract.ts';
import type { CitizenId } from '#shared/members/model.ts';
import { aTable, aUserPool } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { type Founding, foundProvince, ROOT } from './founding.ts';
import { aProvince, aRecord } from './testing.ts';

const now = () => instantOf(Date.now());
const today = dayOf(now());
let poolId: string;

beforeAll(async () => {
  await aHouse();
  ({ poolId } = await aUserPool('STAFF_POOL', 'STAFF_CLIENT', { mfa: 'ON', minimumPasswordLength: 12 }));
});

const userOf = async (Username: string) => {
  const settings: CognitoIdentityProviderClientConfig = {};
  return new CognitoIdentityProviderClient(settings).send(new AdminGetUserCommand({ UserPoolId: poolId, Username }));
};

describe('founding a province', () => {
  const founding: Founding = {
    province: 'Đảng bộ tỉnh An Hải',
    partyBody: 'Đảng bộ Các cơ quan Đảng tỉnh',
    branch: 'Chi bộ Văn phòng Tỉnh ủy',
    staffName: 'quantri',
    administrator: {
      name: 'Phan Văn Quản',
      birthDate: '1984-08-12' as Day,
      sex: 'male',
      admissionDate: '2009-05-19' as Day,
      officialDate: '2010-05-19' as Day,
      citizenId: '035084000001' as CitizenId,
    },
  };

  it('makes the first administrator, whom the guard knows, and only a new password when repeated', async () => {
    await aTable('MEMBERS_TABLE');
    const first = await foundProvince(founding, now());
    const again = await foundProvince(founding, now());
    expect(again).toMatchObject({ memberId: first.memberId, rootId: ROOT });
    expect(again.password).not.toBe(first.password);
    expect(await memberOfStaffName('quantri')).toBe(first.memberId);
    expect((await personOf(first.memberId))?.grants.map(({ role }) => role)).toEqual(['member', 'system_admin']);
    expect(await chainOf('province-office' as UnitId, now())).toEqual([
      'province-office',
      'province-offices',
      'province',
    ]);
    expect((await userOf('quantri')).UserStatus).toBe('FORCE_CHANGE_PASSWORD');
  });
});

describe('staff accounts', () => {
  let admin: SignedIn;
  const unitId = 'xa-1' as UnitId;
  beforeAll(async () => {
    await aProvince();
    admin = await signedIn({
      memberId: 'admin',
      unitId: 'cb-3',
      kind: 'staff',
      grants: [{ role: 'system_admin', unitId: 'tinh' }],
    });
  });
  const withRole = async (): Promise<MemberId> => {
    const { memberId } = await aRecord();
    expect((await call(handler, grantRole, { unitId, memberId, role: 'office_officer' }, admin)).status).toBe(200);
    return memberId;
  };
  const open = (memberId: MemberId, staffName: string, who = admin) =>
    call(handler, createStaffAccount, { unitId, memberId, staffName }, who);

  it('are opened once, with a password shown once, under a name that is nobody else’s', async () => {
    const memberId = await withRole();
    const opened = await open(memberId, 'VanPhong.1');
    expect(opened).toMatchObject({ status: 200, body: { staffName: 'vanphong.1' } });
    expect(opened.body.password).toMatch(/^[a-z0-9]{4}(-[a-z0-9]{4}){3}$/);
    expect(await memberOfStaffName('vanphong.1')).toBe(memberId);
    expect((await open(memberId, 'vanphong.1')).body.code).toBe('has-account');
    expect((await open(await withRole(), 'vanphong.1')).body.code).toBe('name-taken');
  });

  it('are for those with a staff role here, and from above only', async () => {
    const { memberId } = await aRecord();
    expect((await open(memberId, 'khong.vai.tro')).body.code).toBe('no-staff-role');
    const secretary = await signedIn({
      memberId: 'bi-thu',
      unitId: 'cb-1',
      stepUp: true,
      grants: [{ role: 'branch_secretary' }],
    });
    expect((await open(memberId, 'khong.vai.tro', secretary)).status).toBe(403);
  });

  it('get a new first password when the old one is lost', async () => {
    const memberId = await withRole();
    const opened = await open(memberId, 'quen.mat.khau');
    const reset = await call(handler, resetStaffPassword, { unitId, memberId }, admin);
    expect(reset.body.password).not.toBe(opened.body.password);
    expect((await userOf('quen.mat.khau')).UserStatus).toBe('FORCE_CHANGE_PASSWORD');
    const none = await withRole();
    expect((await call(handler, resetStaffPassword, { unitId, memberId: none }, admin)).body.code).toBe('no-account');
  });

  it('are closed when their holder leaves', async () => {
    const memberId = await withRole();
    await open(memberId, 'nghi.viec');
    const left = { change: 'begin', condition: { kind: 'left', from: today, reason: 'transferred_out' } } as const;
    const changed = await call(
      handler,
      changeMember,
      { unitId: 'cb-1' as UnitId, memberId, version: 3, change: left },
      admin,
    );
    expect(changed.status).toBe(200);
    expect((await userOf('nghi.viec')).Enabled).toBe(false);
  });
});
