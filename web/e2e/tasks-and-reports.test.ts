import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { open } from '#shared/meetings/contract.ts';
import { must } from '../../infra/load/population.ts';
import { linesOf } from '../../infra/local/word-text.ts';
import { announcedNow } from './hall.ts';
import { accessible, account, asStaff, bySlip, desk, phone, settled, shot, useBrowser } from './journey.ts';

useBrowser();

describe('a task of the branch', () => {
  const work = `Vận động ba hộ dân hiến đất làm đường thôn ${Date.now()}`;

  test('is given by the secretary, reported on by its owner, looked at by the branch, and stays until it is done', async () => {
    const secretary = await bySlip(await phone(), account('branch_secretary'));
    const owner = account('member', ({ unitId }) => unitId === account('branch_secretary').unitId);
    await secretary.goto('/tasks');
    await secretary.getByRole('link', { name: 'Nhiệm vụ của chi bộ' }).click();
    await secretary.getByRole('link', { name: 'Giao nhiệm vụ' }).first().click();
    await secretary.getByRole('button', { name: 'Giao nhiệm vụ' }).click();
    await secretary.getByText('Ghi việc cần làm.').waitFor();
    await accessible(secretary);
    await secretary.getByLabel('Việc cần làm').fill(work);
    await secretary.getByLabel('Người thực hiện').selectOption({ label: owner.name });
    await secretary.getByLabel('Số nghị quyết, kết luận').fill('05-NQ/CB');
    await shot(secretary, 'task-give');
    await secretary.getByRole('button', { name: 'Giao nhiệm vụ' }).click();
    await secretary.getByRole('button', { name: work }).waitFor();
    await accessible(secretary);

    const member = await bySlip(await phone(), owner);
    await member.goto('/tasks');
    const card = member.locator('section, article').filter({ hasText: work }).last();
    await card.getByText('Nghị quyết số 05-NQ/CB').waitFor();
    await card.getByRole('button', { name: 'Báo tiến độ' }).click();
    await card.getByText('Được một nửa (50%)').click();
    await card.getByLabel('Nói thêm').fill('Đã vận động hai hộ');
    await accessible(member);
    await shot(member, 'task-report');
    await card.getByRole('button', { name: 'Gửi tiến độ' }).click();
    await member.getByText('Đã lưu').first().waitFor();
    await card.getByText('· 50%').waitFor();

    await secretary.reload();
    await secretary.getByRole('button', { name: work }).click();
    await secretary.getByText('Báo 50%: Đã vận động hai hộ').waitFor();
    await secretary.locator('label').filter({ hasText: 'Chưa xong' }).click();
    await secretary.getByRole('button', { name: 'Lưu kết quả' }).click();
    await secretary.getByRole('alert').getByText('Chưa ghi lý do').waitFor();
    await secretary.getByLabel('Vì sao?').fill('Hộ thứ ba đi vắng');
    await shot(secretary, 'task-settle');
    await secretary.getByRole('button', { name: 'Lưu kết quả' }).click();
    await secretary.getByText('Chưa xong: Hộ thứ ba đi vắng').waitFor();
    await accessible(secretary);

    await member.goto('/tasks');
    await member.getByText(work).waitFor();

    // it comes back to the next meeting: all read how it stands, the branch looks at it again, and the mark counts it
    const { secretary: by, ...next } = await announcedNow();
    await member.goto(`/meetings/${next.meetingId}`);
    await member.getByText('Kết quả nhiệm vụ đã giao cho từng đảng viên').click();
    await member.getByText(new RegExp(`${work}, hạn .*; chưa xong, lý do: Hộ thứ ba đi vắng`)).waitFor();
    await accessible(member);
    await member.getByText(work).scrollIntoViewIfNeeded();
    await shot(member, 'task-agenda');
    await must('open', by.ask(open, next));
    await secretary.goto(`/meetings/${next.meetingId}/end?at=tasks`);
    const look = secretary.getByRole('group', { name: `Kết quả: ${work}, ${owner.name}` });
    await secretary.getByText('Báo 50%: Đã vận động hai hộ').waitFor();
    await look.getByRole('button', { name: 'Đã xong' }).click();
    await look.waitFor({ state: 'detached' });
    await accessible(secretary);
    await secretary.getByText(work).scrollIntoViewIfNeeded();
    await shot(secretary, 'task-carried');
    await settled();
    await secretary.goto(`/meetings/${next.meetingId}/end?at=rating`);
    await secretary.getByText(/^\d+ việc đến hạn$/).waitFor();
    await secretary.getByText(/^Đã xong \d+% việc đến hạn$/).waitFor();
    expect(await secretary.getByLabel(/^6\. /).inputValue()).not.toBe('');

    await member.goto('/tasks');
    await member.getByRole('heading', { level: 1 }).waitFor();
    const above = await asStaff(await desk(), account('committee_assistant'));
    await above.goto('/tasks/above');
    await above.getByRole('tab', { name: /Theo chi bộ/ }).click();
    const branch = above.getByRole('row').filter({ hasText: 'Chi bộ thôn Nam' });
    await branch
      .getByRole('cell', { name: /^[1-9]\d*$/ })
      .first()
      .waitFor();
    await accessible(above);
    await shot(above, 'task-above');
  });
});

describe('my points', () => {
  test('stand in my own place, month by month, with the total of the branch and no list of persons', async () => {
    const page = await bySlip(await phone(), account('other_branch_member'));
    await page.goto('/me');
    await page.getByRole('link', { name: 'Điểm học tập của tôi' }).click();
    await page.getByText('Cả chi bộ trong tháng').waitFor();
    await page.getByText('/ 40 điểm').waitFor();
    await accessible(page);
    await shot(page, 'points');
    expect(await page.getByRole('table').count()).toBe(0);
  });
});

describe('the organisation above', () => {
  let office: Page;
  beforeAll(async () => {
    office = await asStaff(await desk(), account('office_officer'));
  });

  test('sees which branches meet this evening', async () => {
    await office.goto('/reports');
    await office.getByText('Số liệu lúc').waitFor();
    await office
      .getByRole('row')
      .filter({ hasText: 'Chi bộ thôn Nam' })
      .getByText(/Đã có lịch|Đang|Đã sinh/)
      .first()
      .waitFor();
    await accessible(office);
    await shot(office, 'evening');
  });

  test('reads the progress report with each definition one tap away, and takes it along as Word with the same figures', async () => {
    await office.getByRole('link', { name: 'Báo cáo tiến độ' }).click();
    await office.getByRole('heading', { name: 'Chi bộ đã sinh hoạt trên sổ tay' }).waitFor();
    const cards = office.locator('.figures section');
    await cards.first().getByText('Cách tính').click();
    await cards.first().getByText('Đảng viên đang thuộc các chi bộ').waitFor();
    await accessible(office);
    await shot(office, 'progress');
    // on paper stand the figures and what was opened of their definitions, and nothing to press
    await office.emulateMedia({ media: 'print' });
    expect(await office.getByLabel('Từ ngày').isVisible()).toBe(false);
    expect(await office.getByRole('button').filter({ visible: true }).count()).toBe(0);
    expect(await cards.nth(1).getByText('Cách tính').isVisible()).toBe(false);
    expect(await cards.first().getByText('Đảng viên đang thuộc các chi bộ').isVisible()).toBe(true);
    await office.emulateMedia({ media: null });
    const shown = await cards.evaluateAll((all) =>
      all.map((one) => ({
        name: one.querySelector('h2')?.textContent?.trim() ?? '',
        value: one.querySelector('.value')?.textContent?.trim() ?? '',
      })),
    );
    expect(shown).toHaveLength(13);

    await office.getByRole('button', { name: 'Xuất báo cáo' }).click();
    await office.getByText('Điền ô này để báo cáo đủ thể thức.').first().waitFor();
    await office.getByLabel('Nơi ban hành').fill('Đông Hải');
    await office.getByLabel('Chức vụ người ký').fill('Chánh Văn phòng');
    await office.getByLabel('Họ tên người ký').fill('Bùi Quang Hải');
    await office.getByLabel('III.1. Kết quả').fill('Các chi bộ duy trì nền nếp.');
    const [download] = await Promise.all([
      office.waitForEvent('download'),
      office.getByRole('button', { name: 'Xuất báo cáo' }).click(),
    ]);
    await office.getByText('Đã tạo tệp Word').waitFor();
    await accessible(office);
    const lines = linesOf(readFileSync(await download.path()));
    expect(lines).toContain('Các chi bộ duy trì nền nếp.');
    for (const { name, value } of shown)
      expect(lines.filter((line) => line.startsWith(`- ${name}: ${value}`))).toHaveLength(1);
  });
});
