import { expect, inject, test } from 'vitest';
import type { UnitId } from '#shared/kernel/ids.ts';
import { practiceOf } from '#shared/kernel/practice.ts';
import { dayOf, instantOf, monthOf } from '#shared/kernel/time.ts';
import { mine as points } from '#shared/points/contract.ts';
import { must } from '../../infra/load/population.ts';
import { asPerson } from './hall.ts';
import { accessible, account, bySlip, phone, settled, shot, useBrowser } from './journey.ts';

useBrowser();

test('a member practises a whole evening as everybody, and nothing of it reaches points, figures, tasks or the calendar', async () => {
  const who = account('probationary_member');
  const month = monthOf(dayOf(instantOf(Date.now())));
  const person = await asPerson(who);

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
      { timeout: 40_000, interval: 1_000 },
    )
    .toBe(true);
  await page.getByRole('button', { name: 'Điểm danh' }).click();
  await page.getByText('Đã điểm danh lúc').waitFor();
  await accessible(page);
  await shot(page, 'practice-meeting');

  await page.getByRole('link', { name: 'Điều hành' }).click();
  await page.getByRole('button', { name: 'Khai mạc' }).click();
  await page.getByRole('button', { name: 'Còn lại đều có mặt' }).click();
  await page.getByRole('tab', { name: /Biểu quyết/ }).click();
  await page.getByRole('button', { name: 'Thêm câu hỏi' }).click();
  // nothing binds here, so no PIN is asked of somebody who has none
  await page.getByRole('button', { name: 'Mở biểu quyết' }).click();
  await page.getByRole('button', { name: 'Đóng biểu quyết' }).click();
  await page.getByRole('button', { name: 'Công bố kết quả' }).click();
  await page.getByText('Không được thông qua').first().waitFor();
  await page.goto(`${path}/end?at=closing`);
  await bar.waitFor();
  await page.getByRole('button', { name: 'Bế mạc', exact: true }).click();
  await page.getByRole('button', { name: 'Thông qua biên bản' }).waitFor();
  await shot(page, 'practice-minutes');

  await settled();
  // journeys beside this one go on in the real branch: none of its lines is of this evening
  const meetingId = path.split('/')[2] ?? '';
  const { lines } = await must('points', person.ask(points, { month }));
  expect(lines.filter(({ subjectId }) => subjectId === meetingId)).toEqual([]);
  const real = await person.read<{ meetings: unknown }>(`/content/live/${who.unitId}/branch.json`);
  expect(JSON.stringify(real.body.meetings)).not.toContain(meetingId);
  const practice = practiceOf(who.unitId as UnitId, instantOf(Date.now()));
  const file = await page.request.get(`${inject('url')}/content/live/${practice}/branch.json`);
  expect(await file.text()).toContain('TẬP DƯỢT');
  // of another branch nobody may look at it
  const stranger = await asPerson(account('other_branch_member'));
  expect((await stranger.read(`/content/live/${practice}/branch.json`)).status).toBe(403);

  await page.getByRole('link', { name: 'Nhiệm vụ' }).click();
  await page.waitForURL('**/tasks');
  await bar.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Sinh hoạt' }).first().click();
  await page.waitForURL('**/meetings');
  await page.getByRole('heading', { level: 2 }).first().waitFor();
  expect(await page.getByText('TẬP DƯỢT').count()).toBe(0);
});
