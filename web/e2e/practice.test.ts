import { expect, inject, test } from 'vitest';
import type { UnitId } from '#shared/kernel/ids.ts';
import { idAt, practiceOf } from '#shared/kernel/practice.ts';
import { dayOf, instantOf, monthOf } from '#shared/kernel/time.ts';
import { mine as points } from '#shared/points/contract.ts';
import { madeUpPaper } from '../../functions/documents/testing.ts';
import { must } from '../../infra/load/population.ts';
import { asPerson } from './hall.ts';
import { accessible, account, bySlip, markRest, phone, settled, shot, useBrowser } from './journey.ts';
import { newSeed, phonePhoto } from './papers.ts';
import { chooser, correctFields, publish, reading } from './review.ts';
import { tracesOf } from './traces.ts';

useBrowser();

// run in the page: how many photographed pages lie on this phone
const KEPT_PAGES = `new Promise((answer) => {
  indexedDB.open('papers').onsuccess = ({ target: { result } }) => {
    const counting = result.transaction('pages').objectStore('pages').count();
    counting.onsuccess = () => (result.close(), answer(counting.result));
  };
})`;

test('a member practises a whole evening as everybody, and nothing of it reaches points, figures, tasks, reminders, library, search, calendar or the audit log', async () => {
  const who = account('probationary_member');
  const month = monthOf(dayOf(instantOf(Date.now())));
  const person = await asPerson(who);
  const sheet = madeUpPaper(newSeed());

  const page = await bySlip(await phone(), who);
  await page.goto('/practice');
  await page.getByRole('heading', { name: 'Làm đảng viên' }).waitFor();
  await accessible(page);
  await shot(page, 'practice');
  await page.getByRole('button', { name: 'Bắt đầu một buổi' }).first().click();
  await page.waitForURL(/\/meetings\/./);
  const path = new URL(page.url()).pathname;
  const bar = page.getByRole('region', { name: 'Tập dượt' });
  await bar.waitFor();
  // the state of a new meeting is rendered from its facts some seconds later
  await expect
    .poll(
      async () => {
        if (await page.getByRole('button', { name: 'Thử lại' }).isVisible())
          await page.getByRole('button', { name: 'Thử lại' }).click();
        return page.getByRole('button', { name: 'Điểm danh' }).isVisible();
      },
      { timeout: 60_000, interval: 1_000 },
    )
    .toBe(true);
  await page.getByRole('button', { name: 'Điểm danh' }).click();
  await page.getByText('Đã điểm danh lúc').waitFor();
  await accessible(page);
  await shot(page, 'practice-meeting');

  // the paper of the practice opens like any other
  const bai = page.getByRole('link', { name: /dùng sổ tay trong một buổi sinh hoạt/ });
  await bai.first().click();
  await page.waitForURL('**/documents/read/**');
  await bar.waitFor();
  await page.getByRole('radio', { name: 'Điện thoại giữ lại, có mạng thì tự gửi' }).check();
  await page.getByRole('button', { name: 'Trả lời', exact: true }).click();
  await page.getByText('Tập dượt không tính điểm.').waitFor();
  await accessible(page);
  await shot(page, 'practice-paper');
  await page.goBack();
  await page.getByText('Đã điểm danh lúc').waitFor();

  await page.getByRole('button', { name: 'Viết ý kiến' }).click();
  await page.getByLabel('Ý kiến', { exact: true }).fill('Thử một ý kiến.');
  await page.getByRole('button', { name: 'Gửi ý kiến' }).click();
  await page.getByText('Thử một ý kiến.').waitFor();

  await page.getByRole('link', { name: 'Điều hành' }).click();
  await page.getByRole('button', { name: 'Khai mạc' }).click();
  await page.getByRole('button', { name: 'Còn lại đều có mặt' }).click();
  await page.getByRole('tab', { name: /Biểu quyết/ }).click();
  await page.getByRole('button', { name: 'Thêm câu hỏi' }).click();
  // nothing binds here, so no PIN is asked of somebody who has none
  await page.getByRole('button', { name: 'Mở biểu quyết' }).click();
  await page.getByRole('button', { name: 'Đóng biểu quyết' }).click();
  const most = /nhiều nhất (\d+)/.exec((await page.getByText(/nhiều nhất \d+/).textContent()) ?? '')?.[1] ?? '';
  await page.getByLabel(/^Đồng ý/).fill(most);
  await page.getByRole('button', { name: 'Công bố kết quả' }).click();
  await page.getByText('Được thông qua').first().waitFor();

  await page.getByRole('link', { name: 'Kết thúc' }).click();
  for (const label of [
    'Kết quả tháng trước',
    'Phương hướng, nhiệm vụ tháng tới',
    'Thông tin thời sự, định hướng tư tưởng',
  ])
    await page.getByLabel(label).fill('Ghi thử.');
  await page.getByLabel('Kết luận', { exact: true }).fill('Kết luận thử.');
  await page.getByRole('button', { name: 'Lưu, sang phân công' }).click();
  await page.getByLabel('Việc cần làm').fill('Một việc giao thử');
  await page.getByLabel('Người làm').selectOption({ index: 1 });
  await page.getByRole('button', { name: 'Giao việc' }).click();
  await page.getByText('Đang tập dượt: việc này không đến ai.').waitFor();
  await accessible(page);
  await shot(page, 'practice-tasks');
  await page.getByRole('button', { name: 'Sang đánh giá' }).click();
  await markRest(page);
  await page.getByRole('button', { name: 'Lưu, sang bế mạc' }).click();
  await page.getByRole('button', { name: 'Bế mạc', exact: true }).click();
  await page.getByRole('button', { name: 'Thông qua biên bản' }).click();
  await page.getByRole('link', { name: 'Tải biên bản (Word)' }).waitFor({ timeout: 60_000 });
  await bar.waitFor();
  await shot(page, 'practice-minutes');
  await page.getByRole('button', { name: 'Sang nghị quyết' }).click();
  await page.getByRole('button', { name: /Ban hành/ }).click();
  await page.getByRole('link', { name: 'Tải nghị quyết (Word)' }).waitFor({ timeout: 60_000 });
  await shot(page, 'practice-resolution');
  // the desk of papers is tried too, with any sheet at hand
  await page.goto('/practice');
  await page.getByRole('button', { name: 'Thêm thử một tài liệu' }).click();
  await page.waitForURL('**/documents/add');
  await bar.waitFor();
  // a page that lies on the phone lies there for the practice: over a reload, and never among real ones
  const photo = await phonePhoto(sheet, 'to-giay.jpg');
  await page.locator('input[type=file][capture]').first().setInputFiles([photo]);
  const taken = page.getByRole('button', { name: /^Gửi 1 trang/ });
  await taken.waitFor();
  await page.reload();
  await taken.waitFor();
  expect(await page.evaluate<number>(KEPT_PAGES)).toBe(1);
  await page.getByRole('button', { name: 'Thôi tập' }).click();
  await page.waitForURL('**/practice');
  await page.goto('/documents/add');
  await page.getByText('Chụp ảnh', { exact: true }).waitFor();
  await bar.waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate<number>(KEPT_PAGES)).toBe(0);
  expect(await taken.count()).toBe(0);
  await page.goto('/practice');
  await page.getByRole('button', { name: 'Thêm thử một tài liệu' }).click();
  await page.waitForURL('**/documents/add');
  await chooser(page).setInputFiles([photo]);
  await page.waitForURL(/\/documents\/review\//, { timeout: 60_000 });
  await page.getByLabel('Số, ký hiệu').waitFor(reading);
  await shot(page, 'practice-review');
  await accessible(page);
  await correctFields(page, sheet);
  await publish(page);
  await page.goto(`${path}/rating`);
  await page.getByRole('button', { name: 'Ghi kết quả biểu quyết điểm' }).click();
  await page.getByText('Được thông qua.').waitFor();

  await settled();
  // journeys beside this one go on in the real branch: nothing there is of this evening, in no table and in no file
  const meetingId = path.split('/')[2] ?? '';
  const practice = practiceOf(who.unitId as UnitId, instantOf(Date.now())) as UnitId;
  // what is practised bears its day: meetings by their branch, papers by their own id as well
  const today = idAt(practice, '');
  const traces = tracesOf([today, meetingId, sheet.number]);
  expect(traces.rows.filter(({ key }) => !key.includes(today))).toEqual([]);
  expect(traces.rows.length).toBeGreaterThan(20);
  expect(traces.rows.filter(({ table }) => !/Meetings|Documents/.test(table))).toEqual([]);
  expect(traces.rows.filter(({ table }) => table.includes('Documents')).length).toBeGreaterThan(5);
  expect(traces.files.filter((file) => !file.includes(today))).toEqual([]);
  for (const folder of ['content/live/', 'content/docs/', 'content/page/', 'upload/', 'derived/'])
    expect(traces.files.filter((file) => file.startsWith(`${folder}${today}`)).length, folder).toBeGreaterThan(0);
  const { lines } = await must('points', person.ask(points, { month }));
  expect(lines.filter(({ subjectId }) => subjectId === meetingId || subjectId.startsWith(today))).toEqual([]);
  const file = await page.request.get(`${inject('url')}/content/live/${practice}/branch.json`);
  expect(await file.text()).toContain('TẬP DƯỢT');
  // of another branch nobody may look at it
  const stranger = await asPerson(account('other_branch_member'));
  expect((await stranger.read(`/content/live/${practice}/branch.json`)).status).toBe(403);

  await page.getByRole('link', { name: 'Nhiệm vụ', exact: true }).click();
  await page.waitForURL('**/tasks');
  await bar.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Sinh hoạt', exact: true }).first().click();
  await page.waitForURL('**/meetings');
  await page.getByRole('heading', { level: 2 }).first().waitFor();
  expect(await page.getByText('TẬP DƯỢT').count()).toBe(0);
});
