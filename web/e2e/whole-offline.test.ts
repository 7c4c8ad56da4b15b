import { expect, test } from 'vitest';
import type { MemberId } from '#shared/kernel/ids.ts';
import { MINUTE_MS } from '#shared/kernel/time.ts';
import { desk as deskOf, draft } from '#shared/meetings/contract.ts';
import { must } from '../../infra/load/population.ts';
import { announcedNow } from './hall.ts';
import { accessible, account, bySlip, liveShows, phone, shot, useBrowser } from './journey.ts';
import { fits, looking } from './screens.ts';
import { countWork } from './work.ts';

useBrowser();

test('a hall without a network holds its whole meeting on one phone, from the opening to the end, and all of it comes in with its own times', async () => {
  const evening = await announcedNow();
  const { secretary, unitId, meetingId } = evening;
  const one = { unitId, meetingId };
  const elder = account('elder');
  const page = await bySlip(await phone(), account('branch_secretary'));
  await page.goto(`/meetings/${meetingId}/run`);
  await page.evaluate('navigator.serviceWorker.ready');
  await page.reload();
  await page.getByRole('button', { name: 'Khai mạc' }).waitFor();
  await page.waitForLoadState('networkidle');

  await page.context().setOffline(true);
  // what is sent within a minute counts as sent at once: the evening lies two minutes back
  const then = Date.now() - 2 * MINUTE_MS;
  await page.clock.setFixedTime(then);
  const work = await countWork(page);
  await page.getByRole('button', { name: 'Khai mạc' }).click();
  await page.getByText(/Phần 1\/\d+/).waitFor();
  await page.getByRole('button', { name: 'Còn lại đều có mặt' }).click();
  await page.getByRole('button', { name: 'Chưa ghi: 0' }).waitFor();
  await page.getByRole('button', { name: /^Đã đếm, đúng \d+ người$/ }).click();
  await page.getByText(/^Khớp: đã đếm \d+ người$/).waitFor();
  await page.getByRole('button', { name: 'Sang phần sau' }).click();
  await page.getByText(/Phần 2\/\d+/).waitFor();
  await shot(page, 'offline-step');

  await page.getByRole('tab', { name: /Biểu quyết/ }).click();
  await page.getByText('Chưa có mạng: giơ tay tại chỗ').waitFor();
  await page.getByLabel('Việc biểu quyết').selectOption('conclusion');
  await page.getByRole('textbox', { name: 'Câu hỏi' }).fill('Thông qua kết luận tháng này?');
  await page.getByLabel(/^Đồng ý/).fill('4');
  await page.getByLabel(/^Không đồng ý/).fill('1');
  await accessible(page);
  await shot(page, 'offline-hands');
  await looking(page, { theme: 'dark', text: '200' });
  await accessible(page);
  await fits(page, 'with letters of 200 %');
  await shot(page, 'offline-hands-200');
  await looking(page, { theme: 'light', text: '100' });
  await page.getByRole('button', { name: 'Ghi kết quả' }).click();
  await page.getByText('Điện thoại 0, giơ tay 5').waitFor();
  await shot(page, 'offline-counted');

  await page.getByRole('tab', { name: /Ý kiến/ }).click();
  await page.getByLabel('Đồng chí', { exact: true }).selectOption(elder.memberId);
  await page.getByRole('textbox', { name: 'Ý kiến' }).fill('Sửa đường trước mùa mưa.');
  await page.getByRole('button', { name: 'Ghi ý kiến' }).click();
  await page.getByText('Sửa đường trước mùa mưa.').waitFor();

  await page.reload();
  await page.getByText(/Phần 2\/\d+/).waitFor();
  await page.getByText(/lượt ghi đã giữ trên máy/).waitFor();
  await accessible(page);
  await page.getByRole('link', { name: 'Kết thúc' }).click();
  await page.getByLabel('Kết luận', { exact: true }).fill('Nhất trí sửa đường.');
  await page.getByRole('button', { name: 'Lưu, sang phân công' }).click();
  await page.getByRole('heading', { name: 'Phân công nhiệm vụ' }).waitFor();
  await page.getByRole('link', { name: /Bế mạc/ }).click();
  await page.getByRole('button', { name: 'Bế mạc', exact: true }).click();
  // drafted on this phone, to be read out
  await page.getByText('Nhất trí sửa đường.').waitFor();
  await page.getByText(/Đồng ý 4, không đồng ý 1/).waitFor();
  await shot(page, 'offline-minutes');
  await page.getByRole('link', { name: /Bế mạc/ }).click();
  await page.getByText('Đã bế mạc').waitFor();
  await accessible(page);
  await shot(page, 'offline-closed');
  console.log(`a whole meeting without a network: ${work.taps} taps`);
  const before = await must('the desk', secretary.ask(deskOf, one));
  expect([before.meeting.state, before.roll]).toEqual(['published', []]);

  await page.clock.setFixedTime(Date.now());
  await page.context().setOffline(false);
  await page.evaluate(`window.dispatchEvent(new Event('online'))`);
  // a vote binds others: the phone asks for the PIN before it goes on sending
  await page.getByRole('button', { name: 'Nhập mã PIN' }).click();
  await shot(page, 'offline-pin');
  await page.getByLabel('Mã PIN', { exact: true }).fill(account('branch_secretary').pin ?? '');
  await page.getByRole('button', { name: 'Xác nhận' }).click();
  await page.getByText('Cần mã PIN để gửi').waitFor({ state: 'detached' });
  await expect.poll(async () => (await must('the desk', secretary.ask(deskOf, one))).meeting.state).toBe('closed');
  const { meeting, roll, opinions, conclusion } = await must('the desk', secretary.ask(deskOf, one));
  if (meeting.state !== 'closed') throw new Error('the meeting is not closed');
  const near = (at: string) => Math.abs(Date.parse(at) - then) < MINUTE_MS / 2;
  expect([meeting.startedAt, meeting.endedAt, ...meeting.steps.map(({ at }) => at)].filter((at) => !near(at))).toEqual(
    [],
  );
  expect(meeting).toMatchObject({
    endSentLater: expect.any(String),
    steps: [{ sentLater: expect.any(String) }, { sentLater: expect.any(String) }],
    headCount: roll.filter(({ status }) => status === 'present').length + meeting.guests.length,
    polls: [
      { state: 'published', sentLater: expect.any(String), result: { hands: { agree: 4, disagree: 1, other: 0 } } },
    ],
  });
  expect(roll.length).toBeGreaterThan(5);
  expect(roll.filter(({ at, sentLater }) => !sentLater || !near(at))).toEqual([]);
  expect(opinions).toMatchObject([{ memberId: elder.memberId as MemberId, text: 'Sửa đường trước mùa mưa.' }]);
  expect(conclusion).toMatchObject({ conclusion: 'Nhất trí sửa đường.' });
  const { sections } = await must('the draft', secretary.ask(draft, one));
  expect(JSON.stringify(sections)).toContain('Đồng ý 4, không đồng ý 1');
  await page.goto(`/meetings/${meetingId}/run`);
  await page.getByText('Ghi khi chưa có mạng, gửi lên').waitFor();
  await shot(page, 'offline-came-in');
  await liveShows(page, unitId, `/meetings/${meetingId}`, ({ state }) => state === 'closed');
  await page.goto(`/meetings/${meetingId}`);
  await page.getByText(/Đã kết thúc/).waitFor();
  await shot(page, 'offline-after');
});
