import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { anEncryptedPdf } from '../../functions/documents/testing.ts';
import { accessible, account, asStaff, desk, shot, useBrowser } from './journey.ts';
import { newSeed } from './papers.ts';
import { chooser } from './review.ts';

useBrowser();

let clerk: Page;
beforeAll(async () => {
  clerk = await asStaff(await desk(), account('office_officer'));
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
    // put away for good, or the next visit would find it again
    await chooser(page).waitFor({ state: 'attached' });
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
