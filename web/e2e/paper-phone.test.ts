import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { madeUpPaper } from '../../functions/documents/testing.ts';
import { accessible, account, bySlip, inSteps, phone, settled, shot, useBrowser } from './journey.ts';
import { type Handed, newSeed, phonePhoto } from './papers.ts';
import { correctFields, headOf, publish, reading } from './review.ts';

useBrowser();

/** A paper from the camera of a phone to the meeting of tonight: photographed, read, corrected, published, seen. */
let secretary: Page;
let member: Page;
/** Address of the paper of tonight's meeting. */
let meetingPaper = '';

beforeAll(async () => {
  secretary = await bySlip(await phone(), account('branch_secretary'));
  member = await bySlip(await phone(), account('elder'));
});

const camera = (page: Page) => page.locator('input[type=file][capture]').first();

describe("a secretary's phone", () => {
  inSteps();
  const seed = newSeed();
  const paper = madeUpPaper(seed);
  let shaken: Handed;
  let sharp: Handed;
  let second: Handed;

  beforeAll(async () => {
    shaken = await phonePhoto(paper, 'trang-1.jpg', true);
    sharp = await phonePhoto(paper, 'trang-1.jpg');
    second = await phonePhoto(madeUpPaper(seed + 1), 'trang-2.jpg');
  });

  test('says at once that a shaken photo will not be readable, and keeps the pages over a reload', async () => {
    const page = secretary;
    await page.goto('/documents');
    await page.getByRole('link', { name: 'Thêm tài liệu' }).click();
    await page.getByText('Chụp ảnh').waitFor();
    await accessible(page);
    await shot(page, 'paper-add');
    await camera(page).setInputFiles([shaken]);
    await page.getByRole('heading', { name: 'Trang 1 bị mờ' }).waitFor();
    expect(await page.getByRole('button', { name: /^Gửi 1 trang/ }).isDisabled()).toBe(true);
    await accessible(page);
    await shot(page, 'paper-blurred');
    await page.locator('input[type=file][capture]').nth(1).setInputFiles([sharp]);
    await page.getByRole('heading', { name: 'Trang 1 bị mờ' }).waitFor({ state: 'detached' });
    await camera(page).setInputFiles([second]);
    await page.getByRole('button', { name: /^Gửi 2 trang/ }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: /^Gửi 2 trang/ }).waitFor();
    expect(await page.getByRole('img', { name: /^Trang \d/ }).count()).toBe(2);
    await accessible(page);
    await shot(page, 'paper-pages');
  });

  test('waits out a lost network, goes on by itself, and shows the pages laid flat beside what was read', async () => {
    const page = secretary;
    await page.context().setOffline(true);
    await page.getByRole('button', { name: /^Gửi 2 trang/ }).click();
    await page.getByText('Đang chờ mạng. Phần đã gửi vẫn được giữ.').waitFor();
    await accessible(page);
    await shot(page, 'paper-waiting');
    await page.context().setOffline(false);
    await page.waitForURL(/\/documents\/review\//);
    await page.getByLabel('Số, ký hiệu').waitFor(reading);
    await page.getByText('Trang này đã được nắn thẳng từ ảnh chụp.').waitFor();
    await page.getByRole('img', { name: 'Ảnh trang 1' }).waitFor();
    await accessible(page);
    await shot(page, 'paper-review-phone');
  });

  test('lets the corners be set by hand, and reads the page anew', async () => {
    const page = secretary;
    await page.getByRole('button', { name: 'Sửa bốn góc' }).click();
    const corner = page.getByRole('button', { name: 'Góc trên bên trái' });
    await corner.waitFor();
    const before = await corner.boundingBox();
    await corner.focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('button', { name: 'Lên', exact: true }).click();
    const after = await corner.boundingBox();
    expect(after?.x).toBeLessThan(before?.x ?? 0);
    expect(after?.y).toBeLessThan(before?.y ?? 0);
    await accessible(page);
    await shot(page, 'paper-corners');
    await page.getByRole('button', { name: 'Nắn thẳng và đọc lại' }).click();
    await page.getByText('Đang đọc chữ trên giấy').waitFor();
    await page.getByLabel('Số, ký hiệu').waitFor(reading);
  });

  test("publishes to tonight's meeting, and it is among the meeting's papers with nothing published by hand", async () => {
    const page = secretary;
    await correctFields(page, paper);
    // other journeys hold meetings of this branch under the same name; one that is not open yet shows its papers on top
    const { unitId } = account('branch_secretary');
    const manifest = await page.request.get(`/content/live/${unitId}/branch.json`);
    const { meetings } = (await manifest.json()) as { meetings: { meetingId: string; state: string }[] };
    const meetingId = meetings.find(({ state }) => state === 'published')?.meetingId;
    if (!meetingId) throw new Error('the seed publishes a meeting for tonight');
    await page.locator(`input[type=radio][value="${meetingId}"]`).check();
    await accessible(page);
    await publish(page);
    await accessible(page);
    await shot(page, 'paper-published');
    await settled();
    await member.goto(`/meetings/${meetingId}`);
    const link = member.getByRole('link', { name: new RegExp(paper.number) });
    await link.waitFor({ timeout: 60_000 });
    await link.click();
    await member.getByRole('heading', { level: 1, name: headOf(paper) }).waitFor();
    await member
      .getByText(paper.body[0]?.split(',')[0] ?? '')
      .first()
      .waitFor();
    meetingPaper = new URL(member.url()).pathname;
  });

  test('a member of another branch is shown nothing of a paper of this one', async () => {
    const stranger = await bySlip(await phone(), account('other_branch_member'));
    await stranger.goto(meetingPaper);
    await stranger.getByRole('alert').waitFor();
    await accessible(stranger);
  });
});
