import { beforeAll, expect, it } from 'vitest';
import { aHouse, aUnit, call, signedIn } from '#runtime/testing.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { exportHandover } from '#shared/reports/contract.ts';
import { aTable } from '../../infra/local/testing.ts';
import { linesOf } from '../../infra/local/word-text.ts';
import { handler } from './api.ts';

beforeAll(async () => {
  await aHouse();
  await aTable('REPORTS_TABLE');
  await aUnit('xa', 'tinh');
  await aUnit('cb-1', 'xa', 'tinh');
});

const unitId = 'cb-1' as UnitId;
const none = 'Sổ tay chưa theo dõi đảng phí.';
const parts = [
  {
    title: 'Nhiệm vụ chưa xong',
    rows: [{ what: 'Sửa đường ra nhà văn hóa', stands: 'Trần Văn Tám, hạn 30/11/2026' }],
    note: 'Không còn nhiệm vụ nào chưa xong.',
  },
  { title: 'Đảng phí chưa nộp', rows: [], note: none },
];

it('the folder becomes a Word file that both sign: every row of every part, and words where nothing is known', async () => {
  const lan = await signedIn({ memberId: 'lan', unitId: 'cb-1', grants: [{ role: 'branch_secretary' }] });
  const { status, body } = await call(handler, exportHandover, { unitId, parts }, lan);
  expect(status).toBe(200);
  expect(body.fileName).toMatch(/^ban-giao-cb-1-20\d\d-\d\d-\d\d\.docx$/);
  const lines = linesOf(Buffer.from(body.base64, 'base64'));
  const inOrder = [
    'BIÊN BẢN',
    '1. Nhiệm vụ chưa xong: 1',
    'Sửa đường ra nhà văn hóa',
    'Trần Văn Tám, hạn 30/11/2026',
    '2. Đảng phí chưa nộp',
    none,
    'NGƯỜI GIAO',
    'NGƯỜI NHẬN',
    'Nơi nhận:',
  ];
  expect(lines.filter((line) => inOrder.includes(line))).toEqual(inOrder);
  expect(lines).not.toContain('Không còn nhiệm vụ nào chưa xong.');
});

it('is made for who runs the branch, and for nobody else', async () => {
  const tam = await signedIn({ memberId: 'tam', unitId: 'cb-1' });
  const other = await signedIn({ memberId: 'kha', unitId: 'cb-2', grants: [{ role: 'branch_secretary' }] });
  const officer = await signedIn({
    memberId: 'officer',
    unitId: 'xa',
    kind: 'staff',
    grants: [{ role: 'organisation_officer' }],
  });
  for (const who of [tam, other, officer])
    expect((await call(handler, exportHandover, { unitId, parts }, who)).body.code).toBe('not-allowed');
  expect((await call(handler, exportHandover, { unitId, parts })).status).toBe(401);
});

it('takes no folder without a part, and none too large to print', async () => {
  const lan = await signedIn({ memberId: 'lan', unitId: 'cb-1', grants: [{ role: 'branch_secretary' }] });
  const row = { what: 'Việc', stands: 'hạn 1/12/2026' };
  const large = [{ title: 'Nhiệm vụ', rows: Array.from({ length: 301 }, () => row), note: 'Không có.' }];
  for (const wrong of [[], large])
    expect((await call(handler, exportHandover, { unitId, parts: wrong }, lan)).status).toBe(422);
});
