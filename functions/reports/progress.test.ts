import { beforeAll, describe, expect, it } from 'vitest';
import { aHouse, aUnit, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { addDays, type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { exportReport, progress } from '#shared/reports/contract.ts';
import { figureIds } from '#shared/reports/model.ts';
import { aTable } from '../../infra/local/testing.ts';
import { linesOf } from '../../infra/local/word-text.ts';
import { handler } from './api.ts';
import { handler as onFact } from './on-fact-recorded.ts';
import { keepOpened } from './store.ts';
import { aStory, at, aUnitFact, deliver, type RawFact } from './testing.ts';

/*
 * The second path. Below, every figure is counted once more from the raw facts of the story, in the plainest way and
 * with nothing of the product's own rules, stores or words; the API's answer and the Word file must both agree.
 */

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
    await keepOpened(unitId as UnitId, { memberId: memberId as MemberId, day, at: at(day, time) });
  return story;
};

interface Counted {
  value: number;
  of?: number;
  parts?: Record<string, number>;
}

const recount = (facts: RawFact[], openings: { unitId: string; memberId: string; day: string; time: string }[]) => {
  const region = ['xa', 'bo-phan', 'cb-1', 'cb-2', 'cb-3', 'cb-4', 'cb-5', 'cb-6', 'cb-7', 'cb-den'];
  const branches = region.slice(2);
  const cutDay = period.cutOff.slice(0, 10); // the cut-off is at 23:00 in Viet Nam, the same day in UTC
  const localDay = (instant: string) => new Date(Date.parse(instant) + 25_200_000).toISOString().slice(0, 10);
  const inTime = facts.filter((fact) => fact.at <= period.cutOff);
  const ofType = (type: string) => inTime.filter((fact) => fact.type === type && region.includes(fact.unitId));
  const inPeriod = (day: string) => day >= period.from && day <= period.to;
  const result: Record<string, Counted> = {};

  // who belongs where, by the last version of each member's record
  const members = new Map<string, RawFact>();
  for (const fact of facts) {
    if (fact.type !== 'member-changed') continue;
    if (!members.has(fact.memberId) || members.get(fact.memberId).version < fact.version)
      members.set(fact.memberId, fact);
  }
  const homeOf = (member: RawFact, day: string) => {
    let home = member.placements[0].unitId;
    for (const placement of member.placements) if (placement.from <= day) home = placement.unitId;
    return home;
  };
  const struck = (member: RawFact, kind: string, day: string) =>
    member.conditions.some((one: RawFact) => one.kind === kind && one.from <= day);
  let all = 0;
  let allIn = 0;
  let active = 0;
  let activeIn = 0;
  for (const member of members.values()) {
    if (!branches.includes(homeOf(member, cutDay)) || struck(member, 'left', cutDay) || member.admissionDate > cutDay)
      continue;
    const hasAccount = inTime.some((fact) => fact.type === 'signed-in' && fact.memberId === member.memberId);
    const exempt = struck(member, 'exempt', cutDay);
    all += 1;
    if (hasAccount) allIn += 1;
    if (!exempt) active += 1;
    if (!exempt && hasAccount) activeIn += 1;
  }
  result['accounts'] = { value: allIn, of: all };
  result['accounts-active'] = { value: activeIn, of: active };

  const seen = new Set<string>();
  const seenInPeriod = new Set<string>();
  for (const { unitId, memberId, day, time } of openings) {
    // the first opening of a day stands, wherever it was sent from
    const earliest = openings
      .filter((one) => one.memberId === memberId && one.day === day)
      .map((one) => at(one.day, one.time))
      .toSorted();
    if (!region.includes(unitId) || day > period.to || !earliest.some((one) => one <= period.cutOff)) continue;
    if (at(day, time) > period.cutOff) continue;
    seen.add(`${memberId}/${day}`);
    if (inPeriod(day)) seenInPeriod.add(`${memberId}/${day}`);
  }
  result['accesses'] = { value: seenInPeriod.size };
  result['accesses-total'] = { value: seen.size };

  for (const [id, kind, whole] of [
    ['documents', 'document', false],
    ['documents-total', 'document', true],
    ['news', 'news', false],
    ['news-total', 'news', true],
  ] as const) {
    const ids = new Set<string>();
    for (const fact of ofType('document-published'))
      if (fact.kind === kind && localDay(fact.at) <= period.to && (whole || inPeriod(localDay(fact.at))))
        ids.add(fact.documentId);
    result[id] = { value: ids.size };
  }

  const sum = (keys: Map<string, string>): Counted => {
    const parts: Record<string, number> = {};
    for (const part of keys.values()) parts[part] = (parts[part] ?? 0) + 1;
    return { value: keys.size, parts };
  };
  const granted = new Map<string, string>();
  for (const fact of ofType('role-changed'))
    if (fact.change === 'granted' && inPeriod(localDay(fact.at))) granted.set(JSON.stringify(fact), fact.role);
  result['roles'] = sum(granted);
  const repaired = new Map<string, string>();
  for (const fact of ofType('account-repaired'))
    if (inPeriod(localDay(fact.at))) repaired.set(fact.repairId, fact.cause);
  result['repairs'] = sum(repaired);

  const idle: string[] = [];
  const grades: Record<string, number> = { good: 0, fair: 0, average: 0, poor: 0 };
  let present = 0;
  let called = 0;
  for (const branch of branches) {
    // a sum told late still speaks of the time when the meeting ended and was marked
    const sums = facts.filter((fact) => fact.type === 'meeting-closed' && fact.unitId === branch);
    const held = new Map<string, string>();
    for (const fact of sums)
      if (fact.endedAt <= period.cutOff && inPeriod(fact.day) && fact.kind !== 'committee')
        held.set(fact.meetingId, fact.day);
    if (held.size === 0) idle.push(branch);
    let grade: string | undefined;
    let gradedOn = '';
    const marked = sums.filter((fact) => fact.grade && fact.gradedAt <= period.cutOff);
    for (const fact of marked.toSorted((a, b) => (a.gradedAt < b.gradedAt ? -1 : 1)))
      if (held.has(fact.meetingId) && fact.day >= gradedOn) [grade, gradedOn] = [fact.grade, fact.day];
    if (grade) grades[grade] = (grades[grade] ?? 0) + 1;
    for (const [meetingId, day] of held) {
      const marks = new Map<string, RawFact>();
      for (const fact of ofType('attendance-recorded'))
        if (fact.meetingId === meetingId && (marks.get(fact.memberId)?.at ?? '') < fact.at)
          marks.set(fact.memberId, fact);
      const came = [...marks.values()].filter((fact) => fact.status === 'present').map((fact) => fact.memberId);
      const expected = [...members.values()]
        .filter(
          (member) => homeOf(member, day) === branch && !struck(member, 'left', day) && member.admissionDate <= day,
        )
        .filter((member) => !struck(member, 'exempt', day) || member.officialDate > day)
        .map((member) => member.memberId);
      present += came.length;
      called += new Set([...came, ...expected]).size;
    }
  }
  const rated = Object.values(grades).reduce((a, b) => a + b, 0);
  result['branches-met'] = { value: branches.length - idle.length, of: branches.length };
  result['ratings'] = { value: rated, of: branches.length - idle.length, parts: grades };
  result['attendance'] = { value: present, of: called };
  return { figures: result, idle };
};

const nonZero = (parts: Record<string, number> | undefined) =>
  Object.fromEntries(Object.entries(parts ?? {}).filter(([, value]) => value > 0));

describe('the progress report', () => {
  it.each([1])('says of story %i what the raw facts say, counted by a second path', async (seed) => {
    const { facts, openings } = await told(seed);
    const expected = recount(facts, openings);
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
    const { figures, idle } = recount(facts, openings);
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
