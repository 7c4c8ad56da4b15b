import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Page, Request } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { documentType } from '#shared/documents/model.ts';
import type { Day } from '#shared/kernel/time.ts';
import { fold } from '#shared/kernel/vietnamese.ts';
import { anEncryptedPdf, type MadeUpPaper, madeUpPaper } from '../../functions/documents/testing.ts';
import { dayInFull } from '../src/lib/format.ts';
import { accessible, account, asStaff, bySlip, desk, phone, settled, shot, useBrowser } from './journey.ts';
import { type Handed, hashOf, newSeed, noisyScan, phonePhoto } from './papers.ts';

useBrowser();

/** A paper from the camera or the copier to the phones of those who read it: sent, read, corrected, published, found. */
let secretary: Page;
let clerk: Page;
let member: Page;
/** Address of the paper of tonight's meeting. */
let meetingPaper = '';

/** Some pages, on a machine that reads them one by one. */
const reading = { timeout: 90_000 };

beforeAll(async () => {
  secretary = await bySlip(await phone(), account('branch_secretary'));
  member = await bySlip(await phone(), account('elder'));
  clerk = await asStaff(await desk(), account('office_officer'));
});

const camera = (page: Page) => page.locator('input[type=file][capture]').first();
const chooser = (page: Page) => page.locator('input[type=file]:not([capture])');

const wordsOf = (text: string): string[] => text.split(/[^a-z0-9]+/).filter((word) => word !== '');

/** Each field is right, or the page says to look; then it is made right. */
const correctFields = async (page: Page, paper: MadeUpPaper): Promise<void> => {
  const fields = [
    { label: 'Số, ký hiệu', printed: paper.number },
    { label: 'Ngày ban hành', printed: paper.day },
  ];
  for (const { label, printed } of fields) {
    const field = page.getByLabel(label);
    const read = await field.inputValue();
    const hint = await page.locator(`#${await field.getAttribute('aria-describedby')}`).textContent();
    if (read !== printed) expect(hint, `${label}: ${read} for ${printed}`).toMatch(/chưa chắc|không thấy/);
    await field.fill(printed);
  }
  // a browser in English shows the month first: the day stands below in our own words
  await page.getByText(dayInFull(paper.day as Day), { exact: true }).waitFor();
  await page.getByLabel('Loại văn bản').selectOption(paper.type.id);
  await page.getByLabel('Nơi ban hành').fill(paper.issuer);
  await page.getByLabel('Trích yếu').fill(paper.abstract);
};

const publish = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Phát hành', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Phát hành', exact: true }).click();
  await page.getByText('Đã phát hành').first().waitFor();
};

const headOf = ({ type, number }: MadeUpPaper): string => `${documentType(type.id as 'plan').name} ${number}`;

describe("a secretary's phone", () => {
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
    const { unitId } = account('branch_secretary');
    const manifest = await page.request.get(`/content/live/${unitId}/branch.json`);
    const { meetings } = (await manifest.json()) as { meetings: { meetingId: string; title: string; state: string }[] };
    const tonight = meetings.find(({ state }) => state === 'published' || state === 'open');
    if (!tonight) throw new Error('the seed publishes a meeting for tonight');
    await correctFields(page, paper);
    await page
      .getByRole('radio', { name: new RegExp(`Buổi ${tonight.title}`) })
      .first()
      .check();
    await accessible(page);
    await publish(page);
    await accessible(page);
    await shot(page, 'paper-published');
    await settled(60);
    await member.goto(`/meetings/${tonight.meetingId}`);
    const link = member.getByRole('link', { name: new RegExp(paper.number) });
    await link.waitFor({ timeout: 45_000 });
    await link.click();
    await member.getByRole('heading', { level: 1, name: headOf(paper) }).waitFor();
    await member
      .getByText(paper.body[0]?.split(',')[0] ?? '')
      .first()
      .waitFor();
    meetingPaper = new URL(member.url()).pathname;
  });
});

test('a member of another branch is shown nothing of a paper of this one', async () => {
  const stranger = await bySlip(await phone(), account('other_branch_member'));
  await stranger.goto(meetingPaper);
  await stranger.getByRole('alert').waitFor();
  await accessible(stranger);
});

describe("a clerk's desk", () => {
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
    await page.unroute(isOpen);
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
    await settled(60);
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

  test('and answers its question, for which the month has its points', async () => {
    const page = member;
    const answer = page.getByRole('button', { name: 'Trả lời', exact: true });
    await answer.click();
    await page.getByText('Chọn một câu trả lời.').waitFor();
    await page.getByRole('radio', { name: paper.issuer }).check();
    await answer.click();
    await page.getByText('Đúng rồi').waitFor();
    await accessible(page);
    await shot(page, 'paper-answered');
    const address = page.url();
    await settled(60);
    await page.goto('/points');
    const study = page.locator('dl div').filter({ hasText: 'Đọc và trả lời câu hỏi' });
    await study.waitFor();
    expect(await study.textContent()).toMatch(/[1-9]\d* \/ 20/);
    await page.goto(address);
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

describe('a file that is no paper is refused in one clear sentence', () => {
  const png = (width: number) => {
    const head = Buffer.alloc(33);
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]).copy(head);
    head.write('IHDR', 12, 'latin1');
    head.writeUInt32BE(width, 16);
    head.writeUInt32BE(width, 20);
    return Buffer.concat([head, Buffer.from([0, 0, 0, 0]), Buffer.from('IEND', 'latin1'), Buffer.alloc(4)]);
  };
  const mark = Buffer.from(String(newSeed()));

  test.each([
    [
      'a PDF with a password',
      'mat-khau.pdf',
      () => Buffer.concat([Buffer.from(anEncryptedPdf()), mark]),
      'Tệp PDF này có mật khẩu nên không đọc được.',
    ],
    [
      'a broken PDF',
      'hong.pdf',
      () => Buffer.concat([Buffer.from('%PDF-1.7\n'), mark]),
      'Tệp bị hỏng nên không mở được.',
    ],
    [
      'a program under the name of a PDF',
      'nghi-quyet.pdf',
      () => Buffer.concat([Buffer.from('MZ\x90\x00'), mark]),
      'Tệp này không phải PDF, ảnh JPG hay PNG.',
    ],
    [
      'an archive under the name of a photo',
      'anh.jpg',
      () => Buffer.concat([Buffer.from('PK\x03\x04'), mark, Buffer.alloc(100_000)]),
      'Tệp này không phải PDF, ảnh JPG hay PNG.',
    ],
    ['a picture of too many pixels', 'anh.png', () => Buffer.concat([png(60_000), mark]), 'Ảnh có kích thước quá lớn.'],
    ['nothing', 'trong.pdf', () => Buffer.alloc(0), 'Tệp này không có nội dung.'],
  ])('%s', async (_, name, make, sentence) => {
    const page = clerk;
    await page.goto('/documents/add');
    await chooser(page).setInputFiles([{ name, mimeType: 'application/pdf', buffer: make() }]);
    await page.getByRole('alert').getByText(sentence).waitFor({ timeout: 60_000 });
    await accessible(page);
    await shot(page, `paper-refused-${name}`);
    if (!page.url().endsWith('/add')) return;
    // the same file again would be refused again
    expect(await page.getByRole('button', { name: 'Gửi tiếp' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Bỏ, chọn lại' }).click();
  });

  test('more than 50 MB is refused before a byte is sent', async () => {
    const page = clerk;
    await page.goto('/documents/add');
    // over the limit of one message to the browser: it comes from the disk, as a person's file does
    const folder = mkdtempSync(join(tmpdir(), 'handbook-large-'));
    try {
      writeFileSync(join(folder, 'nang.pdf'), Buffer.alloc(50 * 1024 * 1024 + 1));
      await chooser(page).setInputFiles(join(folder, 'nang.pdf'));
      await page
        .getByRole('alert')
        .getByText(/Tệp nang\.pdf nặng/)
        .waitFor();
    } finally {
      rmSync(folder, { recursive: true });
    }
    await accessible(page);
  });
});
