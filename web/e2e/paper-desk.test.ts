import { readFileSync } from 'node:fs';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Page, Request } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fold } from '#shared/kernel/vietnamese.ts';
import type { MadeUpPaper } from '../../functions/documents/testing.ts';
import { accessible, account, asStaff, bySlip, desk, inSteps, phone, settled, shot, useBrowser } from './journey.ts';
import { type Handed, hashOf, newSeed, noisyScan } from './papers.ts';
import { chooser, correctFields, headOf, publish, reading } from './review.ts';

useBrowser();

/** A paper from the copier of an office to the phones of those who read it: sent, read, corrected, published, found. */
let clerk: Page;
let member: Page;

beforeAll(async () => {
  member = await bySlip(await phone(), account('elder'));
  clerk = await asStaff(await desk(), account('office_officer'));
});

const wordsOf = (text: string): string[] => text.split(/[^a-z0-9]+/).filter((word) => word !== '');

describe("a clerk's desk", () => {
  inSteps();
  const seed = newSeed();
  let paper: MadeUpPaper;
  let file: Handed;

  beforeAll(async () => {
    ({ paper, file } = await noisyScan(seed, 3));
  });

  test('sends a heavy scan in parts; cut off in the middle and reloaded, it goes on where it was', async () => {
    const page = clerk;
    const parts = Math.ceil(file.buffer.length / (5 * 1024 * 1024));
    expect(parts).toBeGreaterThan(1);
    const arrived: string[] = [];
    const partOf = (request: Request) => new URL(request.url()).searchParams.get('partNumber');
    page.on('requestfinished', (request) => {
      const part = partOf(request);
      if (request.method() === 'PUT' && part) arrived.push(part);
    });
    const isPart = (url: URL) => url.searchParams.has('partNumber');
    // the line breaks behind the first part, whoever hears first that it has arrived
    await page.route(isPart, (route, request) =>
      partOf(request) === '1' ? route.continue() : route.abort('connectionreset'),
    );
    try {
      await page.goto('/documents/add');
      await accessible(page);
      await shot(page, 'paper-add-desk');
      await chooser(page).setInputFiles([file]);
      await page.getByText('Đang chờ mạng. Phần đã gửi vẫn được giữ.').waitFor();
      await expect.poll(() => arrived).toEqual(['1']);
      await shot(page, 'paper-cut');
      await page.reload();
      await page.getByText('Đang chờ mạng. Phần đã gửi vẫn được giữ.').waitFor();
    } finally {
      await page.unroute(isPart);
    }
    await page.waitForURL(/\/documents\/review\//, { timeout: 60_000 });
    // part 1 was not sent a second time
    expect(arrived.toSorted()).toEqual(Array.from({ length: parts }, (_, at) => String(at + 1)));
  });

  test('shows how far the reading is, and what was read beside the picture', async () => {
    const page = clerk;
    await page.getByRole('progressbar', { name: 'Trang đã đọc' }).or(page.getByLabel('Số, ký hiệu')).waitFor(reading);
    await shot(page, 'paper-reading');
    await page.getByLabel('Số, ký hiệu').waitFor(reading);
    await page.getByRole('img', { name: 'Ảnh trang 1' }).waitFor();
    await accessible(page);
    await shot(page, 'paper-review');
  });

  test('says when the machine stopped, and reads again on one press', async () => {
    const page = clerk;
    const isOpen = (url: URL) => /^\/api\/documents\/[^/]+\/papers\/[^/]+$/.test(url.pathname);
    await page.route(isOpen, async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      const paperThere = { ...body.paper, state: 'reading', stuck: true };
      await route.fulfill({ response: answer, json: { ...body, paper: paperThere, pagesRead: 2 } });
    });
    await page.reload();
    await page.getByText('Máy dừng đọc giữa chừng').waitFor();
    await accessible(page);
    await shot(page, 'paper-stuck');
    const asked = page.waitForRequest((request) => request.url().endsWith('/read-again'));
    await page.getByRole('button', { name: 'Đọc lại', exact: true }).click();
    expect((await asked).method()).toBe('POST');
    // the page may be asking at this moment: its answer is given before the way is open again
    await page.unrouteAll({ behavior: 'wait' });
    await page.reload();
    await page.getByLabel('Số, ký hiệu').waitFor(reading);
  });

  test('publishes it to the commune and all below', async () => {
    await correctFields(clerk, paper);
    await clerk.getByRole('checkbox', { name: /Kèm một câu hỏi/ }).check();
    await clerk.getByLabel('Câu hỏi', { exact: true }).fill('Văn bản này do ai ban hành?');
    await clerk.getByLabel('Câu trả lời 1').fill('Chi bộ thôn Nam');
    await clerk.getByLabel('Câu trả lời 2').fill(paper.issuer);
    await clerk.getByRole('group', { name: 'Câu đúng' }).getByRole('radio', { name: paper.issuer }).check();
    await accessible(clerk);
    await publish(clerk);
    await settled();
  });

  test('a member below finds it without accents, reads its text first, and sees its picture on a tap', async () => {
    const page = member;
    await page.goto('/documents');
    await page.getByLabel('Tìm tài liệu').fill(`${paper.number.split('-')[0]} ${fold(paper.abstract)}`);
    const found = page.getByRole('link', { name: new RegExp(paper.number) });
    await found.waitFor();
    expect(await found.textContent()).toMatch(/chữ \d/);
    await accessible(page);
    await shot(page, 'paper-found');
    const pictures: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/content/page/')) pictures.push(request.url());
    });
    await found.click();
    await page.getByRole('heading', { level: 1, name: headOf(paper) }).waitFor();
    await page.getByText('trang 1', { exact: false }).first().waitFor();
    expect(pictures).toEqual([]);
    await accessible(page);
    await shot(page, 'paper-text');
    const tap = page.getByRole('button', { name: /Xem ảnh \(\d+ KB\)/ }).first();
    await tap.click();
    const picture = page.getByRole('img', { name: /^Ảnh trang 1/ });
    await picture.waitFor();
    const answer = await page.request.get((await picture.getAttribute('src')) ?? '');
    expect(answer.headers()['content-type']).toBe('image/webp');
    expect((await answer.body()).length).toBeLessThanOrEqual(160_000);
    await accessible(page);
    await shot(page, 'paper-picture');
  });

  test('and answers its question, for which the month has its points; opened again it says so', async () => {
    const page = member;
    const answer = page.getByRole('button', { name: 'Trả lời', exact: true });
    await answer.click();
    await page.getByText('Chọn một câu trả lời.').waitFor();
    await page.getByRole('radio', { name: paper.issuer }).check();
    await answer.click();
    await page.getByText('Đã trả lời đúng').waitFor();
    await page.getByText('Được 5 điểm học tập').waitFor();
    await accessible(page);
    await shot(page, 'paper-answered');
    const address = page.url();
    await settled();
    await page.goto('/points');
    const study = page.locator('dl div').filter({ hasText: 'Đọc và trả lời câu hỏi' });
    await study.waitFor();
    expect(await study.textContent()).toMatch(/[1-9]\d* \/ 20/);
    await page.goto(address);
    await page.getByText('Đã trả lời đúng').waitFor();
    expect(await answer.count()).toBe(0);
    // and without a network this phone knows it too
    await page.context().setOffline(true);
    await page.reload();
    await page.getByText('Đã trả lời đúng').waitFor();
    await page.context().setOffline(false);
  });

  test('the original comes back byte for byte, and its copy can be searched', async () => {
    const saved = async (name: string) => {
      const [download] = await Promise.all([
        member.waitForEvent('download'),
        member.getByRole('button', { name }).click(),
      ]);
      return { bytes: readFileSync(await download.path()), name: download.suggestedFilename() };
    };
    const original = await saved('Tải bản gốc');
    expect(hashOf(original.bytes)).toBe(hashOf(file.buffer));
    expect(original.name).toMatch(/\.pdf$/);
    const copy = await saved('Tải PDF tìm được chữ');
    const pdf = await getDocument({ data: new Uint8Array(copy.bytes), verbosity: 0 }).promise;
    expect(pdf.numPages).toBe(3);
    const { items } = await (await pdf.getPage(1)).getTextContent();
    const text = fold(items.map((item) => ('str' in item ? item.str : '')).join(' '));
    const found = new Set(wordsOf(text));
    const printed = wordsOf(fold([paper.issuer, paper.abstract, ...paper.body].join(' ')));
    // the reader may miss one word of a noisy page, whichever it is
    expect(printed.filter((word) => found.has(word)).length / printed.length).toBeGreaterThan(0.8);
  });
});
