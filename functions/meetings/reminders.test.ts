import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTable } from '#runtime/table.ts';
import { aHouse, call } from '#runtime/testing.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { dayOf, instantOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import { rubricOn, type Scores } from '#shared/meetings/rating.ts';
import { aBucket, aSecret, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onMeetingChanged } from './on-meeting-changed.ts';
import { handler as onReminderDue } from './on-reminder-due.ts';
import { handler as onRemindersDue } from './on-reminders-due.ts';
import { browsersOf, recordBrowser } from './store/reminders.ts';
import { aBranch, anAct, anOpen, aPublished, deliver, factsOf, type Ref, unitId, who } from './testing.ts';

/** A push service on this machine. */
const knocks: string[] = [];
const answers = new Map<string, number>();
const service = createServer((request, response) => {
  knocks.push(request.url ?? '');
  request.resume().on('end', () => response.writeHead(answers.get(request.url ?? '') ?? 201).end());
});
let base = '';

beforeAll(async () => {
  await Promise.all([
    aHouse(),
    aTable('MEETINGS_TABLE'),
    aBucket('CONTENT_BUCKET'),
    aSecret('PUSH_SECRET', 'for tests of at least some length'),
  ]);
  await aBranch();
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  base = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});
afterAll(() => void service.close());
beforeEach(() => {
  knocks.length = 0;
  answers.clear();
});

const ADDRESS = 'https://fcm.googleapis.com/fcm/send/abc';
const day = () => dayOf(instantOf(Date.now()));
const due = (ref: Ref, stage: 'day-before' | 'same-day' = 'same-day', on = day()) => ({
  type: 'reminder-due',
  ...ref,
  day: on,
  stage,
  at: instantOf(Date.now()),
});
const confirm = async (ref: Ref, name: string) => {
  const { body } = await call(handler, contract.desk, ref, who('lan'));
  return call(handler, contract.confirm, { ...ref, startsAt: body.meeting.startsAt }, who(name));
};
const waitingFor = async (name: string): Promise<{ meetingId: string; what: { is: string } }[]> =>
  (await call(handler, contract.waiting, { unitId }, who(name))).body.waiting;
// a few minutes ahead lie on the same day but in the last ones of it: then both days are due
const soon = () => aPublished(3);

describe('what waits for a member', () => {
  it('is every announced meeting until he confirms it; again is the same', async () => {
    const ref = await aPublished(240);
    const mine = async (name: string) =>
      (await waitingFor(name)).filter(({ meetingId }) => meetingId === ref.meetingId);
    expect((await mine('tam')).map(({ what }) => what.is)).toEqual(['confirm']);
    const first = await confirm(ref, 'tam');
    expect((await confirm(ref, 'tam')).body).toEqual(first.body);
    expect(await mine('tam')).toEqual([]);
    const seen = await call(handler, contract.preparation, ref, who('lan'));
    expect(seen.body.unheard.toSorted()).toEqual(['an', 'lan', 'tu']);
    expect(seen.body.told).toBe(4);
  });

  it('is for the secretary also what is left to prepare, and for nobody else', async () => {
    const ref = await aPublished(240);
    const of = async (name: string) =>
      (await waitingFor(name)).filter(({ meetingId, what }) => meetingId === ref.meetingId && what.is === 'prepare');
    expect(await of('lan')).toMatchObject([
      { what: { duties: expect.arrayContaining([expect.objectContaining({ id: 'papers', state: 'late' })]) } },
    ]);
    expect(await of('tam')).toEqual([]);
    expect((await call(handler, contract.preparation, ref, who('tam'))).body.code).toBe('not-allowed');
    expect((await call(handler, contract.waiting, { unitId }, who('stranger'))).body.code).toBe('not-allowed');
  });

  it('is for the named observer to mark the meeting once it has begun, until he has', async () => {
    const ref = await anOpen();
    const toMark = async (name: string) =>
      (await waitingFor(name)).filter(({ meetingId, what }) => meetingId === ref.meetingId && what.is === 'mark')
        .length;
    expect(await toMark('tam')).toBe(0);
    await call(handler, contract.nameObserver, { ...ref, memberId: 'tam' as MemberId }, who('lan'));
    expect([await toMark('tam'), await toMark('an'), await toMark('lan')]).toEqual([1, 0, 0]);
    const scores = Object.fromEntries(rubricOn(dayOf(instantOf(Date.now()))).criteria.map(({ id, max }) => [id, max]));
    const marked = await call(handler, contract.observe, { ...ref, scores: scores as Scores }, who('tam')); // ids of the rubric
    expect(marked.status).toBe(200);
    expect(await toMark('tam')).toBe(0);
  });
});

describe('a browser that wants to be reminded', () => {
  const subscribe = (endpoint: string, name = 'tam') =>
    call(handler, contract.subscribe, { unitId, endpoint }, who(name));

  it('is kept under its member, once, until he ends it', async () => {
    const { body } = await call(handler, contract.pushKey, { unitId }, who('tam'));
    expect(Buffer.from(body.key, 'base64url')).toHaveLength(65);
    for (let times = 0; times < 2; times++) expect((await subscribe(ADDRESS)).status).toBe(200);
    const mine = async () => (await browsersOf(unitId)).filter(({ address }) => address === ADDRESS);
    expect(await mine()).toEqual([{ memberId: 'tam', address: ADDRESS }]);
    for (let times = 0; times < 2; times++)
      expect((await call(handler, contract.unsubscribe, { unitId, endpoint: ADDRESS }, who('tam'))).status).toBe(200);
    expect(await mine()).toEqual([]);
    await subscribe(ADDRESS);
    expect(await mine()).toHaveLength(1);
    await call(handler, contract.unsubscribe, { unitId, endpoint: ADDRESS }, who('tam'));
  });

  it('is one of a browser maker: no other address is ever called', async () => {
    for (const endpoint of ['https://evil.example/x', 'http://169.254.169.254/latest', `${base}/x`])
      expect((await subscribe(endpoint)).body.code).toBe('not-a-push-service');
    expect((await subscribe('not an address')).body.code).toBe('malformed');
    expect((await subscribe(ADDRESS, 'stranger')).body.code).toBe('not-allowed');
  });
});

describe('the morning', () => {
  it('finds the meetings of today and tells each once, however often it comes', async () => {
    const ref = await soon();
    expect(
      await deliver(
        onMeetingChanged,
        (await factsOf(ref)).filter(({ type }) => type === 'meeting-changed'),
      ),
    ).toEqual([]);
    await onRemindersDue();
    await onRemindersDue();
    const { body } = await call(handler, contract.desk, ref, who('lan'));
    const told = (await openTable('MEETINGS_TABLE').query(`REMINDED#${dayOf(body.meeting.startsAt)}`)).filter(
      ({ sk }) => sk.includes(ref.meetingId),
    );
    expect(told.map(({ fact }) => fact)).toMatchObject([{ type: 'reminder-due', unitId, meetingId: ref.meetingId }]);
  });

  it('reminds those who have not acted and asked for it, each browser once, with nothing but a knock', async () => {
    const ref = await soon();
    const { body } = await call(handler, contract.desk, ref, who('lan'));
    const on = dayOf(body.meeting.startsAt);
    for (const [memberId, path] of [
      ['tam', '/a'],
      ['tam', '/b'],
      ['an', '/c'],
      ['moved-away', '/d'],
    ] as const)
      await recordBrowser(unitId, { memberId: memberId as MemberId, address: `${base}${path}` });
    await confirm(ref, 'an');
    const fact = due(ref, 'same-day', on);
    expect(await deliver(onReminderDue, [fact])).toEqual([]);
    expect(await deliver(onReminderDue, [fact])).toEqual([]);
    expect(knocks.toSorted()).toEqual(['/a', '/b']);
    expect(await deliver(onReminderDue, [due(ref, 'day-before', on)])).toEqual([]);
    expect(knocks).toHaveLength(4);
  });

  it('forgets a browser that is gone, and comes again to the one that could not be reached, alone', async () => {
    const ref = await soon();
    const { body } = await call(handler, contract.desk, ref, who('lan'));
    const fact = due(ref, 'same-day', dayOf(body.meeting.startsAt));
    for (const path of ['/a', '/b', '/e'])
      await recordBrowser(unitId, { memberId: 'tam' as MemberId, address: `${base}${path}` });
    answers.set('/a', 410).set('/b', 503);
    expect(await deliver(onReminderDue, [fact])).toEqual(['m0']);
    expect((await browsersOf(unitId)).map(({ address }) => address)).not.toContain(`${base}/a`);
    knocks.length = 0;
    answers.clear();
    expect(await deliver(onReminderDue, [fact])).toEqual([]);
    expect(knocks).toEqual(['/b']);
  });

  it('reminds of no meeting that was moved or withdrawn since', async () => {
    const ref = await aPublished(3);
    await recordBrowser(unitId, { memberId: 'tam' as MemberId, address: `${base}/f` });
    expect(await deliver(onReminderDue, [due(ref, 'same-day', '2020-01-01' as never)])).toEqual([]);
    await call(handler, contract.withdraw, ref, who('lan'));
    expect(await deliver(onReminderDue, [due(ref)])).toEqual([]);
    expect(await deliver(onReminderDue, [due({ unitId, meetingId: anAct() as never })])).toEqual([]);
    expect(knocks).toEqual([]);
    expect(await deliver(onReminderDue, [{ type: 'reminder-due' }])).toEqual(['m0']);
  });
});
