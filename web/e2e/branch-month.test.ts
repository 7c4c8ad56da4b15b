import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { addDays, clockOf, dayOf, instantOf, MINUTE_MS } from '#shared/kernel/time.ts';
import {
  type Account,
  accessible,
  account,
  accounts,
  asStaff,
  bySlip,
  desk,
  inSteps,
  liveShows,
  phone,
  settled,
  shot,
  useBrowser,
} from './journey.ts';

useBrowser();

/**
 * The month of a branch: the organisation above sends an item down, the secretary sees what is left and prepares, members
 * answer and propose, the evening runs with its speakers, and the organisation above sees how far the branch was.
 */
let secretary: Page;
let member: Page;
let above: Page;
const ITEM = 'Quán triệt Kết luận về chuyển đổi số trong Đảng';
const SUGGESTED = 'Bàn việc thắp sáng đường thôn';
const TITLE = 'Sinh hoạt tháng có nội dung của xã';

beforeAll(async () => {
  secretary = await bySlip(await phone(), account('branch_secretary'));
  member = await bySlip(await phone(), members()[1] as Account);
  above = await asStaff(await desk(), account('committee_assistant'));
});

const members = () => accounts().filter(({ role }) => role === 'member');

describe("a branch's month on the handbook", () => {
  inSteps();
  let path = '';

  test('the organisation above sends an item down to all its branches, once', async () => {
    const page = above;
    await page.goto('/meetings/above');
    await page.getByRole('button', { name: 'Gửi nội dung xuống chi bộ' }).click();
    await page.getByLabel('Tên nội dung').fill(ITEM);
    await page.getByLabel('Hướng dẫn thực hiện').fill('Đọc phần II, mỗi chi bộ chọn một việc làm ngay.');
    await accessible(page);
    await shot(page, 'month-send-down');
    await page.getByRole('button', { name: 'Gửi xuống các chi bộ' }).click();
    await page.getByText('Đã gửi', { exact: true }).waitFor();
    await page.getByRole('heading', { name: ITEM }).waitFor();
  });

  test('the secretary sees what the branch owes, and finds the item on the new plan', async () => {
    const page = secretary;
    await page.goto('/meetings/all');
    await page.getByText(/Thường họp ngày/).waitFor();
    await accessible(page);
    await shot(page, 'month-owed');
    await page.getByRole('button', { name: 'Thường kỳ' }).click();
    await page.waitForURL(/\/prepare$/);
    path = new URL(page.url()).pathname.replace(/\/prepare$/, '');
    await page.getByRole('heading', { name: /việc chuẩn bị/ }).waitFor();
    const soon = instantOf(Date.now() + 5 * MINUTE_MS);
    await page.getByLabel('Tên buổi sinh hoạt').fill(TITLE);
    await page.getByLabel('Ngày', { exact: true }).fill(dayOf(soon));
    await page.getByLabel('Giờ', { exact: true }).fill(clockOf(soon));
    await page.getByLabel('Địa điểm').fill('Nhà văn hóa thôn Nam');
    await page.getByLabel('Chủ trì').selectOption({ label: account('branch_secretary').name });
    await page.getByLabel('Thư ký').selectOption({ label: account('scribe').name });
    // the day decides what is asked for, whichever day was proposed
    const asked = page.getByRole('heading', { name: 'Cấp trên yêu cầu' });
    const keep = page.getByRole('button', { name: 'Lưu, chưa phát hành' });
    await page.getByLabel('Ngày', { exact: true }).fill(addDays(dayOf(soon), 60));
    await keep.click();
    await asked.waitFor({ state: 'detached' });
    await page.getByLabel('Ngày', { exact: true }).fill(dayOf(soon));
    await keep.click();
    await asked.waitFor();
    // begun and left: it is offered to go on with before another is begun
    await page.goto('/meetings/all');
    const left = page.getByRole('article', { name: 'Đang chuẩn bị dở' }).filter({ hasText: TITLE });
    await left.waitFor();
    await accessible(page);
    await shot(page, 'month-draft');
    await left.getByRole('link', { name: 'Làm tiếp' }).click();
    await page.waitForURL(`**${path}/prepare`);
    await asked.waitFor();
    if ((await page.getByText('Đã có trong chương trình').count()) === 0)
      await page.getByRole('button', { name: 'Đưa vào chương trình' }).first().click();
    await page.getByText('Đã có trong chương trình').first().waitFor();
    await accessible(page);
    await shot(page, 'month-left');
    await page.getByRole('button', { name: 'Xem trước, phát hành' }).click();
    await page.getByRole('button', { name: 'Phát hành', exact: true }).click();
    await page.getByRole('link', { name: 'Xem như đảng viên' }).waitFor();
  });

  test('a member finds it waiting, confirms, keeps it in the calendar of the phone and proposes content', async () => {
    const page = member;
    await settled();
    await page.goto('/tasks');
    await page.getByText(`Xác nhận dự: ${TITLE}`).waitFor();
    await accessible(page);
    await shot(page, 'month-waiting');
    await page.goto(path);
    await page.getByRole('button', { name: 'Tôi đã biết lịch, sẽ dự' }).click();
    await page.getByText('Đồng chí đã xác nhận').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Lưu vào lịch của máy' }).click(),
    ]);
    const calendar = new ICAL.Component(ICAL.parse(readFileSync(await file.path(), 'utf8')));
    expect(new ICAL.Event(calendar.getFirstSubcomponent('vevent') ?? undefined).summary).toBe(TITLE);
    await page.getByRole('button', { name: 'Đề xuất nội dung' }).click();
    await page.getByLabel('Nội dung đề xuất đưa vào buổi họp').fill(SUGGESTED);
    await page.getByRole('button', { name: 'Gửi đề xuất' }).click();
    await page.getByText('Chờ bí thư trả lời').waitFor();
    await accessible(page);
    await shot(page, 'month-before');
    await page.goto('/tasks');
    await page.getByRole('heading', { name: 'Nhiệm vụ của tôi' }).waitFor();
    await expect.poll(() => page.getByText(`Xác nhận dự: ${TITLE}`).count()).toBe(0);
  });

  test('the secretary takes the suggestion, and the member reads it on the agenda', async () => {
    const page = secretary;
    await page.goto(`${path}/prepare`);
    await page.getByText(SUGGESTED).waitFor();
    await shot(page, 'month-suggestion');
    // a step of his own, which a wrong press takes out and a call almost loses
    await page.getByRole('button', { name: 'Thêm phần' }).click();
    await page.locator(':focus').and(page.getByLabel('Tên phần')).waitFor();
    await page.keyboard.type('Đọc thư khen');
    await page.getByRole('button', { name: 'Bỏ phần này' }).click();
    await page.getByRole('button', { name: 'Lấy lại phần Đọc thư khen' }).click();
    await page.reload();
    await page.getByText('Phần sửa dở vẫn còn').waitFor();
    await page.getByText('Đọc thư khen').waitFor();
    await accessible(page);
    await shot(page, 'prepare-restored');
    await page.getByRole('button', { name: 'Bỏ, xem bản đã lưu' }).click();
    await page.getByText('Đọc thư khen').waitFor({ state: 'detached' });
    // the same meeting in two windows: neither is written over unseen
    const other = await page.context().newPage();
    await other.goto(`${path}/prepare`);
    await other.getByLabel('Địa điểm').fill('Nhà văn hóa xã');
    await other.getByRole('button', { name: 'Lưu, chưa phát hành' }).click();
    await other.getByText('Đã lưu').waitFor();
    await page.getByLabel('Địa điểm').fill('Hội trường thôn');
    await page.getByRole('button', { name: 'Lưu, chưa phát hành' }).click();
    await page.getByRole('button', { name: 'Xem bản của người kia' }).click();
    await expect.poll(() => page.getByLabel('Địa điểm').inputValue()).toBe('Nhà văn hóa xã');
    await page.getByLabel('Địa điểm').fill('Nhà văn hóa thôn Nam');
    await page.getByRole('button', { name: 'Lưu, chưa phát hành' }).click();
    await page.getByText('Đã lưu').waitFor();
    await other.getByLabel('Địa điểm').fill('Hội trường thôn');
    await other.getByRole('button', { name: 'Lưu, chưa phát hành' }).click();
    await other.getByRole('button', { name: 'Giữ bản của tôi' }).click();
    await other.getByText('Đã lưu').waitFor();
    await other.close();
    await page.reload();
    expect(await page.getByLabel('Địa điểm').inputValue()).toBe('Hội trường thôn');
    await page.getByRole('button', { name: 'Nhận', exact: true }).click();
    await page.getByText('Đã đưa vào chương trình.').waitFor();
    await settled();
    await member.goto(path);
    await member.getByText('Đã đưa vào chương trình.').waitFor();
    await member.getByText(ITEM).first().waitFor();
    await accessible(member);
  });

  test('hands go up, the secretary gives the floor, the clock runs, and the evening says how it runs', async () => {
    const page = secretary;
    await page.goto(`${path}/run`);
    await page.getByRole('button', { name: 'Khai mạc' }).click();
    await page.getByText(/Dự kiến xong lúc/).waitFor();
    await liveShows(member, account('branch_secretary').unitId, path, ({ state }) => state === 'open');
    await member.goto(path);
    await member.getByRole('button', { name: 'Đăng ký phát biểu' }).click();
    await member.getByText('Đã đăng ký phát biểu').waitFor();
    await accessible(member);
    await shot(member, 'month-hand');
    await page.getByRole('tab', { name: 'Phát biểu' }).click();
    const name = (members()[1] as Account).name;
    await page.getByRole('button', { name: `Mời ${name}`, exact: true }).click();
    await page.getByText('Đang phát biểu').waitFor();
    await accessible(page);
    await shot(page, 'month-speakers');
    await page.getByRole('button', { name: 'Đã nói xong' }).click();
    await page.getByText('Đã phát biểu: 1').waitFor();
  });

  test("a meeting of the committee is its members' own", async () => {
    const page = secretary;
    await page.goto('/meetings/all');
    await page.getByRole('button', { name: 'Họp chi ủy' }).click();
    await page.waitForURL(/\/prepare$/);
    const room = new URL(page.url()).pathname.replace(/\/prepare$/, '');
    const soon = instantOf(Date.now() + 10 * MINUTE_MS);
    await page.getByLabel('Ngày', { exact: true }).fill(dayOf(soon));
    await page.getByLabel('Giờ', { exact: true }).fill(clockOf(soon));
    await page.getByLabel('Địa điểm').fill('Phòng họp thôn');
    const [own, scribe] = [account('branch_secretary').name, account('scribe').name];
    await page.getByLabel('Chủ trì').selectOption({ label: own });
    await page.getByLabel('Thư ký').selectOption({ label: scribe });
    await page.getByRole('checkbox', { name: scribe }).check();
    await page.getByRole('button', { name: 'Xem trước, phát hành' }).click();
    await page.getByRole('button', { name: 'Phát hành', exact: true }).click();
    await page.getByRole('link', { name: 'Xem như đảng viên' }).click();
    await page.getByRole('heading', { name: 'Chương trình' }).waitFor();
    await accessible(page);
    await member.goto(room);
    await member.getByRole('alert').waitFor();
    expect(await member.getByText('Họp chi ủy').count()).toBe(0);
  });

  test('the organisation above sees how far the branch was, and keeps the list as a file', async () => {
    const page = above;
    await page.goto('/meetings/above');
    const row = page.getByRole('row', { name: /Chi bộ thôn Nam/ });
    await row.getByText(/Đang họp|Đã phát hành|Đã họp/).waitFor();
    await accessible(page);
    await shot(page, 'month-above');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Tải Excel' }).click(),
    ]);
    expect(
      readFileSync(await file.path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
  });

  test('a phone without a push service says so, and a message that comes shows nothing but that something waits', async () => {
    const page = member;
    await page.context().grantPermissions(['notifications'], { origin: inject('url') });
    await page.goto('/me');
    await page.getByRole('heading', { name: 'Nhắc lịch họp trên máy này' }).waitFor();
    await accessible(page);
    await shot(page, 'month-reminding');
    // what the worker asks the system to show; a browser without windows of its own has no place for it
    const [worker] = page.context().serviceWorkers();
    await worker?.evaluate(`
      self.shown = [];
      registration.showNotification = async (title, { body }) => void shown.push(title + ': ' + body);
    `);
    const tools = await page.context().newCDPSession(page);
    const registered = new Promise<string>((resolve) =>
      tools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const [first] = registrations;
        if (first) resolve(first.registrationId);
      }),
    );
    await tools.send('ServiceWorker.enable');
    await tools.send('ServiceWorker.deliverPushMessage', {
      origin: inject('url'),
      registrationId: await registered,
      data: '',
    });
    await expect
      .poll(() => worker?.evaluate('shown'))
      .toEqual(['Sổ tay đảng viên: Có việc đang chờ đồng chí. Chạm để xem.']);
  });
});
