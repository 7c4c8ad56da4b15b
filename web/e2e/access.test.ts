import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { exchangeSlip, issueSlips, listSessions, renewSession } from '#shared/access/contract.ts';
import { publish as publishPaper, withdraw as withdrawPaper, writeNews } from '#shared/documents/contract.ts';
import type { ActionId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { committeeOf } from '#shared/kernel/permissions.ts';
import { addDays, addMilliseconds, DAY_MS, dayOf, instantOf } from '#shared/kernel/time.ts';
import { prepare, publish, revise, withdraw } from '#shared/meetings/contract.ts';
import { auditOf, endRole, grantRole, listMembers, listUnits, type MemberRow } from '#shared/members/contract.ts';
import { Person } from '../../infra/load/person.ts';
import {
  accessible,
  account,
  accounts,
  asStaff,
  bySlip,
  desk,
  memberOfItsOwn,
  organisationOfficer,
  phone,
  shot,
  useBrowser,
} from './journey.ts';

useBrowser();

let officer: Person;
const branch = account('branch_secretary').unitId as UnitId;
beforeAll(async () => {
  officer = organisationOfficer();
});

const anAct = () => crypto.randomUUID() as ActionId;
const nonce = () => crypto.randomUUID().replaceAll('-', '');
const slipsFor = async (unitId: UnitId, memberIds: MemberId[]) => {
  const issued = await officer.ask(issueSlips, { unitId, memberIds, actionId: anAct() });
  expect(issued.status).toBe(200);
  return issued.body.slips;
};
/** A member's phone that came in by a scanned slip. */
const comesIn = async (memberId: MemberId, unitId: UnitId = branch): Promise<Person> => {
  const [slip] = await slipsFor(unitId, [memberId]);
  const person = new Person(inject('url'));
  const code = slip?.url.split('#')[1] ?? '';
  expect((await person.ask(exchangeSlip, { way: 'scanned', code, nonce: nonce() })).status).toBe(200);
  return person;
};
const people = async (unitId: UnitId) => (await officer.ask(listMembers, { unitId })).body.members;

describe('through the edge', () => {
  test('the page of the app stands in for addresses of the app only, never for an answer or a file', async () => {
    const get = async (path: string, cookie?: Person) => {
      if (cookie) return (await cookie.read(path)).status;
      const answer = await fetch(`${inject('url')}${path}`);
      return `${answer.status} ${answer.headers.get('content-type')?.split(';')[0]}`;
    };
    expect(await get('/meetings/none')).toBe('200 text/html');
    expect(await get('/api/meetings/none/of/these')).toBe('404 application/json');
    expect(await get('/api/nowhere')).toMatch(/^404 application\/json/);
    expect(await get(`/content/live/${branch}/none.json`)).toBe('401 application/json');
    const member = await comesIn((await people(branch))[0]?.memberId as MemberId);
    expect(await get(`/content/live/${branch}/none.json`, member)).toBe(404);
    expect(await get(`/content/pack/${branch}/none.json`, member)).toBe(404);
    // and it is the same page for everybody: there is nothing in its source that a stranger may not see
    const source = async (path: string) => (await fetch(`${inject('url')}${path}`)).text();
    const pages = await Promise.all(['/meetings', `/meetings/${branch}`, '/members', '/reports'].map(source));
    expect(new Set(pages).size).toBe(1);
  });

  test('a role that is ended is refused for writes at once, and for content of its audience within a minute', async () => {
    const demo = new Set(accounts().map(({ memberId }) => memberId));
    const who = (await people(branch)).find((one) => !demo.has(one.memberId) && one.roles.length === 0);
    const memberId = who?.memberId as MemberId;
    const one = { unitId: branch, memberId, role: 'branch_committee_member' as const };
    expect((await officer.ask(grantRole, one)).status).toBe(200);
    const person = await comesIn(memberId);
    const file = `/content/docs/${committeeOf(branch)}/none.json`;
    expect((await person.read(file)).status).toBe(404);
    expect((await person.ask(listMembers, { unitId: branch })).status).toBe(200);
    expect((await officer.ask(endRole, one)).status).toBe(200);
    expect((await person.ask(listMembers, { unitId: branch })).status).not.toBe(200);
    const read = async () => (await person.read(file)).status;
    await expect.poll(read, { timeout: 60_000, interval: 500 }).toBe(401);
    expect((await person.ask(renewSession, {})).status).toBe(200);
    expect(await read()).toBe(403);
    expect((await person.ask(listMembers, { unitId: branch })).body.code).toBe('not-allowed');
  });
});

describe('withdrawn, it is gone from the edge that had kept it, and named in the file that phones read:', () => {
  let secretary: Person;
  let unitId: UnitId;
  let secretaryId: MemberId;
  beforeAll(async () => {
    // a branch of no other journey
    const taken = new Set(accounts().map((one) => one.unitId));
    const { body } = await officer.ask(listUnits, { unitId: account('organisation_officer').unitId as UnitId });
    unitId = body.units.findLast((one) => one.kind === 'branch' && !taken.has(one.unitId))?.unitId as UnitId;
    secretaryId = (await people(unitId)).find(({ roles }) => roles.length === 0)?.memberId as MemberId;
    const role = { unitId, memberId: secretaryId, role: 'branch_secretary' } as const;
    expect((await officer.ask(grantRole, role)).status).toBe(200);
    secretary = await comesIn(secretaryId, unitId);
  });

  /** Reads it until the edge itself has answered, without asking the bucket. */
  const keptAtEdge = async (path: string) => {
    const hits = async () => {
      const counters = await (await fetch(`${inject('url')}/_local/counters`)).json();
      return (counters as { edge: Record<string, { hits: number }> }).edge['/content/*']?.hits ?? 0; // the local cloud's own form
    };
    const status = async () => (await secretary.read(path)).status;
    await expect.poll(status, { timeout: 60_000, interval: 200 }).toBe(200);
    const before = await hits();
    expect(await status()).toBe(200);
    expect(await hits()).toBeGreaterThan(before);
  };
  const goes = (path: string) =>
    expect.poll(async () => (await secretary.read(path)).status, { timeout: 60_000, interval: 200 }).toBe(404);
  interface Manifest {
    readonly withdrawn: readonly string[];
    readonly documents?: readonly { readonly documentId: string; readonly path: string }[];
  }
  const manifest = async (name: string) =>
    (await secretary.read<Manifest | undefined>(`/content/live/${unitId}/${name}`)).body;
  const namedIn = (file: string, name: string) =>
    expect.poll(async () => (await manifest(file))?.withdrawn, { timeout: 60_000, interval: 500 }).toContain(name);

  test('a paper', async () => {
    const written = { unitId, actionId: anAct(), title: 'Tin chi bộ', text: 'Sáng mai dọn đường.' };
    const { documentId } = (await secretary.ask(writeNews, written)).body;
    const fields = { type: 'news', abstract: 'Tin chi bộ' } as const;
    expect((await secretary.ask(publishPaper, { unitId, documentId, fields })).status).toBe(200);
    const entry = async () =>
      (await manifest('library.json'))?.documents?.find((one) => one.documentId === documentId)?.path;
    await expect.poll(entry, { timeout: 60_000, interval: 500 }).toBeDefined();
    const path = (await entry()) ?? '';
    await keptAtEdge(`/${path}`);
    expect((await secretary.ask(withdrawPaper, { unitId, documentId })).status).toBe(200);
    await goes(`/${path}`);
    await namedIn('library.json', path);
  });

  test('a meeting', async () => {
    const { meeting, plan } = (await secretary.ask(prepare, { unitId, actionId: anAct(), kind: 'regular' })).body;
    const one = { unitId, meetingId: meeting.meetingId };
    const [chairId, startsAt] = [secretaryId, addMilliseconds(instantOf(Date.now()), DAY_MS)];
    const ready = { ...plan, place: 'Nhà văn hóa thôn', chairId, scribeId: chairId, startsAt };
    await secretary.ask(revise, { ...one, version: meeting.version, plan: ready });
    const published = (await secretary.ask(publish, one)).body.meeting;
    const pack = published.state === 'published' ? published.pack : '';
    await keptAtEdge(`/content/pack/${unitId}/${pack}.json`);
    expect((await secretary.ask(withdraw, one)).status).toBe(200);
    await goes(`/content/pack/${unitId}/${pack}.json`);
    await namedIn('branch.json', pack);
  });
});

describe('a hundred phones behind one address', () => {
  test('all come in by typed codes and look around for a while: none is sent away', async () => {
    const demo = new Set(accounts().map(({ memberId }) => memberId));
    const root = account('organisation_officer').unitId as UnitId;
    const { body } = await officer.ask(listUnits, { unitId: root, levels: 5 });
    const hall: { unitId: UnitId; code: string; birthYear: number }[] = [];
    // slips of this branch are printed by another journey, and a new slip voids the one before
    for (const { unitId } of body.units.filter(({ kind, name }) => kind === 'branch' && name !== 'Chi bộ thôn Đoài')) {
      if (hall.length >= 100) break;
      // who is suspended comes in too, and is shown nothing of the branch
      const looks = ({ state }: MemberRow) => state !== 'guest' && state !== 'suspended';
      const members = (await people(unitId)).filter((one) => !demo.has(one.memberId) && looks(one));
      if (members.length === 0) continue;
      const some = members.slice(0, 100 - hall.length);
      for (const { memberId, code } of await slipsFor(
        unitId,
        some.map(({ memberId }) => memberId),
      )) {
        const birthYear = Number(some.find((one) => one.memberId === memberId)?.birthDate.slice(0, 4));
        hall.push({ unitId, code, birthYear });
      }
    }
    expect(hall).toHaveLength(100);
    const answers: string[] = [];
    const comeIn = async ({ unitId, code, birthYear }: (typeof hall)[number]) => {
      const person = new Person(inject('url'));
      const entered = await person.ask(exchangeSlip, { way: 'typed', code, birthYear, nonce: nonce() });
      answers.push(`${entered.status} ${entered.body.code ?? ''}`);
      for (let look = 0; look < 10; look++) {
        const { status } = await person.read(`/content/live/${unitId}/branch.json`);
        answers.push(status === 404 ? '200 ' : `${status} `);
      }
      for (const op of [renewSession, listSessions] as const) answers.push(`${(await person.ask(op, {})).status} `);
    };
    // ten at a time at the door: this machine is one, the cloud has as many functions as come in
    for (let first = 0; first < 100; first += 10) await Promise.all(hall.slice(first, first + 10).map(comeIn));
    expect(answers).toHaveLength(1_300);
    expect(answers.filter((answer) => answer !== '200 ')).toEqual([]);
  });
});

/** All that a page can store is gone, as iOS does after seven days; the cookies of the server stay. */
const wiped = (page: Page) =>
  // a text, since what runs in the page knows more than the tests do
  page.evaluate(`(async () => {
    localStorage.clear();
    sessionStorage.clear();
    for (const name of await caches.keys()) await caches.delete(name);
    for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
    for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
  })()`);

test('a phone whose storage was wiped between two meetings is back without a tap, a code or a password', async () => {
  const who = account('elder');
  const page = await bySlip(await phone(), who);
  await page.goto('/help');
  await wiped(page);
  await page.goto('/');
  await page.waitForURL(/\/meetings/);
  await page.getByRole('navigation').first().waitFor();
  await shot(page, 'after-wipe');
  await page.goto('/me');
  await page.getByText(who.name).first().waitFor();
});

test('an officer sees how a member signs in, and ends a device of his', async () => {
  const who = await memberOfItsOwn(2);
  const member = await bySlip(await phone(), who);
  const page = await asStaff(await desk(), account('organisation_officer'));
  await page.goto(`/members?unit=${who.unitId}`);
  await page.getByRole('button', { name: who.name }).click();
  const panel = page.getByRole('region', { name: `Hồ sơ ${who.name}` });
  await panel.getByRole('button', { name: 'Máy, phiếu và mã PIN' }).click();
  const ending = panel.getByRole('button', { name: 'Đăng xuất máy này' }).first();
  await ending.waitFor();
  await accessible(page);
  await shot(page, 'member-account');
  await ending.click();
  await shot(page, 'member-account-question');
  await page.getByRole('dialog').getByRole('button', { name: 'Đăng xuất', exact: true }).click();
  await panel.getByText('Đã đăng xuất').waitFor();
  await member.goto('/me/devices');
  await member.waitForURL(/\/(sign-in|me)/);
  const today = dayOf(instantOf(Date.now()));
  const input = { unitId: who.unitId as UnitId, from: addDays(today, -1), until: today };
  const { body } = await officer.ask(auditOf, input);
  expect(
    body.acts.some(({ operation, memberName }) => operation === 'access.endSessionsOf' && memberName === who.name),
  ).toBe(true);
});
