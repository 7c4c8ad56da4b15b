import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { aHouse, aUnit, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { instantOf } from '#shared/kernel/time.ts';
import { standingOf, type Way } from '#shared/reports/backlog.ts';
import { backlog, redrive } from '#shared/reports/backlog-contract.ts';
import { startMeasures } from '../../infra/local/engines/measures.ts';
import type { Sqs } from '../../infra/local/engines/sqs.ts';
import { aTable, engines } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onFact } from './on-fact-recorded.ts';

const root = 'tinh' as UnitId;
let sqs: Sqs;
let operator: SignedIn;
let lateMs: number;
const measures = await startMeasures({
  streams: () => [{ functionName: 'Relay', oldestMs: lateMs }],
  queues: () => [{ queue: 'handbook-meetings-live', oldestMs: 2_500 }],
});
afterAll(() => measures.stop());

beforeAll(async () => {
  await aHouse();
  await aTable('REPORTS_TABLE');
  await aUnit(root);
  await aUnit('xa', root);
  sqs = await engines().sqs();
  for (const way of ['reports-facts', 'meetings-live', 'meetings-records']) {
    sqs.addQueue({ name: `handbook-${way}-aside`, visibilityTimeout: 30 });
    const redrive = { to: `handbook-${way}-aside`, maxReceiveCount: 1 };
    if (way !== 'meetings-records') sqs.addQueue({ name: `handbook-${way}`, visibilityTimeout: 0, redrive });
  }
  process.env['AWS_ENDPOINT_URL_CLOUDWATCH'] = measures.endpoint;
  const [base, queues] = [sqs.urlOf('handbook-meetings-live'), ['meetings-live', 'reports-facts']];
  process.env['WAYS'] = JSON.stringify({ base, queues, streams: { 'meetings-records': 'Relay' } });
  const as = (memberId: string, unitId: string) =>
    signedIn({ memberId, unitId, kind: 'staff', grants: [{ role: 'system_admin' }] });
  operator = await as('operator', root);
  elsewhere = await as('operator-below', 'xa');
});
let elsewhere: SignedIn;
beforeEach(() => {
  lateMs = 0;
});

const look = async (): Promise<Way[]> => (await call(handler, backlog, { unitId: root }, operator)).body.ways;
const wayOf = async (id: string) => (await look()).find((way) => way.id === id);
const again = (wayId: string) => call(handler, redrive, { unitId: root, wayId }, operator);

it('shows what waits, how late it is and what was set aside, what needs somebody first', async () => {
  await sqs.send('handbook-meetings-live', 'a fact');
  lateMs = 75_400;
  const ways = await look();
  expect(ways.map((way) => [way.id, standingOf(way)])).toEqual([
    ['meetings-records', 'late'],
    ['meetings-live', 'fine'],
    ['reports-facts', 'fine'],
  ]);
  expect(ways[0]).toEqual({ id: 'meetings-records', kind: 'stream', lateSeconds: 75, aside: 0 });
  expect(ways[1]).toMatchObject({ kind: 'queue', waiting: 1, inWork: 0, lateSeconds: 2, aside: 0 });
  // of a queue that the measure does not know yet only the counts are told
  expect(ways[2]).toEqual({ id: 'reports-facts', kind: 'queue', waiting: 0, inWork: 0, aside: 0 });
});

it('hands what was set aside to its consumer again: a mended fact is taken once, a poisoned one comes back', async () => {
  const fact = { type: 'signed-in', memberId: 'tam', unitId: 'cb', way: 'slip', at: instantOf(Date.now()) };
  for (const body of [JSON.stringify(fact), '{"type":"poison"}']) await sqs.send('handbook-reports-facts', body);
  const take = async (broken: boolean) => {
    const Records = (await sqs.receive('handbook-reports-facts', { max: 10 })).map(
      ({ MessageId, Body, ReceiptHandle }) => ({ messageId: MessageId, body: Body, receiptHandle: ReceiptHandle }),
    ) as SQSRecord[]; // what a handler of a queue reads
    const answer = broken ? undefined : await onFact({ Records } satisfies SQSEvent, {} as never, () => {});
    const failed = new Set(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = Records.filter(({ messageId }) => !broken && !failed.has(messageId));
    if (done.length > 0) sqs.delete('handbook-reports-facts', ...done.map(({ receiptHandle }) => receiptHandle));
    return done.length;
  };
  await take(true);
  await expect.poll(async () => (await wayOf('reports-facts'))?.aside).toBe(2);
  expect((await again('reports-facts')).body).toEqual({ moving: 2 });
  expect(await wayOf('reports-facts')).toMatchObject({ waiting: 2, aside: 0 });
  expect((await again('reports-facts')).body.code).toBe('nothing-aside');
  expect(await take(false)).toBe(1);
  await expect.poll(async () => (await wayOf('reports-facts'))?.aside).toBe(1);
  expect(standingOf((await look())[0] as Way)).toBe('aside');
});

it('leaves what a stream set aside to a hand, and knows no other ways', async () => {
  await sqs.send('handbook-meetings-records-aside', '{}');
  expect((await again('meetings-records')).body.code).toBe('by-hand');
  expect((await again('identity')).status).toBe(404);
  expect((await again('__proto__')).status).toBe(404);
});

it('is for who watches the house at its root', async () => {
  expect((await call(handler, backlog, { unitId: root }, elsewhere)).status).toBe(403);
  expect((await call(handler, backlog, { unitId: 'xa' as UnitId }, elsewhere)).status).toBe(404);
  const officer = await signedIn({ memberId: 'o', unitId: root, kind: 'staff', grants: [{ role: 'office_officer' }] });
  expect((await call(handler, backlog, { unitId: root }, officer)).status).toBe(403);
  expect((await call(handler, redrive, { unitId: root, wayId: 'reports-facts' }, officer)).status).toBe(403);
});
