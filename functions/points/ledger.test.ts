import type { Context, SQSEvent, SQSHandler } from 'aws-lambda';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aHouse, aUnit, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { type Day, instantAt, type Month } from '#shared/kernel/time.ts';
import { mine, ofBranch } from '#shared/points/contract.ts';
import { schemeOf } from '#shared/points/rules.ts';
import { aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onFact } from './on-fact-recorded.ts';

const unitId = 'cb-thon-nam' as UnitId;
const november = '2026-11' as Month;
const scheme = schemeOf(november);
if (!scheme) throw new Error('a scheme holds');
const worth = (kind: 'attendance' | 'study' | 'opinion', mark: string) => scheme.kinds[kind]?.points[mark] ?? 0;

let tam: SignedIn;
let lan: SignedIn;

beforeAll(async () => {
  await aHouse();
  await aUnit(unitId, 'xa', 'tinh');
  tam = await signedIn({ memberId: 'tam', unitId });
  lan = await signedIn({ memberId: 'lan', unitId });
});
beforeEach(async () => {
  await aTable('POINTS_TABLE');
});

const deliver = async (consumer: SQSHandler, ...facts: readonly object[]) => {
  const event = { Records: facts.map((fact, n) => ({ messageId: `m${n}`, body: JSON.stringify(fact) })) };
  // a handler of a queue reads two fields of each record
  return (await consumer(event as SQSEvent, {} as Context, () => {})) as { batchItemFailures: unknown[] };
};
const at = (day: string, time: string) => instantAt(day as Day, time);
const attended = (memberId: string, meeting: string, status: string, recorded: string) => ({
  type: 'attendance-recorded',
  meetingId: meeting,
  unitId,
  memberId,
  status,
  day: '2026-11-03',
  at: recorded,
  recordedBy: 'scribe',
});
const studied = (memberId: string, documentId: string, correct: boolean, when = at('2026-11-05', '20:00')) => ({
  type: 'document-studied',
  documentId,
  memberId,
  unitId,
  correct,
  at: when,
});
const spoke = (memberId: string, opinionId: string) => ({
  type: 'opinion-given',
  meetingId: 'hop-11',
  unitId,
  memberId,
  opinionId,
  at: at('2026-11-03', '20:15'),
});
const totalOf = async (who: SignedIn) => (await call(handler, mine, { month: november }, who)).body.total;
const branch = async () => (await call(handler, ofBranch, { unitId, month: november }, tam)).body.total;

describe('the ledger', () => {
  it('follows from facts, each once, however often and in whatever order they arrive', async () => {
    const facts = [
      [onFact, attended('tam', 'hop-11', 'present', at('2026-11-03', '19:31'))],
      [onFact, attended('lan', 'hop-11', 'present', at('2026-11-03', '19:32'))],
      [onFact, studied('tam', 'vb-1', true)],
      [onFact, studied('tam', 'vb-2', false)],
      [onFact, spoke('lan', 'yk-1')],
    ] as const;
    for (const [consumer, fact] of [...facts, ...facts.toReversed(), ...facts])
      expect((await deliver(consumer, fact)).batchItemFailures).toEqual([]);
    const expected = {
      tam: worth('attendance', 'present') + worth('study', 'right') + worth('study', 'wrong'),
      lan: worth('attendance', 'present') + worth('opinion', 'given'),
    };
    expect(await totalOf(tam)).toBe(expected.tam);
    expect(await totalOf(lan)).toBe(expected.lan);
    expect(await branch()).toBe(expected.tam + expected.lan);
  });

  it('takes points back when the scribe corrects the roll, also when the correction arrives first', async () => {
    const came = attended('tam', 'hop-11', 'present', at('2026-11-03', '19:31'));
    const corrected = attended('tam', 'hop-11', 'excused', at('2026-12-01', '08:00'));
    await deliver(onFact, came);
    expect(await totalOf(tam)).toBe(worth('attendance', 'present'));
    await deliver(onFact, corrected);
    expect(await totalOf(tam)).toBe(0);
    expect(await branch()).toBe(0);
    await deliver(onFact, came);
    expect(await totalOf(tam)).toBe(0);
  });

  it('holds the cap of the month under many deliveries at once', async () => {
    const facts = Array.from({ length: 12 }, (_, n) => studied('tam', `vb-${n}`, true));
    await Promise.all([...facts, ...facts].map((fact) => deliver(onFact, fact)));
    const { body } = await call(handler, mine, { month: november }, tam);
    expect(body.lines).toHaveLength(12);
    expect(body.total).toBe(scheme.kinds.study?.cap);
    expect(body.lines.at(-1)).toMatchObject({ worth: worth('study', 'right'), counted: 0 });
  });

  it('gives back to the queue what is no such fact, and keeps the good ones beside it', async () => {
    const good = studied('tam', 'vb-1', true);
    const answer = await deliver(onFact, { ...good, correct: 'yes' }, good);
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'm0' }]);
    expect(await totalOf(tam)).toBe(worth('study', 'right'));
  });
});

describe('who sees points', () => {
  it('a member sees his own lines and of his branch the total alone', async () => {
    await deliver(onFact, studied('lan', 'vb-1', true));
    const own = await call(handler, mine, { month: november }, tam);
    expect(own.body).toMatchObject({ total: 0, lines: [], monthCap: scheme.monthCap });
    const total = await call(handler, ofBranch, { unitId, month: november }, tam);
    expect(total.body).toEqual({ month: november, total: worth('study', 'right') });
  });

  it('nobody sees another branch, and nobody unknown sees any', async () => {
    const other = await signedIn({ memberId: 'other', unitId: 'cb-khac' });
    expect(await call(handler, ofBranch, { unitId, month: november }, other)).toMatchObject({ status: 403 });
    expect(await call(handler, ofBranch, { unitId, month: november })).toMatchObject({ status: 401 });
    expect(await call(handler, mine, { month: november })).toMatchObject({ status: 401 });
    expect(await call(handler, mine, { month: '2026-13' as Month }, tam)).toMatchObject({ status: 422 });
  });
});
