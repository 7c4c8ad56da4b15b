import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordAudit } from '#runtime/audit.ts';
import { personOf } from '#runtime/identity.ts';
import { call, type SignedIn, signedIn } from '#runtime/testing.ts';
import type { ActionId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { addDays, type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/members/contract.ts';
import type { CitizenId } from '#shared/members/model.ts';
import { handler } from './api.ts';
import { followMember } from './following.ts';
import { loadMember } from './store.ts';
import { anOffice, aRecord, office } from './testing.ts';

const unit = (id: string) => id as UnitId;
const today = dayOf(instantOf(Date.now()));
const yesterday = addDays(today, -1);
const anAct = () => randomUUID() as ActionId;

beforeAll(anOffice);

describe('members of a branch', () => {
  it('are listed with masked numbers to the branch and those above, and to nobody else', async () => {
    const member = await aRecord({ name: 'Phạm Văn Ất' });
    for (const who of [office.secretary, office.officer]) {
      const { body } = await call(handler, contract.listMembers, { unitId: unit('cb-1') }, who);
      const row = body.members.find(({ memberId }: { memberId: string }) => memberId === member.memberId);
      expect(row).toMatchObject({ name: 'Phạm Văn Ất', state: 'official', phone: '•••• 678' });
      expect(JSON.stringify(body)).not.toContain(member.citizenId);
      expect(JSON.stringify(body)).not.toContain('0912345678');
    }
    for (const who of [office.neighbour, office.plain])
      expect((await call(handler, contract.listMembers, { unitId: unit('cb-1') }, who)).status).toBe(403);
  });

  it('have their whole record shown one at a time, and the look is written down in words', async () => {
    const member = await aRecord({ name: 'Phạm Thị Bính' });
    const asked = { unitId: unit('cb-1'), memberId: member.memberId };
    const { body } = await call(handler, contract.memberRecord, asked, office.secretary);
    expect(body).toMatchObject({ citizenId: member.citizenId, phone: '0912345678', unitName: 'Chi bộ thôn Nam' });
    const log = await call(
      handler,
      contract.auditOf,
      { unitId: unit('cb-1'), from: today, until: today },
      office.secretary,
    );
    expect(log.body.broken).toEqual([]);
    expect(log.body.acts[0]).toMatchObject({
      operation: 'members.memberRecord',
      actorName: 'Trần Thị Lan',
      memberName: 'Phạm Thị Bính',
      outcome: 'done',
    });
    // asked at the neighbour's own branch he is not there
    expect(
      (await call(handler, contract.memberRecord, { ...asked, unitId: unit('cb-2') }, office.neighbour)).status,
    ).toBe(404);
  });

  it('stand on the roll of a day with what their state means, guests included', async () => {
    const guest = await aRecord({
      placements: [{ from: '2000-01-01' as Day, unitId: unit('cb-2') }],
      conditions: [{ kind: 'elsewhere', from: yesterday, until: addDays(today, 90), hostUnitId: unit('cb-1') }],
    });
    const stateIn = async (who: SignedIn, unitId: string, day?: Day) => {
      const { body } = await call(handler, contract.rollOf, { unitId: unit(unitId), ...(day && { day }) }, who);
      return body.roll.find(({ memberId }: { memberId: string }) => memberId === guest.memberId)?.state;
    };
    expect(await stateIn(office.secretary, 'cb-1')).toBe('guest');
    expect(await stateIn(office.neighbour, 'cb-2')).toBe('elsewhere');
    expect(await stateIn(office.secretary, 'cb-1', addDays(today, 90))).toBeUndefined();
    expect(await stateIn(office.neighbour, 'cb-2', addDays(today, 90))).toBe('official');
  });

  it('are added once however often the same act is sent', async () => {
    const act = {
      unitId: unit('cb-1'),
      actionId: anAct(),
      name: 'Đỗ Thị Mới',
      birthDate: '1999-09-09' as Day,
      sex: 'female' as const,
      admissionDate: addDays(today, -30),
      citizenId: '035199000777' as CitizenId,
    };
    const first = await call(handler, contract.addMember, act, office.officer);
    expect(await call(handler, contract.addMember, act, office.officer)).toEqual(first);
    expect(await personOf(first.body.memberId)).toMatchObject({
      name: 'Đỗ Thị Mới',
      unitId: 'cb-1',
      grants: [{ role: 'member', unitId: 'cb-1' }],
    });
    const twin = await call(handler, contract.addMember, { ...act, actionId: anAct() }, office.officer);
    expect(twin).toMatchObject({ status: 409, body: { code: 'citizen-id-held-by-other' } });
    expect(
      (await call(handler, contract.addMember, { ...act, actionId: anAct(), citizenId: undefined }, office.officer))
        .body.code,
    ).toBe('no-number');
    expect(
      (await call(handler, contract.addMember, { ...act, actionId: anAct(), unitId: unit('xa-1') }, office.officer))
        .body.code,
    ).toBe('not-a-branch');
    expect((await call(handler, contract.addMember, act, office.secretary)).status).toBe(403);
  });
});

describe('changing a record', () => {
  const change = (memberId: MemberId, version: number, what: object, who = office.officer, at = 'cb-1') =>
    call(handler, contract.changeMember, { unitId: unit(at), memberId, version, change: what as never }, who);

  it('gives back an old number and takes a free one', async () => {
    const member = await aRecord();
    const freed = member.citizenId as string;
    const corrected = await change(member.memberId, 1, {
      change: 'items',
      items: { citizenId: '035058099999', phone: null },
    });
    expect(corrected.body).toMatchObject({ citizenId: '035058099999', version: 2 });
    expect(corrected.body.phone).toBeUndefined();
    const other = await aRecord();
    const taken = await change(other.memberId, 1, { change: 'items', items: { citizenId: '035058099999' } });
    expect(taken).toMatchObject({ status: 409, body: { code: 'citizen-id-held-by-other' } });
    expect((await change(other.memberId, 1, { change: 'items', items: { citizenId: freed } })).status).toBe(200);
  });

  it('refuses to overwrite what was not on the screen, but not the same change sent again', async () => {
    const member = await aRecord();
    const rename = { change: 'items', items: { name: 'Nguyễn Văn Khác' } };
    expect((await change(member.memberId, 1, rename)).status).toBe(200);
    expect((await change(member.memberId, 1, rename)).status).toBe(200);
    expect((await change(member.memberId, 1, { change: 'items', items: { name: 'Nguyễn Văn Lạ' } })).body.code).toBe(
      'changed-meanwhile',
    );
    expect(
      (await change(member.memberId, 2, { change: 'items', items: { admissionDate: '1970-01-01' } })).body.code,
    ).toBe('too-young');
  });

  it('moves a member, ends his roles in the old branch, and the guard follows', async () => {
    const member = await aRecord({
      roles: [{ role: 'branch_committee_member', unitId: unit('cb-1'), from: '2024-01-01T00:00:00.000Z' as never }],
    });
    expect((await change(member.memberId, 1, { change: 'move', toUnitId: 'cb-3', from: today })).status).toBe(403);
    expect((await change(member.memberId, 1, { change: 'move', toUnitId: 'xa-1', from: today })).body.code).toBe(
      'not-a-branch',
    );
    const moved = await change(member.memberId, 1, { change: 'move', toUnitId: 'cb-2', from: today });
    expect(moved.body).toMatchObject({ unitId: 'cb-2', unitName: 'Chi bộ thôn Bắc' });
    expect(await personOf(member.memberId)).toMatchObject({
      unitId: 'cb-2',
      grants: [{ role: 'member', unitId: 'cb-2' }],
    });
    const shown = await call(handler, contract.listMembers, { unitId: unit('cb-1') }, office.secretary);
    expect(JSON.stringify(shown.body)).not.toContain(member.memberId);
  });

  it('takes every right from one who left, and from one who is suspended for as long as it lasts', async () => {
    const member = await aRecord();
    const suspended = await change(member.memberId, 1, {
      change: 'begin',
      condition: { kind: 'suspended', from: yesterday },
    });
    expect(suspended.body.state).toBe('suspended');
    const at = instantOf(Date.now());
    expect((await personOf(member.memberId))?.grants.every(({ until }) => until !== undefined && until < at)).toBe(
      true,
    );
    const back = await change(member.memberId, 2, { change: 'end', kind: 'suspended', on: today });
    expect(back.body.state).toBe('official');
    const left = await change(member.memberId, 3, {
      change: 'begin',
      condition: { kind: 'left', from: today, reason: 'delisted' },
    });
    expect(left.body.state).toBe('left');
    expect((await personOf(member.memberId))?.grants).toEqual([]);
  });
});

describe('roles', () => {
  it('are given with their dates, seen in the list, held by the guard, and ended at once', async () => {
    const member = await aRecord({ name: 'Vũ Văn Giúp' });
    const ask = { unitId: unit('cb-1'), memberId: member.memberId, role: 'helper' as const };
    const until = addDays(today, 30);
    expect((await call(handler, contract.grantRole, ask, office.secretary)).body.code).toBe('dates-wrong');
    expect((await call(handler, contract.grantRole, { ...ask, until }, office.secretary)).status).toBe(200);
    expect((await call(handler, contract.grantRole, { ...ask, until }, office.secretary)).body.roles).toHaveLength(1);
    expect((await personOf(member.memberId))?.grants.map(({ role }) => role)).toEqual(['member', 'helper']);
    const { body } = await call(handler, contract.listRoles, { unitId: unit('cb-1') }, office.secretary);
    expect(body.roles).toContainEqual(
      expect.objectContaining({ memberId: member.memberId, name: 'Vũ Văn Giúp', role: 'helper', memberUnitId: 'cb-1' }),
    );
    expect((await call(handler, contract.endRole, ask, office.secretary)).status).toBe(200);
    expect((await call(handler, contract.endRole, ask, office.secretary)).status).toBe(200);
    const after = await loadMember(member.memberId);
    expect(after?.version).toBe(3);
  });

  it('need the PIN of a office.secretary, and never reach beyond what he may give', async () => {
    const member = await aRecord();
    const careless = await signedIn({
      memberId: 'careless',
      unitId: 'cb-1',
      grants: [{ role: 'member' }, { role: 'branch_secretary' }],
    });
    const ask = { unitId: unit('cb-1'), memberId: member.memberId, role: 'branch_committee_member' as const };
    expect((await call(handler, contract.grantRole, ask, careless)).body.code).toBe('step-up-needed');
    expect((await call(handler, contract.grantRole, ask, office.neighbour)).body.code).toBe('not-allowed');
    expect(
      (await call(handler, contract.grantRole, { ...ask, role: 'branch_secretary' }, office.secretary)).body.code,
    ).toBe('not-yours-to-give');
    expect(
      (await call(handler, contract.grantRole, { ...ask, role: 'system_admin', unitId: unit('xa-1') }, office.officer))
        .body.code,
    ).toBe('not-yours-to-give');
    expect((await call(handler, contract.grantRole, { ...ask, role: 'branch_secretary' }, office.officer)).status).toBe(
      200,
    );
  });
});

describe('corrections', () => {
  it('are asked by the member, confirmed by the branch, put into the record by the office, each once', async () => {
    const member = await aRecord({ name: 'Ngô Thị Sửa' });
    const owner = await signedIn({ memberId: member.memberId, unitId: 'cb-1', name: member.name });
    const ask = { actionId: anAct(), item: 'birthDate' as const, proposed: '5/6/1958', note: 'Theo giấy khai sinh' };
    const asked = await call(handler, contract.askCorrection, ask, owner);
    expect(asked.body.correction).toMatchObject({ state: 'asked', before: '1958-02-03', proposed: '5/6/1958' });
    expect((await call(handler, contract.askCorrection, ask, owner)).body).toEqual(asked.body);
    const decide = (decision: 'confirm' | 'apply' | 'decline', who: SignedIn, answer?: string) =>
      call(
        handler,
        contract.decideCorrection,
        { unitId: unit('cb-1'), correctionId: ask.actionId, decision, ...(answer && { answer }) },
        who,
      );
    expect((await decide('confirm', office.neighbour)).status).toBe(403);
    expect((await decide('apply', office.secretary)).body.code).toBe('not-allowed');
    expect((await decide('decline', office.secretary)).body.code).toBe('answer-needed');
    expect((await decide('confirm', office.secretary)).body.correction.state).toBe('confirmed');
    expect((await decide('apply', office.officer)).body.correction.state).toBe('applied');
    expect((await decide('apply', office.officer)).status).toBe(200);
    expect((await decide('decline', office.officer, 'Thiếu giấy tờ')).body.code).toBe('already-decided');
    expect((await loadMember(member.memberId))?.birthDate).toBe('1958-06-05');
    const own = await call(handler, contract.ownRecord, {}, owner);
    expect(own.body).toMatchObject({ record: { birthDate: '1958-06-05' }, corrections: [{ state: 'applied' }] });
    const list = await call(handler, contract.listCorrections, { unitId: unit('cb-1') }, office.secretary);
    expect(list.body.corrections[0]).toMatchObject({ name: 'Ngô Thị Sửa', state: 'applied' });
  });

  it('are not asked for what cannot be read or is so already', async () => {
    const member = await aRecord();
    const owner = await signedIn({ memberId: member.memberId, unitId: 'cb-1' });
    const ask = (item: 'phone' | 'name', proposed: string) =>
      call(handler, contract.askCorrection, { actionId: anAct(), item, proposed }, owner);
    expect((await ask('phone', 'không nhớ')).body.code).toBe('unreadable');
    expect((await ask('phone', '+84 912 345 678')).body.code).toBe('same-as-now');
    expect((await ask('name', 'Nguyễn Văn Năm')).status).toBe(200);
  });
});

describe('the log', () => {
  it('covers a month at most', async () => {
    const from = addDays(today, -40);
    expect(
      (await call(handler, contract.auditOf, { unitId: unit('cb-1'), from, until: today }, office.secretary)).body.code,
    ).toBe('span-too-long');
  });

  it('tells two acts of one person in the same moment apart', async () => {
    const act = {
      at: instantOf(Date.now()),
      unitId: unit('cb-1'),
      actorId: 'tam' as MemberId,
      operation: 'documents.publish',
      record: {},
      sessionId: 's-1',
      outcome: 'done',
    };
    for (const requestId of ['r-one', 'r-two']) await recordAudit({ ...act, requestId });
    const input = { unitId: unit('cb-1'), from: today, until: today };
    const { acts } = (await call(handler, contract.auditOf, input, office.secretary)).body;
    const ids = acts.map(({ requestId }: { requestId: string }) => requestId);
    expect(ids).toEqual(expect.arrayContaining(['r-one', 'r-two']));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('every operation', () => {
  it('refuses whoever is not signed in, before anything else', async () => {
    for (const op of Object.values(contract)) {
      if (typeof op !== 'object' || !('path' in op)) continue;
      const answer = await call(handler, op as never, { unitId: 'cb-1', memberId: 'm-1', correctionId: 'x' } as never);
      expect([answer.status, answer.body.code], op.id).toEqual([401, 'not-signed-in']);
    }
  });

  it('leaves the guard as the record says when its writing is repeated', async () => {
    const member = await aRecord();
    const before = await personOf(member.memberId);
    await followMember(member.memberId, instantOf(Date.now()));
    expect(await personOf(member.memberId)).toEqual(before);
  });
});
