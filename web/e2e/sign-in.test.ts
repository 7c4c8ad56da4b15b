import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { endSessionsOf } from '#shared/access/contract.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { createStaffAccount, grantRole, listMembers, type MemberRow } from '#shared/members/contract.ts';
import type { Person } from '../../infra/load/person.ts';
import { totp } from '../../infra/load/totp.ts';
import {
  type Account,
  accessible,
  account,
  accounts,
  bySlip,
  desk,
  memberOfItsOwn,
  organisationOfficer,
  phone,
  shot,
  slipFor,
  useBrowser,
} from './journey.ts';

useBrowser();

let officer: Person;
beforeAll(async () => {
  officer = await organisationOfficer();
});

/** Past the door, with one's own name on one's own page. */
const isIn = async (page: Page, who: Account) => {
  await page.waitForURL((url) => !/^\/(sign-in|slip)/.test(url.pathname));
  await page.goto('/me');
  await page.getByText(who.name).first().waitFor();
};

describe('a member with a slip', () => {
  test('scans it, sees his own name, says "that is me" and stays in; the slip is used up', async () => {
    const who = account('elder');
    const { url } = await slipFor(who);
    const page = await phone();
    await page.goto(url);
    await page.getByText(who.name).waitFor();
    expect(new URL(page.url()).hash).toBe('');
    await accessible(page);
    await shot(page, 'slip-that-is-me');
    // what is wrong is marked at the door, and asked about as soon as he is in
    await page.getByText('Đúng người nhưng có mục ghi sai?').click();
    await page.getByRole('button', { name: 'Sửa Ngày sinh' }).click();
    await shot(page, 'slip-wrong-item');
    await accessible(page);
    await page.getByRole('button', { name: 'Đúng là tôi' }).click();
    await page.getByRole('heading', { name: 'Sửa ngày sinh' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sửa ngày sinh' }).waitFor();
    await shot(page, 'correct-after-door');
    await page.getByRole('button', { name: 'Thôi' }).click();
    await isIn(page, who);
    await page.reload();
    await isIn(page, who);

    const other = await phone();
    await other.goto(url);
    await other.getByRole('alert').getByText('Phiếu này đã dùng').waitFor();
    await accessible(other);
    await shot(other, 'slip-used');
    for (const cut of [url.slice(0, -9), url.replace(/#.*/, '#rubbish'), url.replace(/#.*/, '')]) {
      await other.evaluate('sessionStorage.clear()');
      await other.goto('/help');
      await other.goto(cut);
      await other.getByText('Đường dẫn của phiếu bị thiếu chữ').waitFor();
    }
    await other.getByLabel('Mã trên phiếu').waitFor();
    await accessible(other);
    await shot(other, 'slip-unreadable');
    // one that broke within a letter
    await other.goto('/meetings/%E0%A4%A');
    await other.getByRole('heading', { name: 'Không tìm thấy trang này' }).waitFor();
  });

  test('loses nothing that he types before the script of the page has come', async () => {
    const page = await phone();
    let come = () => {};
    const coming = new Promise<void>((resolve) => {
      come = resolve;
    });
    await page.route('**/_app/**/*.js', async (route) => {
      await coming;
      await route.continue();
    });
    await page.goto('/sign-in', { waitUntil: 'commit' });
    await page.getByLabel('Mã trên phiếu').fill('ACDE 2345');
    await page.getByLabel('Năm sinh').fill('19');
    await page.getByLabel('Năm sinh').press('Enter');
    expect(await page.getByRole('button', { name: 'Tiếp tục' }).isDisabled()).toBe(true);
    come();
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.getByText('Năm sinh gồm 4 số').waitFor();
    expect(await page.getByLabel('Mã trên phiếu').inputValue()).toBe('ACDE 2345');
    expect(page.url()).toMatch(/\/sign-in$/);
  });

  test('types the code and his year of birth; what is mistyped is said in words', async () => {
    const who = await memberOfItsOwn(3);
    const { code } = await slipFor(who);
    const page = await phone();
    await page.goto('/me');
    await page.waitForURL(/\/sign-in/);
    await page.getByRole('heading', { name: 'Có phiếu tài khoản' }).waitFor();
    await accessible(page);
    await shot(page, 'sign-in');
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.getByText('Mã trên phiếu có 8 chữ và số').waitFor();
    await page.getByLabel('Mã trên phiếu').fill(code.toLowerCase());
    await page.getByLabel('Năm sinh').fill('1901');
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.getByRole('alert').getByText('Mã hoặc năm sinh chưa đúng').waitFor();
    await page.getByRole('button', { name: 'Gõ lại mã' }).click();
    await page.getByLabel('Năm sinh').fill(String(who.birthYear));
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.getByText(who.name).waitFor();
    await page.getByRole('button', { name: 'Đúng là tôi' }).click();
    await isIn(page, who);
  });
});

describe('without a slip', () => {
  test('the phone shows a number, the secretary gives name, number and PIN, and the phone is in', async () => {
    const secretary = account('branch_secretary');
    const helped = account('elder', ({ unitId }) => unitId === secretary.unitId);
    const desktop = await bySlip(await phone(), secretary);

    const elder = await phone();
    await elder.goto('/sign-in');
    await elder.getByRole('link', { name: 'Nhờ bí thư cho vào' }).click();
    await elder.getByRole('button', { name: 'Lấy số' }).click();
    await elder.getByText('Đang chờ bí thư xác nhận').waitFor();
    await accessible(elder);
    await shot(elder, 'reopen-number');
    const number = ((await elder.locator('.number').textContent()) ?? '').replace(/\D/g, '');
    expect(number).toHaveLength(8);

    await desktop.goto('/me');
    await desktop.getByRole('link', { name: 'Cho máy khác đăng nhập' }).click();
    await desktop.getByLabel('Đảng viên').selectOption({ label: helped.name });
    await desktop.getByLabel('Số hiện trên máy').fill('11111111');
    await desktop.getByRole('button', { name: 'Kiểm tra' }).click();
    await desktop.getByText('Nghe đọc lại đủ 8 số').waitFor();
    await accessible(desktop);
    await shot(desktop, 'reopen-form');
    await desktop.getByLabel('Số hiện trên máy').fill(number);
    await desktop.getByRole('button', { name: 'Kiểm tra' }).click();
    await desktop.getByRole('heading', { name: helped.name }).waitFor();
    await shot(desktop, 'reopen-look');
    await desktop.getByRole('button', { name: 'Đúng, cho vào' }).click();

    const pin = secretary.pin ?? '904183';
    const dialog = desktop.getByRole('dialog');
    await dialog.waitFor();
    await shot(desktop, 'step-up');
    await accessible(desktop);
    await dialog.getByLabel('Mã PIN', { exact: true }).fill(pin);
    await dialog.getByRole('button', { name: /Xác nhận|Đặt mã PIN/ }).click();
    const choosing = dialog.getByLabel('Gõ lại mã PIN');
    const approved = desktop.getByText(`Đã cho ${helped.name} vào`);
    await choosing.or(approved).waitFor();
    if (await choosing.isVisible()) {
      await dialog.getByLabel('Mã PIN', { exact: true }).fill(pin);
      await choosing.fill(pin);
      await shot(desktop, 'pin-choose');
      await dialog.getByRole('button', { name: 'Đặt mã PIN' }).click();
    }
    await approved.waitFor();

    await elder.getByText(helped.name).waitFor();
    await elder.getByRole('button', { name: 'Đúng là tôi' }).click();
    await isIn(elder, helped);
  });
});

describe('on several devices', () => {
  test('a code carries the sign-in to another browser, and either can be signed out from the other', async () => {
    const who = await memberOfItsOwn(1);
    const here = { unitId: who.unitId as UnitId, memberId: who.memberId as MemberId };
    expect((await officer.ask(endSessionsOf, here)).status).toBe(200);
    const first = await bySlip(await phone(), who);
    await first.goto('/me/devices');
    await first.getByRole('button', { name: 'Lấy mã' }).click();
    const link = first.getByRole('link', { name: 'Mở ngay trong trình duyệt' });
    await link.waitFor();
    await accessible(first);
    await shot(first, 'me-devices');
    const address = (await link.getAttribute('href')) ?? '';

    const opened = await first.evaluate(
      (path) => fetch(path).then(({ status }) => status),
      `/content/docs/${who.unitId}/${crypto.randomUUID()}`,
    );
    expect(opened).not.toBe(401);
    const second = await desk();
    await second.goto(address);
    await second.getByRole('button', { name: 'Đúng là tôi' }).click();
    await isIn(second, who);
    await second.goto('/me/devices');
    await second.getByText('Máy này', { exact: true }).waitFor();
    await shot(second, 'me-devices-desk');
    const leave = second.getByRole('button', { name: 'Đăng xuất máy đó' });
    await leave.click();
    await second.getByRole('dialog').getByRole('button', { name: 'Đăng xuất', exact: true }).click();
    await leave.waitFor({ state: 'detached' });

    // the edge hears of it by the table's stream; until its own pass ends the first browser asks with the same cookie
    const fetched = () =>
      first.evaluate(
        (path) => fetch(path).then(({ status }) => status),
        `/content/docs/${who.unitId}/${crypto.randomUUID()}`,
      );
    await expect.poll(fetched, { timeout: 60_000, interval: 500 }).toBe(401);
    await first.reload();
    await first.getByRole('link', { name: 'Đăng nhập lại' }).click();
    await first.waitForURL(/\/sign-in/);
    await first.goto('/me');
    await first.waitForURL(/\/sign-in/);
  });
});

describe('staff', () => {
  test('sign in with name, password and six digits; wrong ones are said in words; nothing of it stays in the browser', async () => {
    const who = account('propaganda_editor');
    const page = await desk();
    // an address he was given, from a colleague perhaps: the door leads on to it
    const wanted = '/documents/add?unit=province';
    await page.goto(wanted);
    await page.getByRole('link', { name: 'Đăng nhập cán bộ' }).click();
    await page.getByLabel('Tên đăng nhập').fill(who.username ?? '');
    await page.getByLabel('Mật khẩu').fill('mat khau khong dung');
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    await page.getByRole('alert').getByText('Tên hoặc mật khẩu chưa đúng').waitFor();
    await accessible(page);
    await shot(page, 'staff-sign-in');
    await page.getByLabel('Mật khẩu').fill(who.password ?? '');
    // nobody reaches the pool: one sentence, and the same button once it is back
    const isPool = (url: URL) => url.origin !== new URL(inject('url')).origin;
    await page.route(isPool, (route) => route.abort());
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    await page.getByRole('alert').getByText('Cửa đăng nhập bằng mật khẩu đang tạm nghỉ').waitFor();
    await shot(page, 'staff-pool-away');
    await page.unroute(isPool);
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    const digits = page.getByLabel('6 số trong ứng dụng');
    await digits.waitFor();
    await accessible(page);
    await shot(page, 'staff-code');
    await digits.fill('000000');
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.getByRole('alert').getByText('Mã xác thực chưa đúng').waitFor();
    // the app's next code: a code opens once, and this one's of the moment may have opened the setup's session
    await digits.fill(totp(who.totpSecret ?? '', Date.now() + 30_000));
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.waitForURL(({ pathname, search }) => pathname + search === wanted);
    await isIn(page, who);
    const kept = await page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    );
    expect(kept).not.toMatch(/eyJ|Cognito|refresh/i);
  });

  test('at the first sign-in choose a password of their own and set up the authenticator app', async () => {
    const unitId = account('other_branch_member').unitId as UnitId;
    const { body } = await officer.ask(listMembers, { unitId });
    const known = accounts().map(({ memberId }) => memberId);
    const { memberId, name } = body.members.findLast(
      (one) => !known.includes(one.memberId) && one.roles.length === 0,
    ) as MemberRow;
    expect((await officer.ask(grantRole, { unitId, memberId, role: 'inspection_officer' })).status).toBe(200);
    const staffName = `kiemtra.${Date.now().toString(36)}`;
    const opened = await officer.ask(createStaffAccount, { unitId, memberId, staffName });
    expect(opened.status).toBe(200);

    const page = await desk();
    await page.goto('/sign-in/staff');
    await page.getByLabel('Tên đăng nhập').fill(staffName);
    await page.getByLabel('Mật khẩu').fill(opened.body.password);
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    await page.getByLabel('Mật khẩu mới', { exact: true }).fill('mot cau dai de nho 2026');
    await page.getByLabel('Gõ lại mật khẩu mới').fill('mot cau dai khac 2026');
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.getByRole('alert').getByText('Hai lần gõ chưa giống nhau').waitFor();
    await accessible(page);
    await shot(page, 'staff-new-password');
    await page.getByLabel('Gõ lại mật khẩu mới').fill('mot cau dai de nho 2026');
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.getByRole('img', { name: 'Mã để ứng dụng xác thực quét' }).waitFor();
    await page.getByText('Không quét được?').click();
    await accessible(page);
    await shot(page, 'staff-set-up');
    const secret = ((await page.locator('code').textContent()) ?? '').replace(/\s/g, '');
    await page.getByLabel('6 số trong ứng dụng').fill(totp(secret, Date.now()));
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    await page.goto('/me');
    await page.getByText(name).first().waitFor();
  });
});
