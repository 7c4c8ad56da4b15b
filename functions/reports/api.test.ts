import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTable } from '#runtime/table.ts';
import { aHouse, aUnit, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { addDays, type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { evening, freeze, frozen, progress } from '#shared/reports/contract.ts';
import type { Figure } from '#shared/reports/model.ts';
import { aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onFact } from './on-fact-recorded.ts';
import { aMark, aMeetingFacts, aMemberFact, at, aUnitFact, deliver } from './testing.ts';

const xa = 'xa' as UnitId;
const today = dayOf(instantOf(Date.now()));
let officer: SignedIn;
let tam: SignedIn;

beforeAll(async () => {
  await aHouse();
  await aUnit('xa', 'tinh');
  await aUnit('cb-1', 'xa', 'tinh');
  officer = await signedIn({
    memberId: 'officer',
    unitId: 'xa',
    kind: 'staff',
    grants: [{ role: 'organisation_officer' }],
  });
  tam = await signedIn({ memberId: 'tam', unitId: 'cb-1' });
});

beforeEach(async () => {
  await aTable('REPORTS_TABLE');
  await deliver(onFact, [
    aUnitFact('xa', 'grassroots_party_body', 'tinh', { name: 'Đảng ủy xã Công Hải' }),
    ...[1, 2, 3, 10].map((n) => aUnitFact(`cb-${n}`, 'branch', 'xa', { name: `Chi bộ thôn ${n}` })),
    ...['tam', 'lan', 'hoa'].map((id) => aMemberFact(id, [['2025-01-01', 'cb-1']])),
    aMemberFact('mien', [['2025-01-01', 'cb-1']], { conditions: [{ kind: 'exempt', from: '2025-06-01' as Day }] }),
  ]);
});

const figure = (figures: Figure[], id: string) => figures.find((one) => one.id === id);

it('counts an access once for member and day, however often it is told', async () => {
  const seen = (day: Day) => ({ type: 'opened', memberId: 'tam', unitId: 'cb-1', day, at: instantOf(Date.now()) });
  await deliver(onFact, [today, today, today, addDays(today, -1)].map(seen));
  const { body } = await call(handler, progress, { unitId: xa, from: addDays(today, -5), to: today }, officer);
  expect(figure(body.progress.figures, 'accesses')).toMatchObject({ value: 2 });
});

describe('the evening', () => {
  const day = '2026-11-03' as Day;
  const rowsOf = async () => (await call(handler, evening, { unitId: xa, day }, officer)).body.rows;

  it('shows every branch as its facts come in: planned, meeting with seats taken, met with its rating', async () => {
    expect((await rowsOf()).map((row: { state: string }) => row.state)).toEqual(['none', 'none', 'none', 'none']);
    const [published, open, ...rest] = aMeetingFacts('hop-1', 'cb-1', day, { grades: [[at(day, '21:20'), 'good']] });
    await deliver(onFact, [published]);
    expect((await rowsOf())[0]).toEqual({
      unitId: 'cb-1',
      name: 'Chi bộ thôn 1',
      above: 'Đảng ủy xã Công Hải',
      state: 'planned',
      meetingId: 'hop-1',
      startsAt: at(day, '19:30'),
    });
    await deliver(onFact, [open, aMark('hop-1', 'cb-1', 'tam', day, 'present', '19:31')]);
    expect((await rowsOf())[0]).toMatchObject({ state: 'meeting', present: 1, called: 3 });
    await deliver(onFact, [
      ...rest,
      aMark('hop-1', 'cb-1', 'mien', day, 'present', '19:41'),
      aMark('hop-1', 'cb-1', 'tam', day, 'excused', '19:50'),
    ]);
    expect((await rowsOf())[0]).toMatchObject({ state: 'met', present: 1, called: 4, rating: 'good' });
  });

  it('sorts branches by number, not by letters, and leaves a committee meeting out', async () => {
    await deliver(onFact, aMeetingFacts('hop-cu', 'cb-2', day, { kind: 'committee' }));
    const rows = await rowsOf();
    expect(rows.map((row: { name: string }) => row.name)).toEqual([1, 2, 3, 10].map((n) => `Chi bộ thôn ${n}`));
    expect(rows[1].state).toBe('none');
  });

  it('puts those who are meeting first, then those who have met, last those without a plan', async () => {
    await deliver(onFact, [
      ...aMeetingFacts('hop-3', 'cb-3', day, { until: 'open' }),
      ...aMeetingFacts('hop-10', 'cb-10', day),
      ...aMeetingFacts('hop-1', 'cb-1', day, { until: 'published' }),
    ]);
    const rows: { unitId: string; state: string }[] = await rowsOf();
    expect(rows.map(({ unitId, state }) => [unitId, state])).toEqual([
      ['cb-3', 'meeting'],
      ['cb-10', 'met'],
      ['cb-1', 'planned'],
      ['cb-2', 'none'],
    ]);
  });

  it('a meeting moved to another day leaves the first, in whatever order the news come', async () => {
    const later = '2026-11-05';
    const [first] = aMeetingFacts('hop-1', 'cb-1', day, { until: 'published' });
    const [moved] = aMeetingFacts('hop-1', 'cb-1', later, { until: 'published' });
    for (const news of [
      [first, { ...moved, at: at(day, '10:00') }],
      [{ ...moved, at: at(day, '10:00') }, first],
    ]) {
      await deliver(onFact, news);
      expect((await rowsOf())[0].state).toBe('none');
      const other = await call(handler, evening, { unitId: xa, day: later as Day }, officer);
      expect(other.body.rows[0]).toMatchObject({ state: 'planned', startsAt: at(later, '19:30') });
    }
  });

  it('is not for members, nor for other units', async () => {
    expect(await call(handler, evening, { unitId: xa, day }, tam)).toMatchObject({ status: 403 });
    expect(await call(handler, evening, { unitId: 'tinh' as UnitId, day }, officer)).toMatchObject({ status: 403 });
  });
});

describe('closing a period', () => {
  const span = { unitId: xa, from: '2026-08-28' as Day, to: '2026-09-26' as Day };
  const held = () => aMeetingFacts('hop-9', 'cb-1', '2026-09-03', { grades: [[at('2026-09-04'), 'good']] });

  it('keeps the figures byte for byte under their hash; later facts appear as corrections', async () => {
    await deliver(onFact, held());
    const before = await call(handler, progress, span, officer);
    const closed = await call(handler, freeze, span, officer);
    expect(closed.status).toBe(200);

    await deliver(onFact, [
      ...aMeetingFacts('hop-8', 'cb-2', '2026-09-03'), // a hall without a network sent its evening late
      aMemberFact('moi', [['2025-01-01', 'cb-2']]),
    ]);
    const after = await call(handler, progress, span, officer);
    expect(after.body.progress).toEqual(before.body.progress);
    expect(after.body.closing).toEqual(closed.body);
    expect(figure(after.body.progress.figures, 'branches-met')).toMatchObject({ value: 1, of: 4 });
    const corrected = after.body.corrections.find((one: { id: string }) => one.id === 'branches-met');
    expect(corrected).toMatchObject({ was: { value: 1, of: 4 }, now: { value: 2, of: 4 } });

    const parts = await openTable('REPORTS_TABLE').query('UNIT#xa', { prefix: 'FIGURES#' });
    const text = parts.map((item) => item['text']).join('');
    expect(createHash('sha256').update(text).digest('hex')).toBe(closed.body.hash);
    expect(JSON.parse(text)).toEqual(before.body.progress);
  });

  it('twice is once, by ten at the same moment too; another cut-off is refused', async () => {
    await deliver(onFact, held());
    const many = await Promise.all(Array.from({ length: 10 }, () => call(handler, freeze, span, officer)));
    expect(new Set(many.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(many.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await call(handler, freeze, { ...span, cutOff: at('2026-09-25') }, officer)).toMatchObject({
      status: 409,
      body: { code: 'closed-otherwise' },
    });
    const { body } = await call(handler, frozen, { unitId: xa }, officer);
    expect(body.closings).toEqual([many[0]?.body]);
  });

  it('waits until the period is over, and is written in the audit log', async () => {
    const running = { unitId: xa, from: addDays(today, -10), to: today };
    expect(await call(handler, freeze, running, officer)).toMatchObject({ status: 409, body: { code: 'not-over' } });
    const entries = await openTable('AUDIT_TABLE').query(`AUDIT#xa#${today}`);
    expect(entries.map((entry) => `${entry['operation']} ${entry['outcome']}`)).toContain('reports.freeze not-over');
  });

  it('is for those who issue reports', async () => {
    const inspector = await signedIn({ memberId: 'kt', unitId: 'xa', grants: [{ role: 'inspection_officer' }] });
    for (const who of [tam, inspector])
      expect(await call(handler, freeze, span, who)).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
    expect(await call(handler, frozen, { unitId: xa }, tam)).toMatchObject({ status: 403 });
  });
});

describe('a fact that is none', () => {
  it('is given back to the queue', async () => {
    await expect(deliver(onFact, [{ type: 'member-changed', memberId: 'tam' }])).rejects.toThrow('not taken');
    await expect(deliver(onFact, [{ type: 'task-assigned' }])).rejects.toThrow('not taken');
  });
});
