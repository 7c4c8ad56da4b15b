import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import { type MemberId, UnitId } from '#shared/kernel/ids.ts';
import { type Operation, operation, pathFields } from '#shared/kernel/operation.ts';
import { type Grant, type Permission, permissions } from '#shared/kernel/permissions.ts';
import { ok } from '#shared/kernel/result.ts';
import { DAY_MS, dayOf, instantOf } from '#shared/kernel/time.ts';
import { auditOn } from './audit.ts';
import type { Consumed } from './capacity.ts';
import { httpApi, route, routeAhead } from './http.ts';
import { changeGrants, identityKeys } from './identity.ts';
import { openTable } from './table.ts';
import { aHouse, aUnit, browserHeaders, call, eventOf, type SignedIn, send, signedIn } from './testing.ts';

/** The units as seen from where the role is held. */
const places = { own: 'xa-1', child: 'chi-bo-1', sibling: 'xa-2', parent: 'tinh', other: 'chi-bo-3', none: 'khong-co' };
type Place = keyof typeof places;
const here = v.object({ unitId: UnitId });
const atUnit = (permission: Permission, more: Partial<Operation> = {}) =>
  operation({
    id: `matrix.${permission.replace('.', '-')}`,
    summary: 'Do it',
    method: 'POST',
    path: `/api/matrix/{unitId}/${permission.replace('.', '-')}`,
    allow: permission,
    input: here,
    output: v.object({ by: v.string() }),
    refusals: {},
    ...more,
  });
const operations = new Map(permissions.map((permission) => [permission, atUnit(permission)]));
const own = operation({
  id: 'matrix.own',
  summary: 'See what is mine',
  method: 'GET',
  path: '/api/matrix/own',
  allow: 'signed-in',
  input: v.object({ count: v.optional(v.string()) }),
  output: v.object({ by: v.string() }),
  refusals: {},
});
const binding = atUnit('meetings.run', {
  id: 'matrix.bind',
  path: '/api/matrix/{unitId}/bind',
  stepUp: true,
  audited: true,
});
const ahead = atUnit('meetings.run', {
  id: 'matrix.ahead',
  path: '/api/matrix/{unitId}/ahead',
  input: v.object({ unitId: UnitId, key: v.optional(v.picklist(['a', 'fails'])) }),
});
const audit = openTable('AUDIT_TABLE');
/** Every key that the row below has asked for. */
const askedAhead: string[] = [];
const lookAhead = async (key = 'a') => {
  askedAhead.push(key);
  if (key === 'fails') throw new Error('the look ahead failed');
  return audit.get({ pk: 'AHEAD', sk: key }, { eventually: true });
};
const handler = httpApi('matrix', [
  routeAhead(
    ahead,
    ({ input }) => lookAhead((input as { key?: string }).key),
    async (_, looked) => ok({ by: String((await looked)?.['by']) }),
  ),
  ...[...operations.values(), binding].map((op) => route(op, async ({ actor }) => ok({ by: actor?.memberId ?? '' }))),
  route(own, async ({ actor }) => ok({ by: actor.memberId })),
]);

const doing = (permission: Permission, place: Place, who: SignedIn) =>
  call(handler, operations.get(permission) as Operation, { unitId: places[place] }, who);

beforeAll(async () => {
  await aHouse();
  await aUnit('tinh');
  for (const commune of ['xa-1', 'xa-2']) await aUnit(commune, 'tinh');
  for (const branch of ['chi-bo-1', 'chi-bo-2']) await aUnit(branch, 'xa-1', 'tinh');
  await aUnit('chi-bo-3', 'xa-2', 'tinh');
});

describe('a role', () => {
  test('out of its dates, or one that is not known, allows nothing; others beside it still count', async () => {
    const past = { from: instantOf(0), until: instantOf(Date.now() - 1000) };
    const future = { from: instantOf(Date.now() + DAY_MS) };
    const who = await signedIn({
      memberId: 'het-han',
      unitId: 'xa-1',
      grants: [
        { role: 'branch_secretary', ...past },
        { role: 'deputy_secretary', ...future },
      ],
    });
    expect((await doing('meetings.run', 'own', who)).status).toBe(403);
    const unknown = { role: 'chief', unitId: 'xa-1', from: instantOf(0) } as unknown as Grant;
    await changeGrants('het-han' as MemberId, [unknown]);
    expect(await doing('meetings.run', 'own', who)).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
    const known = { role: 'branch_secretary', unitId: 'xa-1' as UnitId, from: instantOf(0) } as const;
    await changeGrants('het-han' as MemberId, [unknown, known]);
    expect((await doing('meetings.run', 'own', who)).status).toBe(200);
  });

  test('above a branch counts only after the second factor of the staff pool', async () => {
    const grants = [{ role: 'organisation_officer' }] as const;
    const bySlip = await signedIn({ memberId: 'can-bo-1', unitId: 'xa-1', grants, kind: 'member' });
    expect((await doing('members.manage', 'child', bySlip)).status).toBe(403);
    const byPool = await signedIn({ memberId: 'can-bo-1', unitId: 'xa-1', grants });
    expect((await doing('members.manage', 'child', byPool)).status).toBe(200);
  });
});

describe('a row that looks ahead', () => {
  const secretary = (memberId: string) =>
    signedIn({ memberId, unitId: 'chi-bo-1', grants: [{ role: 'branch_secretary' }], stepUp: true });
  const asking = (who: SignedIn, more: object = {}) => call(handler, ahead, { unitId: 'chi-bo-1', ...more }, who);

  test('reads in one call with the look at the person, each table in its own way', async () => {
    const who = await secretary('thu-1');
    await audit.put({ pk: 'AHEAD', sk: 'a', by: 'what stands there' });
    await asking(who);
    const told: Consumed[] = [];
    const heard = (message: unknown) => void told.push(message as Consumed);
    subscribe('handbook.capacity', heard);
    expect(await asking(who)).toMatchObject({ status: 200, body: { by: 'what stands there' } });
    unsubscribe('handbook.capacity', heard);
    const sum = (key: 'calls' | 'readUnits') => told.reduce((all, one) => all + one[key], 0);
    // the person as he stands now is one unit, the other half of one
    expect({ calls: sum('calls'), readUnits: sum('readUnits') }).toEqual({ calls: 1, readUnits: 1.5 });
  });

  test('shows nothing of it to who may not ask, and a look that failed is his fault alone who waits for it', async () => {
    const member = await signedIn({ memberId: 'thu-2', unitId: 'chi-bo-1' });
    const ended = await secretary('thu-3');
    await openTable('IDENTITY_TABLE').change(identityKeys.person(ended.memberId), {
      remove: [`sessions.${ended.sessionId}`],
    });
    for (const more of [{}, { key: 'fails' }, { key: 'unreadable' }]) {
      expect(await asking(member, more)).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
      expect(await asking(ended, more)).toMatchObject({ status: 401, body: { code: 'session-ended' } });
      expect(await asking({ ...member, cookies: [] }, more)).toMatchObject({ status: 401 });
    }
    const who = await secretary('thu-4');
    expect(await asking(who, { key: 'fails' })).toMatchObject({ status: 500, body: { code: 'fault' } });
    askedAhead.length = 0;
    expect(await asking(who, { key: 'unreadable' })).toMatchObject({ status: 422, body: { code: 'malformed' } });
    expect(askedAhead).toEqual([]);
  });
});

describe('a request', () => {
  const member = () => signedIn({ memberId: 'nam', unitId: 'chi-bo-1' });
  const asking = (who?: SignedIn, headers: Readonly<Record<string, string | undefined>> = {}) => {
    const sent = Object.entries({ ...browserHeaders(), ...headers }).filter(([, value]) => value !== undefined);
    return send(handler, { ...eventOf(own, {}, who), headers: Object.fromEntries(sent) as Record<string, string> });
  };

  test('with a genuine pass knows who asks', async () => {
    expect(await asking(await member())).toMatchObject({ status: 200, body: { by: 'nam' } });
  });

  test('that did not come through the CDN is refused', async () => {
    for (const secret of [undefined, '', 'known to nobody', `${process.env['ORIGIN_SECRET']} `])
      expect(await asking(await member(), { 'x-origin-secret': secret })).toMatchObject({ status: 403 });
  });

  test('without a pass, with a changed, foreign or unreadable one is not signed in', async () => {
    const who = await member();
    const [pass = ''] = who.cookies;
    const [head = '', payload = '', signature = ''] = pass.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const raised = Buffer.from(JSON.stringify({ ...claims, memberId: 'can-bo-1' })).toString('base64url');
    const forged = [
      [],
      ['__Host-pass='],
      ['__Host-pass=a.b.c'],
      [`${head}.${raised}.${signature}`],
      [`${head}.${payload}.${signature.slice(0, -4)}`],
      [pass.replace('=test.', '=unknown.')],
      [pass.replace('__Host-pass', '__Host-pass-4173')],
    ];
    for (const cookies of forged)
      expect(await asking({ ...who, cookies })).toMatchObject({ status: 401, body: { code: 'not-signed-in' } });
  });

  test('of an ended or later version of the session is over at once', async () => {
    const who = await member();
    const session = `sessions.${who.sessionId}`;
    const person = identityKeys.person(who.memberId);
    await openTable('IDENTITY_TABLE').change(person, { set: { [`${session}.version`]: 2 } });
    expect(await asking(who)).toMatchObject({ status: 401, body: { code: 'session-ended' } });
    await openTable('IDENTITY_TABLE').change(person, { remove: [session] });
    expect(await asking(who)).toMatchObject({ status: 401, body: { code: 'session-ended' } });
  });

  test('of a session that asks hundreds of times in a breath is put off, and nobody else is', async () => {
    const [wild, calm] = [await member(), await member()];
    const answers = await Promise.all(Array.from({ length: 700 }, () => asking(wild)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(600);
    const putOff = answers.find(({ status }) => status === 429);
    expect(putOff).toMatchObject({ body: { code: 'too-many' } });
    expect(await asking(calm)).toMatchObject({ status: 200 });
  });

  test('that changes something needs JSON and our own page', async () => {
    const who = await signedIn({ memberId: 'bi-thu', unitId: 'xa-1', grants: [{ role: 'branch_secretary' }] });
    const op = operations.get('meetings.run') as Operation;
    const bent = (headers: object) =>
      send(handler, { ...eventOf(op, { unitId: 'xa-1' }, who), headers: { ...browserHeaders(), ...headers } });
    expect((await bent({})).status).toBe(200);
    for (const headers of [{ 'content-type': 'text/plain' }, { 'sec-fetch-site': 'cross-site' }])
      expect(await bent(headers)).toMatchObject({ status: 403, body: { code: 'wrong-origin' } });
  });

  test('that binds others needs the PIN, and is in the audit log done or refused', async () => {
    const bind = (who: SignedIn) => call(handler, binding, { unitId: 'chi-bo-2' }, who);
    const grants = [{ role: 'branch_secretary' }] as const;
    expect(await bind(await signedIn({ memberId: 'bt-1', unitId: 'chi-bo-2', grants }))).toMatchObject({
      status: 403,
      body: { code: 'step-up-needed' },
    });
    expect((await bind(await signedIn({ memberId: 'bt-2', unitId: 'chi-bo-2', grants, stepUp: true }))).status).toBe(
      200,
    );
    expect((await bind(await signedIn({ memberId: 'dv', unitId: 'chi-bo-2', stepUp: true }))).status).toBe(403);
    const entries = await auditOn('chi-bo-2' as UnitId, dayOf(instantOf(Date.now())));
    expect(entries.map(({ actorId, outcome }) => `${actorId} ${outcome}`).sort()).toEqual([
      'bt-1 step-up-needed',
      'bt-2 done',
      'dv not-allowed',
    ]);
  });

  test('malformed, too large or to no address is refused without a word of what was sent', async () => {
    const who = await signedIn({ memberId: 'bi-thu', unitId: 'xa-1', grants: [{ role: 'branch_secretary' }] });
    const op = operations.get('meetings.run') as Operation;
    const event = eventOf(op, { unitId: 'xa-1' }, who);
    expect(await send(handler, { ...event, body: '{' })).toMatchObject({ status: 422, body: { code: 'malformed' } });
    expect(await send(handler, { ...event, body: '[]' })).toMatchObject({ status: 422 });
    expect(await send(handler, { ...event, body: `"${'a'.repeat(1_000_001)}"` })).toMatchObject({ status: 413 });
    const away = {
      ...event,
      requestContext: { ...event.requestContext, http: { ...event.requestContext.http, path: '/api/matrix' } },
    };
    expect(await send(handler, away)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });
});

describe('every operation of every contract', () => {
  const shared = join(import.meta.dirname, '../../shared');
  const contexts = readdirSync(shared).filter((name) => readdirSync(join(shared, name)).includes('contract.ts'));
  const isOperation = (value: unknown): value is Operation =>
    typeof value === 'object' && value !== null && 'allow' in value && 'path' in value && 'id' in value;
  const all = async () => {
    const contracts = await Promise.all(
      contexts.map(async (context) => {
        const contract: Record<string, unknown> = await import(join(shared, context, 'contract.ts'));
        return Object.values(contract).flatMap((op) => (isOperation(op) ? [{ context, op }] : []));
      }),
    );
    return contracts.flat();
  };

  test('has its own id, its own place, and a unit in its path where a permission is asked', async () => {
    const operationsOfAll = await all();
    const wrong = operationsOfAll.filter(({ context, op }) => {
      const needsUnit = !['anyone', 'session', 'signed-in'].includes(op.allow);
      // sessions and ballots have doors of their own at the edge: the one with cookies, the other without
      const path = ['session', 'ballots', context].some((place) => op.path.startsWith(`/api/${place}/`));
      return !op.id.startsWith(`${context}.`) || !path || (needsUnit && !pathFields(op.path).includes('unitId'));
    });
    expect(wrong.map(({ op }) => op.id)).toEqual([]);
    const ids = operationsOfAll.map(({ op }) => op.id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    const places = operationsOfAll.map(({ op }) => `${op.method} ${op.path.replace(/\{\w+\}/g, '{}')}`);
    expect(places.filter((place, at) => places.indexOf(place) !== at)).toEqual([]);
  });
});
