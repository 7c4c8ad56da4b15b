import { expect, test } from 'vitest';
import { inTheHall } from './hall.ts';
import { accessible, account, bySlip, desk, phone, shot, useBrowser } from './journey.ts';
import { fits, looking } from './screens.ts';

useBrowser();

test('the hall reads step, clock, count and code from its wall, and a phone checks in by that code alone', async () => {
  const hall = await inTheHall();
  const wall = await bySlip(await desk(), account('branch_secretary'));
  await wall.goto(`/meetings/${hall.meetingId}/hall`);
  await wall.getByText(/đã bấm/).waitFor();
  await wall.getByRole('button', { name: 'Hiện mã điểm danh' }).click();
  await wall.getByLabel('Mã PIN', { exact: true }).fill(account('branch_secretary').pin ?? '');
  await wall.getByRole('button', { name: 'Xác nhận' }).click();
  const code = wall.getByRole('region', { name: 'Mã điểm danh' });
  await code.waitFor();
  await accessible(wall);
  await shot(wall, 'hall');
  await looking(wall, { theme: 'dark', text: '200' });
  await accessible(wall);
  await fits(wall, 'with letters of 200 %');
  const digits = /(\d{3}) (\d{3})/.exec((await code.textContent()) ?? '');
  expect(digits).not.toBeNull();

  const member = await bySlip(await phone(), account('scribe'));
  await member.goto(`/meetings/${hall.meetingId}`);
  const field = member.getByLabel('Mã 6 số trên màn hình hội trường');
  // the phone hears by its next look that a code is asked for
  await field.waitFor({ timeout: 45_000 });
  await field.fill('000000');
  await member.getByRole('button', { name: 'Điểm danh' }).click();
  await member.getByText('Mã này không đúng').waitFor();
  await accessible(member);
  await field.fill(`${digits?.[1]} ${digits?.[2]}`);
  await member.getByRole('button', { name: 'Điểm danh' }).click();
  await member.getByText('Đã điểm danh lúc').waitFor();
});
