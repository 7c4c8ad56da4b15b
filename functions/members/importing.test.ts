import { beforeAll, describe, expect, it } from 'vitest';
import { personOf } from '#runtime/identity.ts';
import { aHouse, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { instantOf } from '#shared/kernel/time.ts';
import { importRows, importUnits, previewImport, previewUnits } from '#shared/members/contract.ts';
import { readRow, type SentRow, type SentUnit, summaryOf, type Verdict } from '#shared/members/roll.ts';
import { cells } from '#shared/members/testing.ts';
import { handler } from './api.ts';
import { loadMember, membersListed, recordMember, subtree } from './store.ts';
import { aProvince } from './testing.ts';

const tinh = 'tinh' as UnitId;
let admin: SignedIn;
let commune: SignedIn;

beforeAll(async () => {
  await aHouse();
  await aProvince();
  admin = await signedIn({
    memberId: 'admin',
    unitId: 'cb-3',
    kind: 'staff',
    grants: [{ role: 'system_admin', unitId: 'tinh' }],
  });
  commune = await signedIn({
    memberId: 'to-chuc-xa',
    unitId: 'cb-1',
    kind: 'staff',
    grants: [{ role: 'organisation_officer', unitId: 'xa-1' }],
  });
});

/** A good line with numbers of its own. */
const line = (number: number, over: SentRow['cells'] = {}): SentRow => {
  const id = `035058${String(number).padStart(6, '0')}`;
  return { line: number, cells: cells({ cardNumber: id, citizenId: id, branch: 'Chi bộ thôn Bắc', ...over }) };
};
const send = async (
  op: typeof importRows | typeof previewImport,
  rows: readonly SentRow[],
  who = admin,
): Promise<Verdict[]> =>
  (await call(handler, op, { unitId: who === admin ? tinh : ('xa-1' as UnitId), rows: [...rows] }, who)).body.lines;
const told = (lines: readonly Verdict[]) =>
  lines.map(({ verdict, issues }) => [verdict, ...issues.map(({ code }) => code)].join(' '));

describe('importing members', () => {
  it('says what would happen and writes nothing; then does exactly that; sent again changes nothing', async () => {
    const rows = [line(2), line(3, { name: '' }), line(4, { officialDate: '' })];
    expect(told(await send(previewImport, rows))).toEqual(['new', 'refused name-missing', 'new']);
    expect(await membersListed('cb-2' as UnitId)).toEqual([]);
    const taken = await send(importRows, rows);
    expect(told(taken)).toEqual(['new', 'refused name-missing', 'new']);
    expect(told(await send(importRows, rows))).toEqual(['unchanged', 'refused name-missing', 'unchanged']);
    expect(told(await send(previewImport, rows))).toEqual(['unchanged', 'refused name-missing', 'unchanged']);
    const listed = await membersListed('cb-2' as UnitId);
    expect(listed).toHaveLength(2);
    expect(await personOf(listed[0]!.memberId)).toMatchObject({
      unitId: 'cb-2',
      grants: [{ role: 'member', unitId: 'cb-2' }],
    });
  });

  it('finishes a line that was broken off between the record and who may sign in, when it is sent again', async () => {
    const sent = line(77);
    const now = instantOf(Date.now());
    const { row } = readRow(sent.cells, now);
    if (!row) throw new Error('the line is good');
    const memberId = 'm-half-way' as MemberId;
    const unitId = (await send(previewImport, [sent]))[0]?.unitId as UnitId; // told for every good line
    const placements = [{ from: row.admissionDate, unitId }];
    const half = { memberId, ...summaryOf(row), placements, conditions: [], roles: [], version: 1 };
    await recordMember(half, undefined, { now });
    expect(await personOf(memberId)).toBeUndefined();
    expect(await send(importRows, [sent])).toMatchObject([{ verdict: 'unchanged', memberId }]);
    expect(await personOf(memberId)).toMatchObject({ unitId });
  });

  it('keeps ids without any personal data', async () => {
    const [taken] = await send(importRows, [line(5)]);
    expect(taken?.memberId).toMatch(/^[a-z0-9-]{10,40}$/);
    expect(taken?.memberId).not.toContain('035058');
  });

  it('takes a corrected line as a change of the same member', async () => {
    const [first] = await send(importRows, [line(6)]);
    const corrected = line(6, { name: 'Nguyễn Văn Năm', phone: '0987654321' });
    const [preview] = await send(previewImport, [corrected]);
    expect(preview).toMatchObject({ verdict: 'changed', changes: ['name', 'phone'], memberId: first?.memberId });
    await send(importRows, [corrected]);
    expect(await loadMember(first!.memberId!)).toMatchObject({
      name: 'Nguyễn Văn Năm',
      phone: '0987654321',
      version: 2,
    });
  });

  it('takes one of two lines that claim the same number at the same moment, and never both', async () => {
    const rows = [
      line(7),
      line(8, {
        cardNumber: '035058000007',
        citizenId: '035058000007',
        name: 'Trần Văn Trùng',
        birthDate: '01/01/1958',
      }),
    ];
    const verdicts = told(await send(importRows, rows));
    expect(verdicts.filter((verdict) => verdict === 'new')).toHaveLength(1);
    expect(verdicts.filter((verdict) => verdict.startsWith('refused'))).toHaveLength(1);
  });

  it('takes the same line sent by two people at the same moment once', async () => {
    const both = await Promise.all([send(importRows, [line(9)]), send(importRows, [line(9)])]);
    expect(new Set(both.map(([verdict]) => verdict?.memberId)).size).toBe(1);
  });

  it('finds branches by name, with the commune where two bear the same, by code and by id, within one’s own units only', async () => {
    const at = (number: number, branch: string, partyBody?: string) =>
      line(number, { branch, ...(partyBody && { partyBody }) });
    expect(
      told(
        await send(previewImport, [
          at(20, 'CHI BỘ THÔN BẮC'),
          at(21, 'thôn bắc'),
          at(22, 'cb-2'),
          at(23, 'Chi bộ thôn Nam'),
          at(24, 'Chi bộ thôn Nam', 'Đảng bộ xã Tây Sơn'),
          at(25, 'Chi bộ thôn Nam', 'Tây Sơn'),
          at(26, 'Chi bộ thôn Đông'),
          at(27, 'Đảng bộ xã Đông Hải'),
          at(28, 'Chi bộ thôn Nam', 'Đảng bộ xã Khác'),
        ]),
      ),
    ).toEqual([
      'new',
      'new',
      'new',
      'refused branch-ambiguous',
      'new',
      'new',
      'refused branch-unknown',
      'refused not-a-branch',
      'refused branch-unknown',
    ]);
    expect(told(await send(previewImport, [at(29, 'Chi bộ thôn Nam'), at(30, 'cb-3')], commune))).toEqual([
      'new',
      'refused outside-your-units',
    ]);
  });

  it('does not move a member of another branch, nor give his number to somebody else', async () => {
    await send(importRows, [line(40)]);
    const moved = line(40, { branch: 'Chi bộ thôn Nam', partyBody: 'Đảng bộ xã Đông Hải' });
    const stolen = line(40, { name: 'Người Khác', birthDate: '01/01/1960' });
    expect(told(await send(importRows, [moved]))).toEqual(['refused in-other-branch']);
    expect(told(await send(importRows, [stolen]))).toEqual(['refused card-held-by-other citizen-id-held-by-other']);
  });

  it('is not for a secretary, and not for more than 200 lines at once', async () => {
    const secretary = await signedIn({
      memberId: 'lan',
      unitId: 'cb-1',
      stepUp: true,
      grants: [{ role: 'branch_secretary' }],
    });
    const sent = await call(handler, importRows, { unitId: 'cb-1' as UnitId, rows: [line(1)] }, secretary);
    expect(sent.status).toBe(403);
    const many = Array.from({ length: 201 }, (_, index) => line(index + 1));
    expect((await call(handler, importRows, { unitId: tinh, rows: many }, admin)).body.code).toBe('malformed');
  });

  it('takes 200 lines in one request, each once', async () => {
    const rows = Array.from({ length: 200 }, (_, index) => line(1000 + index));
    expect(told(await send(importRows, rows)).filter((verdict) => verdict === 'new')).toHaveLength(200);
    expect(told(await send(importRows, rows)).filter((verdict) => verdict === 'unchanged')).toHaveLength(200);
  });
});

describe('importing organisations', () => {
  const row = (number: number, name: string, parent?: string, kind?: string): SentUnit => ({
    line: number,
    cells: { name, ...(parent && { parent }), ...(kind && { kind }) },
  });
  const sendUnits = async (
    op: typeof importUnits | typeof previewUnits,
    rows: readonly SentUnit[],
  ): Promise<Verdict[]> => (await call(handler, op, { unitId: tinh, rows: [...rows] }, admin)).body.lines;

  it('adds the higher ones first whatever their order, and twice is once', async () => {
    const rows = [
      row(2, 'Chi bộ thôn Thượng', 'Đảng bộ xã Bình Minh'),
      row(3, 'Đảng bộ xã Bình Minh'),
      row(4, 'Chi bộ thôn Hạ', 'Đảng bộ xã Bình Minh'),
      row(5, 'Hội nông dân'),
      row(6, 'Chi bộ mồ côi', 'Đảng bộ xã Không Có'),
      row(7, ''),
      row(8, 'Đảng bộ bộ phận lạc chỗ', 'Chi bộ thôn Bắc'),
    ];
    const expected = [
      'new',
      'new',
      'new',
      'refused unit-kind-unknown',
      'refused parent-unknown',
      'refused unit-name-missing',
      'refused wrong-place',
    ];
    expect(told(await sendUnits(importUnits, rows))).toEqual(expected);
    expect(told(await sendUnits(importUnits, rows))).toEqual(
      expected.map((one) => (one === 'new' ? 'unchanged' : one)),
    );
    const names = (await subtree(tinh, '2030-01-01' as never)).map((unit) => unit.names.at(-1)?.name);
    expect(names.filter((name) => name?.startsWith('Chi bộ thôn Thượng'))).toHaveLength(1);
    expect(told(await send(previewImport, [line(50, { branch: 'Chi bộ thôn Hạ' })]))).toEqual(['new']);
  });

  it('puts the number of the national database onto one that was known without it, and never one number onto two', async () => {
    const [parent, code] = ['Đảng bộ xã Tân Phú', '03400000000017'];
    await sendUnits(importUnits, [
      row(2, parent),
      row(3, 'Chi bộ thôn Đông', parent),
      row(4, 'Chi bộ thôn Tây', parent),
    ]);
    const coded = (number: number, name: string): SentUnit => ({ line: number, cells: { name, parent, code } });
    const east = [coded(2, 'Chi bộ thôn Đông')];
    expect(told(await sendUnits(previewUnits, east))).toEqual(['changed']);
    expect(told(await sendUnits(importUnits, east))).toEqual(['changed']);
    expect(told(await sendUnits(importUnits, east))).toEqual(['unchanged']);
    expect(told(await sendUnits(importUnits, [coded(2, 'Chi bộ thôn Tây')]))).toEqual(['refused code-wrong']);
    // members of a file are found by it from now on
    expect(told(await send(previewImport, [line(51, { branch: code })]))).toEqual(['new']);
  });
});
