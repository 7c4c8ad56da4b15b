import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { desk as deskOf, open } from '#shared/meetings/contract.ts';
import { must } from '../../infra/load/population.ts';
import { announcedNow, asPerson } from './hall.ts';
import { type Account, accessible, account, accounts, bySlip, phone, shot, useBrowser } from './journey.ts';
import { countWork } from './work.ts';

useBrowser();

const rowOf = (page: Page, { name }: Account) => page.getByRole('group', { name: `Điểm danh ${name}` });

test('one phone records a hall without a network: absences, roll, late and early, guests, heads, over a reload, each once', async () => {
  const evening = await announcedNow();
  const path = `/meetings/${evening.meetingId}`;
  const [absent, late] = accounts().filter(({ role }) => role === 'member') as [Account, Account];
  const elder = account('elder');

  const member = await bySlip(await phone(), absent);
  await member.goto(path);
  await member.getByRole('button', { name: 'Xin vắng' }).click();
  await member.getByLabel('Lý do xin vắng').fill('Đi khám bệnh ở tỉnh');
  await accessible(member);
  await shot(member, 'ask-absence');
  await member.getByRole('button', { name: 'Gửi xin vắng' }).click();
  await member.getByText('Đã gửi, chờ bí thư trả lời.').waitFor();

  await must('open', evening.secretary.ask(open, evening));
  const page = await bySlip(await phone(), account('branch_secretary'));
  await page.goto(`${path}/run`);
  await page.evaluate('navigator.serviceWorker.ready');
  await page.reload();
  await page.getByText('Đi khám bệnh ở tỉnh').waitFor();
  await accessible(page);
  await page.getByText('Xin vắng trước').scrollIntoViewIfNeeded();
  await shot(page, 'hub');

  // on the screen; the sheet for the printer holds the same words
  const line = (words: string) => page.getByRole('listitem').getByText(words);
  await page.context().setOffline(true);
  const work = await countWork(page);
  const asked = page.getByRole('group', { name: `Xin vắng của ${absent.name}` });
  await asked.getByRole('button', { name: 'Đồng ý cho vắng' }).click();
  await rowOf(page, absent).getByRole('button', { name: 'Vắng có lý do', pressed: true }).waitFor();
  await page.getByRole('button', { name: 'Còn lại đều có mặt' }).click();
  await page.getByRole('button', { name: 'Chưa ghi: 0' }).waitFor();
  await page.getByLabel('Tìm tên').fill(elder.name.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd'));
  await rowOf(page, elder).getByRole('button', { name: 'Vắng không lý do' }).click();
  await page.getByRole('button', { name: 'Hoàn tác' }).click();
  await rowOf(page, elder).getByRole('button', { name: 'Có mặt', pressed: true }).waitFor();
  await page.getByLabel('Tìm tên').fill(late.name);
  await page.getByRole('button', { name: `Ghi thêm về ${late.name}` }).click();
  await page.getByLabel('Đến muộn lúc').fill('19:50');
  await page.getByLabel('Về sớm lúc').fill('20:40');
  await page.getByRole('button', { name: 'Lưu', exact: true }).click();
  await line('đến muộn 19:50 · về sớm 20:40').waitFor();
  await shot(page, 'hub-row');
  await page.getByLabel('Tìm tên').fill('');
  await page.getByRole('button', { name: 'Thêm người ngoài danh sách' }).click();
  await page.getByLabel('Họ tên').fill('Vi Thị Khách');
  await page.getByRole('button', { name: 'Ghi tên' }).click();
  await line('Vi Thị Khách').waitFor();
  await page.getByRole('button', { name: /^Đã đếm, đúng \d+ người$/ }).click();
  const agreed = page.getByText(/^Khớp: đã đếm \d+ người$/);
  await agreed.waitFor();
  console.log(`the hall in one phone: ${work.taps} taps, ${work.letters} letters`);
  await accessible(page);
  await shot(page, 'hub-heads');

  const whole = async () => {
    await line('đến muộn 19:50 · về sớm 20:40').waitFor();
    await rowOf(page, absent).getByRole('button', { name: 'Vắng có lý do', pressed: true }).waitFor();
    await rowOf(page, elder).getByRole('button', { name: 'Có mặt', pressed: true }).waitFor();
    await line('Vi Thị Khách').waitFor();
    await agreed.waitFor();
  };
  await page.reload();
  await page.getByText(/\d+ lượt ghi đã giữ trên máy/).waitFor();
  await whole();
  await shot(page, 'hub-offline');
  expect((await must('the desk', evening.secretary.ask(deskOf, evening))).roll).toEqual([]);

  await page.context().setOffline(false);
  // a page that was loaded without a network is not told of it by this browser's switch
  await page.evaluate(`window.dispatchEvent(new Event('online'))`);
  await page.getByText(/lượt ghi đã giữ trên máy/).waitFor({ state: 'detached' });
  await whole();
  const { roll, absences, meeting } = await must('the desk', evening.secretary.ask(deskOf, evening));
  const of = ({ memberId }: Account) => roll.filter((mark) => mark.memberId === memberId);
  expect(of(absent)).toMatchObject([{ status: 'excused', reason: 'Đi khám bệnh ở tỉnh' }]);
  expect(of(late)).toMatchObject([{ status: 'present', cameAt: expect.any(String), leftAt: expect.any(String) }]);
  expect(of(elder)).toMatchObject([{ status: 'present' }]);
  expect(absences).toMatchObject([{ memberId: absent.memberId, excused: true }]);
  if (meeting.state !== 'open') throw new Error('the meeting is not open');
  expect(meeting.guests.filter(({ name }) => name === 'Vi Thị Khách')).toHaveLength(1);
  // who left early is no head in the hall
  const inside = roll.filter(({ status, leftAt }) => status === 'present' && !leftAt).length + meeting.guests.length;
  expect(meeting).toMatchObject({ headCount: inside, headsCounted: { by: account('branch_secretary').memberId } });

  await member.reload();
  await member.getByText('Danh sách đang ghi đồng chí vắng có lý do').waitFor();
  const own = await asPerson(late);
  const others = must('the desk', own.ask(deskOf, evening));
  await expect(others).rejects.toThrow();
});
