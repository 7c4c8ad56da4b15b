import { beforeAll, describe, expect, it } from 'vitest';
import { aHouse, aUnit, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { addDays, type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { exportReport, progress } from '#shared/reports/contract.ts';
import { figureIds } from '#shared/reports/model.ts';
import { aTable } from '../../infra/local/testing.ts';
import { linesOf } from '../../infra/local/word-text.ts';
import { handler } from './api.ts';
import { handler as onFact } from './on-fact-recorded.ts';
import { type Counted, recount } from './recount.testing.ts';
import { aStory, at, aUnitFact, deliver } from './testing.ts';

const period = { from: '2026-08-28', to: '2026-09-26', cutOff: at('2026-09-26', '23:00') };
const asked = { unitId: 'xa' as UnitId, from: period.from as Day, to: period.to as Day, cutOff: period.cutOff };
const frame = {
  place: 'Công Hải',
  number: '12-BC/ĐU',
  power: 'T/M Đảng ủy',
  title: 'Bí thư',
  name: 'Trần Thị Lan',
  recipients: ['Ban Tổ chức Tỉnh ủy', 'Lưu Văn phòng Đảng ủy'],
};
const texts = {
  coordination: 'Phối hợp mở hai lớp tập huấn.',
  posting: '',
  good: 'Nền nếp.',
  difficult: 'Mạng yếu.',
  next: '',
};

let officer: SignedIn;
let secretary: SignedIn;

beforeAll(async () => {
  await aHouse();
  await aUnit('tinh');
  await aUnit('xa', 'tinh');
  await aUnit('cb-1', 'xa', 'tinh');
  officer = await signedIn({
    memberId: 'officer',
    unitId: 'xa',
    kind: 'staff',
    grants: [{ role: 'office_officer', unitId: 'xa' }],
  });
  secretary = await signedIn({ memberId: 'lan', unitId: 'cb-1', grants: [{ role: 'branch_secretary' }] });
});

const told = async (seed: number) => {
  await aTable('REPORTS_TABLE');
  const story = aStory(seed, period);
  await deliver(onFact, story.facts);
  for (const { unitId, memberId, day, time } of [...story.openings, ...story.openings.slice(0, 40)])
    await deliver(onFact, [{ type: 'opened', unitId, memberId, day, at: at(day, time) }]);
  return story;
};

const nonZero = (parts: Record<string, number> | undefined) =>
  Object.fromEntries(Object.entries(parts ?? {}).filter(([, value]) => value > 0));

describe('the progress report', () => {
  it.each([1])('says of story %i what the raw facts say, counted by a second path', async (seed) => {
    const { facts, openings } = await told(seed);
    const expected = recount(facts, openings, period);
    const { status, body } = await call(handler, progress, asked, officer);
    expect(status).toBe(200);
    expect(body.progress.figures.map((figure: { id: string }) => figure.id)).toEqual([...figureIds]);
    for (const figure of body.progress.figures) {
      const { value, of, parts } = expected.figures[figure.id] as Counted;
      expect({ id: figure.id, value: figure.value, of: figure.of }).toEqual({ id: figure.id, value, of });
      const said = Object.fromEntries(
        (figure.parts ?? []).map((one: { part: string; value: number }) => [one.part, one.value]),
      );
      expect({ id: figure.id, parts: nonZero(said) }).toEqual({ id: figure.id, parts: nonZero(parts) });
    }
    const idle = body.progress.branches.filter((one: { meetings: number }) => one.meetings === 0);
    expect(idle.map((one: { unitId: string }) => one.unitId).toSorted()).toEqual(expected.idle.toSorted());
    expect(body.progress.branches).toHaveLength(8);
    // the story holds something of everything, or this test proves nothing
    expect(Object.entries(expected.figures).filter(([, { value }]) => value === 0)).toEqual([]);
  });

  it('prints the same figures in the Word file, under the four headings, with the branches that did not meet', async () => {
    const { facts, openings } = await told(2);
    const { figures, idle } = recount(facts, openings, period);
    const { status, body } = await call(handler, exportReport, { ...asked, texts, frame }, officer);
    expect(status).toBe(200);
    expect(body.fileName).toBe('bao-cao-xa-2026-08-28-2026-09-26.docx');
    const lines = linesOf(Buffer.from(body.base64, 'base64'));

    const numbers = new Intl.NumberFormat('vi-VN');
    const percents = new Intl.NumberFormat('vi-VN', { style: 'percent', maximumFractionDigits: 1 });
    const lineOf: Record<string, string> = {
      accounts: 'Tài khoản đã đăng nhập:',
      'accounts-active': 'Tài khoản đã đăng nhập, không tính đảng viên được miễn:',
      accesses: 'Lượt truy cập trong kỳ:',
      'accesses-total': 'Lượt truy cập lũy kế:',
      documents: 'Văn bản đã đăng trong kỳ:',
      'documents-total': 'Văn bản đã đăng lũy kế:',
      news: 'Tin, bài đã đăng trong kỳ:',
      'news-total': 'Tin, bài đã đăng lũy kế:',
      roles: 'Lượt phân quyền trong kỳ:',
      repairs: 'Tài khoản được xử lý sự cố trong kỳ:',
      'branches-met': 'Chi bộ đã sinh hoạt trên sổ tay:',
      ratings: 'Chi bộ đã chấm chất lượng sinh hoạt:',
      attendance: 'Lượt đảng viên dự sinh hoạt:',
    };
    const words: Record<string, string> = {
      good: 'Tốt',
      fair: 'Khá',
      average: 'Trung bình',
      poor: 'Kém',
      committee_assistant: 'giúp việc cấp ủy',
      branch_secretary: 'bí thư chi bộ',
      deputy_secretary: 'phó bí thư chi bộ',
      'slip-lost': 'mất phiếu tài khoản',
      'new-phone': 'đổi điện thoại',
      'signed-out': 'bị đăng xuất',
      'pin-forgotten': 'quên mã PIN',
      other: 'lý do khác',
    };
    for (const id of figureIds) {
      const { value, of, parts } = figures[id] as Counted;
      const line = lines.find((one) => one.replace(/^[-–] /, '').startsWith(lineOf[id] as string)) ?? '';
      const number =
        of === undefined
          ? numbers.format(value)
          : `${numbers.format(value)}/${numbers.format(of)} (${percents.format(value / of)})`;
      expect(line).toContain(`: ${number}`);
      for (const [part, count] of Object.entries(nonZero(parts)))
        expect(line).toContain(`${words[part]} ${numbers.format(count)}`);
      // and once more beside its definition in the appendix
      expect(lines.filter((one) => one.startsWith(number)).length).toBeGreaterThan(0);
    }
    const headings = ['I. CÔNG TÁC', 'II. KHAI THÁC', 'III. ĐÁNH GIÁ', 'IV. NHIỆM VỤ'].map((heading) =>
      lines.findIndex((line) => line.startsWith(heading)),
    );
    expect(headings).toEqual(headings.toSorted((a, b) => a - b));
    expect(headings).not.toContain(-1);
    const names: Record<string, string> = {
      'cb-den': 'Chi bộ chuyển đến',
      'cb-6': 'Chi bộ trường 6',
      'cb-7': 'Chi bộ trường 7',
    };
    for (const branch of idle) expect(lines).toContain(names[branch] ?? `Chi bộ thôn ${branch.slice(3)}`);
    for (const line of ['12-BC/ĐU', 'Phối hợp mở hai lớp tập huấn.', 'Mạng yếu.'])
      expect(lines.join('\n')).toContain(line);
    expect(lines.join('\n')).toContain('Số liệu chốt lúc 23:00 ngày 26/9/2026.');
  });
});

describe('what was not recorded', () => {
  it('says so and is never nought: before recording began, and where nothing of a kind ever arrived', async () => {
    await aTable('REPORTS_TABLE');
    await deliver(onFact, [
      aUnitFact('xa', 'grassroots_party_body', 'tinh'),
      aUnitFact('cb-1', 'branch', 'xa'),
      { type: 'document-published', documentId: 'vb-1', unitId: 'xa', kind: 'document', at: at('2026-09-20') },
    ]);
    const { body } = await call(handler, progress, asked, officer);
    const figure = (id: string) => body.progress.figures.find((one: { id: string }) => one.id === id);
    for (const id of ['accounts', 'accesses', 'accesses-total', 'repairs', 'branches-met', 'ratings', 'attendance'])
      expect(figure(id)).toEqual({ state: 'not-recorded', id });
    // recording of papers began within the period: the figure says since when; no news since then is a true nought
    expect(figure('documents')).toMatchObject({ value: 1, since: '2026-09-20' });
    expect(figure('news')).toMatchObject({ value: 0, since: '2026-09-20' });

    const before = { ...asked, from: '2026-07-28' as Day, to: '2026-08-26' as Day, cutOff: at('2026-08-26', '23:00') };
    const early = await call(handler, progress, before, officer);
    for (const one of early.body.progress.figures)
      if (one.id !== 'roles') expect(one).toEqual({ state: 'not-recorded', id: one.id });

    const file = await call(handler, exportReport, { ...before, texts, frame }, officer);
    const lines = linesOf(Buffer.from(file.body.base64, 'base64'));
    expect(lines.join('\n')).toContain('Lượt truy cập trong kỳ: không có số liệu.');
    expect(lines.join('\n')).toContain('Danh sách chi bộ chưa sinh hoạt trên sổ tay: không có số liệu.');
    expect(lines.filter((line) => /: 0\b/.test(line))).toEqual(['- Lượt phân quyền trong kỳ: 0.']);
  });
});

describe('who may ask', () => {
  it('a secretary, a stranger and nobody are refused, and a unit that is not known is not there', async () => {
    expect(await call(handler, progress, asked, secretary)).toMatchObject({
      status: 403,
      body: { code: 'not-allowed' },
    });
    expect(await call(handler, progress, { ...asked, unitId: 'tinh' as UnitId }, officer)).toMatchObject({
      status: 403,
    });
    expect(await call(handler, progress, asked)).toMatchObject({ status: 401 });
    expect(await call(handler, exportReport, { ...asked, texts, frame }, secretary)).toMatchObject({ status: 403 });
    expect(await call(handler, progress, { ...asked, unitId: 'cb-1' as UnitId }, officer)).toMatchObject({
      status: 200,
    });
    await aTable('REPORTS_TABLE');
    expect(await call(handler, progress, asked, officer)).toMatchObject({ status: 404 });
  });

  it('an inspector sees figures and issues none', async () => {
    const inspector = await signedIn({ memberId: 'kt', unitId: 'xa', grants: [{ role: 'inspection_officer' }] });
    expect((await call(handler, exportReport, { ...asked, texts, frame }, inspector)).status).toBe(403);
    expect((await call(handler, progress, asked, inspector)).status).toBe(404);
  });

  it.each([
    [{ from: '2026-09-27' }, 'period-wrong'],
    [{ from: '2024-01-01' }, 'period-wrong'],
    [{ cutOff: instantOf(Date.now() + 60_000) }, 'cut-off-wrong'],
    [{ cutOff: at('2026-08-01') }, 'cut-off-wrong'],
    [{ to: '2026-02-30' }, 'malformed'],
  ])('a period with %o is refused as %s', async (over, code) => {
    expect(await call(handler, progress, { ...asked, ...over } as typeof asked, officer)).toMatchObject({
      status: 422,
      body: { code },
    });
  });

  it('the period may still run: its figures are then as of now', async () => {
    await aTable('REPORTS_TABLE');
    await deliver(onFact, [aUnitFact('xa', 'grassroots_party_body', 'tinh')]);
    const today = dayOf(instantOf(Date.now()));
    const { body } = await call(
      handler,
      progress,
      { unitId: asked.unitId, from: today, to: addDays(today, 10) },
      officer,
    );
    expect(Date.parse(body.progress.period.cutOff)).toBeLessThanOrEqual(Date.now());
  });
});
