import * as v from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Role } from '#shared/kernel/permissions.ts';
import { instantOf } from '#shared/kernel/time.ts';
import {
  actorOf,
  chainOf,
  changeGrants,
  Identity,
  identityKeys,
  mayAt,
  passNameOf,
  unitOf,
  writePerson,
} from './identity.ts';
import type { Pass } from './pass.ts';
import { openTable } from './table.ts';
import { aHouse, aUnit, signedIn } from './testing.ts';

const now = instantOf(Date.now());
const from = instantOf(0);
const table = openTable('IDENTITY_TABLE');
const grant = (role: Role, unitId: string) => ({ role, unitId: unitId as UnitId, from });
const passOfSession = (who: { memberId: MemberId; sessionId: Pass['sessionId'] }, version = 1): Pass => ({
  memberId: who.memberId,
  sessionId: who.sessionId,
  version,
  kind: 'member',
  expires: 0,
});
const personOf = (memberId: string, unitId: string, ...roles: Role[]) => ({
  memberId: memberId as MemberId,
  name: 'Trần Thị Lan',
  birthYear: 1961,
  unitId: unitId as UnitId,
  grants: roles.map((role) => grant(role, unitId)),
});

beforeAll(async () => {
  await aHouse();
  await aUnit('chi-bo-1', 'xa-1', 'tinh');
});

describe('who someone is', () => {
  test('writing a person again keeps the sessions and takes the new name and roles', async () => {
    const lan = await signedIn({ memberId: 'lan', unitId: 'chi-bo-1' });
    await writePerson(personOf('lan', 'chi-bo-1', 'member', 'branch_secretary'));
    const actor = await actorOf(passOfSession(lan));
    expect(actor?.grants.map(({ role }) => role)).toEqual(['member', 'branch_secretary']);
    const item = v.parse(Identity, await table.get(identityKeys.person(lan.memberId)));
    expect(item.name).toBe('Trần Thị Lan');
  });

  test('a role taken away no longer counts at the next request', async () => {
    const lan = await signedIn({ memberId: 'lan-2', unitId: 'chi-bo-1', grants: [{ role: 'branch_secretary' }] });
    const before = await actorOf(passOfSession(lan));
    expect(before && (await mayAt(before, 'meetings.run', lan.unitId, now))).toBe(true);
    await changeGrants(lan.memberId, [grant('member', 'chi-bo-1')]);
    // what the committee alone reads is closed with the old pass; the phone renews it by itself
    expect(await actorOf(passOfSession(lan))).toBeUndefined();
    const after = await actorOf(passOfSession(lan, 2));
    expect(after && (await mayAt(after, 'meetings.run', lan.unitId, now))).toBe(false);
  });

  test('a person moved to another branch must renew each pass, and the edge is told of the old ones', async () => {
    const phone = await signedIn({ memberId: 'lan-3', unitId: 'chi-bo-1' });
    const tablet = await signedIn({ memberId: 'lan-3', unitId: 'chi-bo-1' });
    await writePerson(personOf('lan-3', 'chi-bo-2', 'member'));
    for (const { sessionId } of [phone, tablet]) {
      expect(await actorOf(passOfSession({ memberId: phone.memberId, sessionId }))).toBeUndefined();
      expect(await actorOf(passOfSession({ memberId: phone.memberId, sessionId }, 2))).toMatchObject({
        unitId: 'chi-bo-2',
      });
      const pass = passNameOf(sessionId, 1);
      const news = await table.get(identityKeys.endedPass(pass));
      expect(news?.['fact']).toMatchObject({ type: 'pass-ended', pass });
    }
  });

  test('many writers at once lose no session', async () => {
    await writePerson(personOf('lan-4', 'chi-bo-1', 'member'));
    const sessions = await Promise.all([
      signedIn({ memberId: 'lan-4', unitId: 'chi-bo-1' }),
      signedIn({ memberId: 'lan-4', unitId: 'chi-bo-1' }),
      writePerson(personOf('lan-4', 'chi-bo-1', 'member', 'helper')),
    ]);
    const item = v.parse(Identity, await table.get(identityKeys.person('lan-4' as MemberId)));
    expect(Object.keys(item.sessions).sort()).toEqual([sessions[0].sessionId, sessions[1].sessionId].sort());
  });

  test('a change of roles of nobody is answered with false', async () => {
    expect(await changeGrants('nobody' as MemberId, [])).toBe(false);
  });
});

describe('the tree', () => {
  test('a unit knows its name and its parents; an unknown unit has none', async () => {
    expect(await unitOf('chi-bo-1' as UnitId, now)).toEqual({
      name: 'Đơn vị chi-bo-1',
      chain: ['chi-bo-1', 'xa-1', 'tinh'],
    });
    expect(await chainOf('nowhere' as UnitId, now)).toEqual([]);
  });
});
