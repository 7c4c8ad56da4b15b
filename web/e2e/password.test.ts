import type { Page } from 'playwright-core';
import { test } from 'vitest';
import { accessible, account, bySlip, desk, phone, shot, useBrowser } from './journey.ts';

useBrowser();

const give = async (page: Page, number: string, password: string) => {
  await page.getByLabel('Số điện thoại của đồng chí').fill(number);
  await page.getByLabel('Mật khẩu', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
};

test('a member who wishes it sets a password, comes in with it elsewhere, confirms with it and gives it up', async () => {
  const who = account('branch_secretary');
  const number = `09${String(Date.now()).slice(-8)}`;
  const first = await bySlip(await phone(), who);
  await first.goto('/me/devices');
  const card = first
    .locator('section, article, div')
    .filter({ has: first.getByRole('heading', { name: 'Mật khẩu đăng nhập' }) })
    .last();
  await card.getByRole('button', { name: 'Đặt mật khẩu' }).click();
  await card.getByLabel('Số điện thoại của đồng chí').fill(number);
  const choose = async (password: string) => {
    await card.getByLabel('Mật khẩu mới', { exact: true }).fill(password);
    await card.getByLabel('Gõ lại mật khẩu mới').fill(password);
    await card.getByRole('button', { name: 'Lưu mật khẩu' }).click();
  };
  await choose('matkhau123456');
  await card.getByText('Mật khẩu này dễ đoán').waitFor();
  await accessible(first);
  await shot(first, 'password-common');
  await choose('nhà có cây khế ngọt');
  const pin = first.getByRole('dialog').getByLabel('Mã PIN', { exact: true });
  const saved = card.getByText('Từ nay đăng nhập được bằng số');
  await pin.or(saved).first().waitFor();
  if (await pin.isVisible()) {
    await pin.fill(who.pin ?? '904183');
    await first.getByRole('button', { name: 'Xác nhận' }).click();
  }
  await saved.waitFor();
  await shot(first, 'password-set');

  const second = await desk();
  await second.goto('/sign-in');
  await second.getByRole('link', { name: 'Dùng mật khẩu' }).click();
  await give(second, number, 'nhà có cây khế');
  await second.getByRole('alert').getByText('chưa đúng').waitFor();
  await accessible(second);
  await shot(second, 'password-wrong');
  await give(second, number, 'nhà có cây khế ngọt');
  await second.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  // the sign-in itself has confirmed him: nothing is asked before the password is given up
  await second.goto('/me/devices');
  await second.getByRole('button', { name: 'Bỏ mật khẩu' }).click();
  await second.getByRole('dialog').getByRole('button', { name: 'Bỏ mật khẩu' }).click();
  await second.getByText('Đã bỏ mật khẩu').waitFor();
  await second.getByRole('button', { name: 'Đặt mật khẩu' }).waitFor();
});
