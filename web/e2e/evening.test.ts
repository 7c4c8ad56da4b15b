import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { issueSlips } from '#shared/access/contract.ts';
import type { ActionId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { clockOf, dayOf, instantOf, MINUTE_MS } from '#shared/kernel/time.ts';
import { Person } from '../../infra/load/person.ts';
import { signInStaff } from '../../infra/load/staff-sign-in.ts';
import { totp } from '../../infra/load/totp.ts';
import { type Account, accessible, account, accounts, desk, phone, shot, useBrowser } from './journey.ts';

useBrowser();

/**
 * The main story: a branch prepares, holds and closes its meeting. Four people of one branch and one of another, on phones,
 * with the secretary's PIN, up to the adopted minutes as a Word file and the evening as the organisation above sees it.
 */
let officer: Person;
let secretaryPage: Page;
let memberPage: Page;
let scribePage: Page;
let probationaryPage: Page;

const [secretary, scribe, probationary, stranger] = [
  'branch_secretary',
  'scribe',
  'probationary_member',
  'other_branch_member',
];
const TITLE = 'Sinh hoạt chi bộ thử từ đầu đến cuối';

beforeAll(async () => {
  officer = new Person(inject('url'));
  const { username = '', password = '', totpSecret = '' } = account('organisation_officer');
  await signInStaff(officer, { username, password, totpSecret }, Date.now());
  secretaryPage = await bySlip(account(secretary as string));
  memberPage = await bySlip(members()[0] as Account);
  scribePage = await bySlip(account(scribe as string));
  probationaryPage = await bySlip(account(probationary as string));
});

const members = () => accounts().filter(({ role }) => role === 'member');

const bySlip = async (who: Account): Promise<Page> => {
  const input = {
    unitId: who.unitId as UnitId,
    memberIds: [who.memberId as MemberId],
    actionId: crypto.randomUUID() as ActionId,
  };
  const { body } = await officer.ask(issueSlips, input);
  const page = await phone();
  await page.goto(body.slips[0]?.url ?? '');
  await page.getByRole('button', { name: 'Đúng là tôi' }).click();
  await page.waitForURL(/\/meetings/);
  return page;
};

const signInAtDesk = async (page: Page, who: Account): Promise<void> => {
  await page.goto('/sign-in/staff');
  await page.getByLabel('Tên đăng nhập').fill(who.username ?? '');
  await page.getByLabel('Mật khẩu').fill(who.password ?? '');
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  const digits = page.getByLabel(/6 số|Mã/);
  await digits.waitFor();
  // each code opens once: just after the seed the one of the next half minute is due
  await digits.fill(totp(who.totpSecret ?? '', Date.now() + 30_000));
  await page.getByRole('button', { name: /Xác nhận|Đăng nhập|Tiếp tục/ }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
};

/** Until what follows from the acts so far by streams and queues is done: the live file is then what phones will fetch. */
const settled = async (): Promise<void> => {
  await (await fetch(`${inject('url')}/_local/lag?settle=30`)).json();
};

/** Does a binding act; the first time the PIN is asked for, chosen or given. */
const withPin = async (page: Page, act: () => Promise<void>): Promise<void> => {
  await act();
  const pin = page.getByLabel('Mã PIN', { exact: true });
  const asked = await Promise.race([
    pin.waitFor({ timeout: 4_000 }).then(
      () => true,
      () => false,
    ),
    page
      .getByText('Đóng biểu quyết')
      .waitFor({ timeout: 4_000 })
      .then(
        () => false,
        () => false,
      ),
  ]);
  if (!asked) return;
  const digits = account(secretary as string).pin ?? '904183';
  await pin.fill(digits);
  await page.getByRole('button', { name: 'Xác nhận' }).click();
  const again = page.getByLabel('Gõ lại mã PIN');
  if (
    await again.waitFor({ timeout: 3_000 }).then(
      () => true,
      () => false,
    )
  ) {
    await pin.fill(digits);
    await again.fill(digits);
    await page.getByRole('button', { name: 'Đặt mã PIN' }).click();
  }
};

describe('a branch holds its meeting on the handbook', () => {
  let path = '';

  test('the secretary prepares from last month and publishes', async () => {
    const page = secretaryPage;
    await page.goto('/meetings/all');
    await page.getByRole('button', { name: 'Thường kỳ' }).click();
    await page.waitForURL(/\/prepare$/);
    path = new URL(page.url()).pathname.replace(/\/prepare$/, '');
    const soon = instantOf(Date.now() + 5 * MINUTE_MS);
    await page.getByLabel('Tên buổi sinh hoạt').fill(TITLE);
    await page.getByLabel('Ngày').fill(dayOf(soon));
    await page.getByLabel('Giờ', { exact: true }).fill(clockOf(soon));
    await page.getByLabel('Địa điểm').fill('Nhà văn hóa thôn Nam');
    await page.getByLabel('Chủ trì').selectOption({ label: account(secretary as string).name });
    await page.getByLabel('Thư ký').selectOption({ label: account(scribe as string).name });
    await accessible(page);
    await shot(page, 'prepare');
    await page.getByRole('button', { name: 'Xem trước, phát hành' }).click();
    await page.getByRole('button', { name: 'Phát hành', exact: true }).click();
    await page.getByRole('link', { name: 'Xem như đảng viên' }).waitFor();
  });

  test('a member opens the meeting, reads and checks in with one tap', async () => {
    const page = memberPage;
    await page.goto('/meetings');
    await page.getByRole('heading', { name: 'Sinh hoạt', level: 1 }).waitFor();
    await accessible(page);
    await shot(page, 'home');
    await page.goto(path);
    await page.getByRole('heading', { name: 'Chương trình' }).waitFor();
    await page.getByRole('button', { name: 'Điểm danh' }).click();
    await page.getByText('Đã điểm danh lúc').waitFor();
    await accessible(page);
    await shot(page, 'meeting');
    await page.reload();
    await page.getByText('Đã điểm danh lúc').waitFor();
  });

  test('one who is not invited does not even see it', async () => {
    const page = await bySlip(account(stranger as string));
    await page.goto(path);
    await page.getByRole('alert').waitFor();
    expect(await page.getByText(TITLE).count()).toBe(0);
  });

  test('the secretary opens, the scribe ticks the roll for those without a phone', async () => {
    await secretaryPage.goto(`${path}/run`);
    await secretaryPage.getByRole('button', { name: 'Khai mạc' }).click();
    await secretaryPage.getByRole('button', { name: 'Sang phần sau' }).waitFor();

    const page = scribePage;
    await page.goto(`${path}/run`);
    await page.getByRole('button', { name: 'Còn lại đều có mặt' }).waitFor();
    const elder = account('elder').name;
    const row = page.getByRole('group', { name: new RegExp(elder) });
    await row.getByRole('button', { name: 'Có mặt' }).click();
    await row.getByRole('button', { name: 'Có mặt', pressed: true }).waitFor();
    await page.getByRole('button', { name: 'Hoàn tác' }).click();
    await row.getByRole('button', { name: 'Có mặt', pressed: false }).waitFor();
    await row.getByRole('button', { name: 'Vắng có lý do' }).click();
    await page.getByRole('button', { name: 'Còn lại đều có mặt' }).click();
    await page.getByRole('button', { name: 'Chưa ghi: 0' }).waitFor();
    await accessible(page);
    await shot(page, 'roll');
  });

  test('a member says what he thinks; the secretary answers; he sees the answer', async () => {
    const page = memberPage;
    await page.getByRole('button', { name: 'Viết ý kiến' }).click();
    await page.getByLabel('Ý kiến', { exact: true }).fill('Đề nghị sửa đường ra nhà văn hóa trước Tết.');
    await page.getByRole('button', { name: 'Gửi ý kiến' }).click();
    await page.getByText('Đề nghị sửa đường').waitFor();

    await secretaryPage.goto(`${path}/run`);
    await secretaryPage.getByRole('tab', { name: /Ý kiến/ }).click();
    await secretaryPage.getByText('Đề nghị sửa đường').waitFor();
    await secretaryPage.getByRole('button', { name: 'Trả lời', exact: true }).click();
    await secretaryPage.getByLabel(/^Trả lời đồng chí/).fill('Đã đưa vào kế hoạch tháng 12.');
    await secretaryPage.getByRole('button', { name: 'Lưu trả lời' }).click();
    await secretaryPage.getByText('Đã đưa vào kế hoạch tháng 12.').waitFor();
    await page.reload();
    await page.getByText('Đã đưa vào kế hoạch tháng 12.').waitFor();
  });

  test('the vote: base by rule, three taps, nothing shown before it is closed, hands added, the result for all', async () => {
    const page = secretaryPage;
    await page.getByRole('tab', { name: /Biểu quyết/ }).click();
    await page.getByRole('button', { name: 'Thêm câu hỏi' }).click();
    await page.getByText(/Tính trên \d+ đảng viên/).waitFor();
    await withPin(page, () => page.getByRole('button', { name: 'Mở biểu quyết' }).click());
    await page.getByRole('button', { name: 'Đóng biểu quyết' }).waitFor();

    await settled();
    await memberPage.goto(path);
    // phones look every 20 seconds until a vote is open, and the edge may serve a copy of 7 seconds ago
    await memberPage.getByRole('button', { name: 'Đồng ý', exact: true }).click({ timeout: 45_000 });
    await accessible(memberPage);
    await shot(memberPage, 'vote');
    await memberPage.getByRole('button', { name: 'Xác nhận' }).click();
    await memberPage.getByText('Đồng chí đã chọn').waitFor();
    expect(await memberPage.getByText('Được thông qua').count()).toBe(0);

    await probationaryPage.goto(path);
    await probationaryPage.getByRole('button', { name: 'Đồng ý', exact: true }).click();
    await probationaryPage.getByRole('button', { name: 'Xác nhận' }).click();
    await probationaryPage.getByRole('alert').waitFor();
    expect(await probationaryPage.getByText('Đồng chí đã chọn').count()).toBe(0);

    await page.getByRole('button', { name: 'Đóng biểu quyết' }).click();
    await page.getByRole('button', { name: 'Công bố kết quả' }).waitFor();
    // the one ballot of a phone is counted first: who pressed a key raises no hand
    await page.getByText('Trên điện thoại có 1 phiếu').waitFor();
    const counted = await page.getByText(/nhiều nhất \d+/).textContent();
    const left = Number((counted ?? '').match(/nhiều nhất (\d+)/)?.[1]);
    expect(left).toBeGreaterThan(0);
    await page.getByLabel(/^Đồng ý/).fill(String(left));
    await accessible(page);
    await shot(page, 'hands');
    await page.getByRole('button', { name: 'Công bố kết quả' }).click();
    await page.getByText('Được thông qua').first().waitFor();
    await settled();
    await memberPage.reload();
    await memberPage.getByText('Được thông qua').waitFor({ timeout: 45_000 });
  });

  test('the end: conclusion, task, rating, closing, minutes adopted and read as a Word file', async () => {
    const page = secretaryPage;
    await page.goto(`${path}/end`);
    await page.getByLabel('Kết quả tháng trước').fill('Chi bộ hoàn thành 9 trên 10 việc của tháng 10.');
    await page.getByLabel('Phương hướng, nhiệm vụ tháng tới').fill('Chuẩn bị tổng kết năm, sửa đường ra nhà văn hóa.');
    await page.getByLabel('Kết luận', { exact: true }).fill('Thống nhất các nội dung đã thảo luận.');
    await page.getByLabel('Thông tin thời sự, định hướng tư tưởng').fill('Bản tin sinh hoạt chi bộ tháng 11.');
    await page.getByRole('button', { name: 'Lưu, sang phân công' }).click();

    await page.getByLabel('Việc cần làm').fill('Vận động các hộ hai bên đường hiến đất');
    await page.getByLabel('Người làm').selectOption({ label: (members()[0] as Account).name });
    await page.getByLabel('Hạn hoàn thành').fill(dayOf(instantOf(Date.now() + 20 * 24 * 60 * MINUTE_MS)));
    await page.getByRole('button', { name: 'Giao việc' }).click();
    await page.getByText('Vận động các hộ').first().waitFor();
    await page.getByRole('button', { name: 'Sang đánh giá' }).click();

    await page.getByRole('heading', { name: 'Đánh giá chất lượng' }).waitFor();
    await shot(page, 'rating');
    for (const field of await page.getByLabel(/^\d(\.\d)?\. /).all()) {
      if ((await field.inputValue()) === '') await field.fill('4');
    }
    await page.getByRole('button', { name: 'Lưu, sang bế mạc' }).click();
    await page.getByRole('button', { name: 'Bế mạc', exact: true }).click();
    await page.getByRole('button', { name: 'Thông qua biên bản' }).waitFor();
    await accessible(page);
    await page.getByRole('button', { name: 'Thông qua biên bản' }).click();
    const word = page.getByRole('link', { name: 'Tải biên bản (Word)' });
    await word.waitFor({ timeout: 60_000 });
    await shot(page, 'minutes');
    const answer = await page.request.get((await word.getAttribute('href')) ?? '');
    expect(answer.status()).toBe(200);
    expect((await answer.body()).subarray(0, 2).toString()).toBe('PK');
  });

  test('the member finds his task, and points for coming and speaking', async () => {
    await settled();
    await memberPage.goto('/tasks');
    await memberPage.getByText('Vận động các hộ').first().waitFor();
    await accessible(memberPage);
    await shot(memberPage, 'tasks');
    await memberPage.goto('/points');
    await memberPage
      .getByText(/Dự sinh hoạt|sinh hoạt/i)
      .first()
      .waitFor();
    await accessible(memberPage);
    await shot(memberPage, 'points');
  });

  test('looking costs no function: thirty more openings of the pack call none', async () => {
    const counted = async () => {
      const counters = (await (await fetch(`${inject('url')}/_local/counters`)).json()) as {
        functions: Record<string, { invocations: number }>;
      };
      return Object.values(counters.functions).reduce((sum, { invocations }) => sum + invocations, 0);
    };
    const unitId = (members()[0] as Account).unitId;
    const manifest = await memberPage.request.get(`/content/live/${unitId}/branch.json`);
    const { meetings } = (await manifest.json()) as { meetings: { pack: string; title: string }[] };
    const pack = meetings.find(({ title }) => title === TITLE)?.pack as string;
    await settled();
    const before = await counted();
    for (let member = 0; member < 30; member++) {
      expect((await memberPage.request.get(`/${pack}`)).status()).toBe(200);
    }
    expect((await counted()) - before).toBe(0);
  });

  test('the organisation above sees the same evening, and makes its progress report', async () => {
    const page = await desk();
    await signInAtDesk(page, account('committee_assistant'));
    await page.goto('/reports');
    await page.getByText('Chi bộ thôn Nam').first().waitFor();
    await accessible(page);
    await shot(page, 'evening-above');
    await page.goto('/reports/progress');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await accessible(page);
    await shot(page, 'progress-report');
  });
});
