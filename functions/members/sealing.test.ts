import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AuditEntry, auditOn, recordAudit } from '#runtime/audit.ts';
import { openBucket } from '#runtime/files.ts';
import { openTable } from '#runtime/table.ts';
import { aHouse, call, signedIn } from '#runtime/testing.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { addDays, type Day, dayOf, instantAt, instantOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/members/contract.ts';
import { aBucket, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onDayOver } from './on-day-over.ts';
import { faultsBetween, sealDaysOver } from './sealing.ts';
import { aProvince, aRecord } from './testing.ts';

const today = dayOf(instantOf(Date.now()));
const day = (daysAgo: number): Day => addDays(today, -daysAgo);
const unit = (id: string) => id as UnitId;
let acts = 0;

const anEntry = (over: Partial<AuditEntry> & { readonly on: Day }): AuditEntry => {
  acts += 1;
  const { on, ...rest } = over;
  return {
    at: instantAt(on, `19:${String(acts % 60).padStart(2, '0')}`),
    unitId: unit('cb-1'),
    actorId: 'lan' as MemberId,
    operation: 'members.memberRecord',
    record: { unitId: 'cb-1', memberId: 'tam' },
    sessionId: 's-1',
    requestId: `request-${acts}`,
    outcome: 'done',
    ...rest,
  };
};

beforeAll(async () => {
  await aHouse();
  await aProvince();
});
beforeEach(async () => {
  await Promise.all([aTable('AUDIT_TABLE'), aBucket('SEAL_BUCKET')]);
});

/** Three days of two branches, the last of them without an act, sealed. */
const sealed = async () => {
  for (const on of [day(3), day(2)])
    for (const unitId of ['cb-1', 'cb-2'])
      for (let times = 0; times < 3; times++) await recordAudit(anEntry({ on, unitId: unit(unitId) }));
  await sealDaysOver(day(2));
  await sealDaysOver(today);
};
const stored = async (unitId: string, on: Day) => openTable('AUDIT_TABLE').query(`AUDIT#${unitId}#${on}`);

describe('the audit log', () => {
  test('has exactly one entry for every act that is to stand in it, done or refused, however it was sent', async () => {
    const grants = [{ role: 'organisation_officer' as const, unitId: 'tinh' }];
    const who = await signedIn({ memberId: 'can-bo', unitId: 'tinh', grants });
    const members = await Promise.all(Array.from({ length: 5 }, () => aRecord()));
    const looked = await Promise.all(
      members.map(({ memberId }) => call(handler, contract.memberRecord, { unitId: unit('cb-1'), memberId }, who)),
    );
    const granted = await Promise.all(
      members.map(({ memberId }, at) => {
        const role = at % 2 === 0 ? ('deputy_secretary' as const) : ('member' as const);
        return call(handler, contract.grantRole, { unitId: unit('cb-1'), memberId, role }, who);
      }),
    );
    expect(looked.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(granted.map(({ status }) => status)).toEqual([200, 403, 200, 403, 200]);
    const entries = await auditOn(unit('cb-1'), today);
    const said = entries.map(({ operation, record, outcome }) => `${operation} ${record['memberId']} ${outcome}`);
    const wanted = members.flatMap(({ memberId }, at) => [
      `members.memberRecord ${memberId} done`,
      `members.grantRole ${memberId} ${at % 2 === 0 ? 'done' : 'not-yours-to-give'}`,
    ]);
    expect([...said].sort()).toEqual([...wanted].sort());
    expect(new Set(entries.map(({ requestId }) => requestId)).size).toBe(10);
    await sealDaysOver(addDays(today, 1));
    expect(await faultsBetween(today, today)).toEqual([]);
  });

  test('is sealed by the day, also a day without acts, once and in a chain', async () => {
    await sealed();
    expect(await faultsBetween(day(3), day(1))).toEqual([]);
    const seals = openBucket('SEAL_BUCKET');
    const before = await seals.look(`audit/${day(2)}/seal.json`);
    expect(await sealDaysOver(today)).toEqual([]);
    expect(await seals.look(`audit/${day(2)}/seal.json`)).toEqual(before);
    const kept = await seals.read(`audit/${day(2)}/cb-2.json`);
    expect(JSON.parse(Buffer.from(kept?.body ?? '').toString())).toHaveLength(3);
  });

  test('with one entry changed, missing or added is found out, day and branch', async () => {
    await sealed();
    const table = openTable('AUDIT_TABLE');
    const [first, second] = await stored('cb-1', day(3));
    await table.put({ ...first, pk: String(first?.pk), sk: String(first?.sk), outcome: 'not-allowed' });
    expect(await faultsBetween(day(3), day(1))).toEqual([{ day: day(3), unitId: 'cb-1', what: 'entry-changed' }]);
    await table.put({ ...first, pk: String(first?.pk), sk: String(first?.sk) });
    expect(await faultsBetween(day(3), day(1))).toEqual([]);

    await table.put({ ...second, pk: String(second?.pk), sk: `${second?.sk}-again` });
    expect(await faultsBetween(day(3), day(1))).toEqual([{ day: day(3), unitId: 'cb-1', what: 'entry-added' }]);
  });

  test('of a whole branch gone, or a seal gone or rewritten, is found out', async () => {
    await sealed();
    const seals = openBucket('SEAL_BUCKET');
    const path = `audit/${day(2)}/seal.json`;
    const file = await seals.read(path);
    const seal = JSON.parse(Buffer.from(file?.body ?? '').toString());
    const how = { contentType: 'application/json', cacheControl: 'no-store' };
    const { 'cb-2': _, ...units } = seal.units;
    await seals.write(path, JSON.stringify({ ...seal, units }), how);
    expect(await faultsBetween(day(3), day(1))).toEqual([
      { day: day(2), what: 'seal-changed' },
      { day: day(2), unitId: 'cb-2', what: 'entry-added' },
    ]);
    await seals.write(path, JSON.stringify({ ...seal, previous: 'another' }), how);
    expect((await faultsBetween(day(3), day(1))).map(({ what }) => what)).toEqual(['seal-changed', 'chain-broken']);
    await seals.remove(path);
    expect(await faultsBetween(day(3), day(1))).toEqual([{ day: day(2), what: 'seal-missing' }]);
  });

  test('is sealed and looked over every night', async () => {
    await recordAudit(anEntry({ on: day(1) }));
    await onDayOver();
    expect(await faultsBetween(day(1), day(1))).toEqual([]);
  });
});
