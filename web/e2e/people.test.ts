import { readFileSync } from 'node:fs';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Download, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { xlsxOf } from '../src/lib/sheet-file.ts';
import { readSheets } from '../src/routes/(app)/members/import/reading.ts';
import { accessible, account, asStaff, desk, phone, shot, useBrowser } from './journey.ts';

useBrowser();

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const headings = [
  'STT',
  'Điện thoại',
  'Số CCCD',
  'Họ và tên khai sinh',
  'Giới tính',
  'Ngày, tháng, năm sinh',
  'Chi bộ đang sinh hoạt',
  'Đảng bộ cơ sở',
  'Ngày vào Đảng',
  'Ngày chính thức',
];
const branch = ['Chi bộ thôn Đoài', 'Đảng bộ xã Đông Hải'];
const good = [
  '1',
  '+84 912 345 991',
  '35160990123',
  'NGUYỄN THỊ ỬNG',
  'Nữ',
  '3/2/1960',
  ...branch,
  '19/5/1985',
  '19/5/1986',
];
const bad = ['2', '12', '035060990124', 'Trần Văn Sai', 'Nam', '31/2/1960', ...branch, '19/5/1985', '19/5/1986'];
const file = (lines: readonly (readonly string[])[]) => ({
  name: 'danh-sach.xlsx',
  mimeType: XLSX,
  buffer: Buffer.from(xlsxOf({ name: 'Đảng viên', lines })),
});
const bytesOf = async (download: Download): Promise<Uint8Array> => new Uint8Array(readFileSync(await download.path()));

let page: Page;
beforeAll(async () => {
  const officer = account('system_admin');
  page = await asStaff(await desk(), officer);
  await page.waitForURL('**/members'); // who oversees no meetings begins with his people
});

const importFile = async (lines: readonly (readonly string[])[]): Promise<void> => {
  await page.goto('/members/import');
  await page.locator('input[type=file]').setInputFiles(file(lines));
  await page.getByRole('button', { name: 'Kiểm tra từng dòng' }).click();
  await page.getByRole('heading', { name: '3. Xem trước' }).waitFor();
};

describe('staff bring people in', () => {
  it('names every bad line and why, takes the good ones, hands back the bad ones, and doubles nothing', async () => {
    await importFile([['ĐẢNG BỘ XÃ ĐÔNG HẢI'], ['DANH SÁCH ĐẢNG VIÊN'], headings, good, bad]);
    const status = page.getByRole('status').filter({ hasText: 'thêm mới' });
    expect(await status.textContent()).toMatch(/1 thêm mới, 0 cập nhật, 0 không đổi,\s+1 chưa nhận/);
    const wrong = await page.getByRole('row', { name: /Trần Văn Sai/ }).textContent();
    expect(wrong).toMatch(/Ngày sinh không đúng/);
    expect(wrong).toMatch(/Số điện thoại không đúng/);
    expect(await page.getByRole('row', { name: /NGUYỄN THỊ ỬNG/ }).textContent()).toMatch(/Đã thêm lại số 0/);
    await accessible(page);
    await shot(page, 'import-preview');

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Tải 1 dòng cần sửa' }).click(),
    ]);
    const sheets = await readSheets('can-sua.xlsx', await bytesOf(download));
    if (!sheets.ok) throw new Error(sheets.code);
    const [head = [], line = []] = sheets.value[0]?.lines ?? [];
    expect(head.at(-1)).toBe('Lỗi cần sửa');
    expect(line.slice(0, 5)).toEqual(bad.slice(0, 5));

    await page.getByRole('button', { name: 'Nhập 1 dòng' }).click();
    await page.getByRole('heading', { name: '4. Kết quả' }).waitFor();
    // corrected in the file that came back, and sent again with the line that was taken already
    const corrected = line.map((text, index) => (index === 1 ? '0912345992' : index === 5 ? '28/2/1960' : text));
    await importFile([[...head], good, corrected]);
    expect(await status.textContent()).toMatch(/1 thêm mới, 0 cập nhật, 1 không đổi,\s+0 chưa nhận/);
    await page.getByRole('button', { name: 'Nhập 1 dòng' }).click();
    await page.getByRole('heading', { name: '4. Kết quả' }).waitFor();
    await importFile([headings, good, corrected.slice(0, headings.length)]);
    expect(await status.textContent()).toMatch(/0 thêm mới, 0 cập nhật, 2 không đổi,\s+0 chưa nhận/);
  });

  it('finds them in their branch, with numbers covered until the whole record is asked for', async () => {
    await page.goto('/members');
    await page.getByLabel('Tìm tổ chức').fill('thon doai');
    await page.getByRole('link', { name: 'Chi bộ thôn Đoài, Đảng bộ xã Đông Hải' }).click();
    await page.getByRole('heading', { level: 1, name: 'Chi bộ thôn Đoài' }).waitFor();
    await accessible(page);
    await shot(page, 'members');
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByLabel('Tìm tổ chức').isVisible()).toBe(false);
    expect(await page.getByRole('row', { name: /Nguyễn Thị Ửng/ }).isVisible()).toBe(true);
    await page.emulateMedia({ media: null });
    // a date is looked for as it is read, and the list goes along as it stands
    await page.getByRole('button', { name: 'Lọc' }).click();
    await page.getByLabel('Lọc Ngày sinh').fill('3/2/1960');
    const [list] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Tải Excel' }).click(),
    ]);
    expect(list.suggestedFilename()).toBe('dang-vien-chi-bo-thon-doai.xlsx');
    const kept = await readSheets(list.suggestedFilename(), await bytesOf(list));
    if (!kept.ok) throw new Error(kept.code);
    const [heads = [], ...found] = kept.value[0]?.lines ?? [];
    expect(heads.slice(0, 2)).toEqual(['Họ và tên', 'Ngày sinh']);
    expect(found.map((line) => line.slice(0, 2))).toContainEqual(['Nguyễn Thị Ửng', '3/2/1960']);
    await page.getByRole('button', { name: 'Bỏ lọc' }).click();
    await page.getByRole('button', { name: 'Nguyễn Thị Ửng' }).click();
    const panel = page.getByRole('region', { name: 'Hồ sơ Nguyễn Thị Ửng' });
    expect(await panel.textContent()).not.toContain('035160990123');
    await panel.getByRole('button', { name: 'Xem đủ hồ sơ' }).click();
    await panel.getByText('035160990123').waitFor();
    await accessible(page);
    await page.getByRole('link', { name: 'Nhật ký' }).click();
    await page
      .getByRole('row', { name: /xem hồ sơ.*Nguyễn Thị Ửng/ })
      .first()
      .waitFor();
    await accessible(page);
  });

  it('prints slips, and the one on paper lets its member in', async () => {
    await page.goBack();
    await page.getByRole('link', { name: 'In phiếu' }).click();
    await page.getByRole('button', { name: /^In \d+ phiếu$/ }).waitFor();
    await page.getByRole('button', { name: 'Bỏ chọn hết' }).click();
    expect(await page.getByRole('button', { name: 'In 0 phiếu' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Chọn hết' }).click();
    await accessible(page);
    await shot(page, 'slips');
    // hers alone: a new slip voids the one that another journey signs somebody else of the branch in with
    await page.getByRole('button', { name: 'Bỏ chọn hết' }).click();
    await page.getByRole('checkbox', { name: /Nguyễn Thị Ửng/ }).check();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /^In \d+ phiếu$/ }).click(),
    ]);
    const pdf = await getDocument({ data: await bytesOf(download), verbosity: 0 }).promise;
    const texts = await Promise.all(
      Array.from({ length: pdf.numPages }, async (_, index) => {
        const { items } = await (await pdf.getPage(index + 1)).getTextContent();
        return items
          .map((item) => ('str' in item ? item.str : ''))
          .join(' ')
          .normalize('NFC');
      }),
    );
    const slip = texts.find((text) => text.includes('Nguyễn Thị Ửng'));
    expect(slip).toContain('Chi bộ thôn Đoài');
    expect(slip).toMatch(/Người hỗ trợ: /);
    const code = /([2-9A-Z]{4} [2-9A-Z]{4})/.exec(slip ?? '')?.[1] ?? '';

    const hers = await phone();
    await hers.goto('/sign-in');
    await hers.getByLabel('Mã trên phiếu').fill(code);
    await hers.getByLabel('Năm sinh').fill('1960');
    await hers.getByRole('button', { name: 'Tiếp tục' }).click();
    await hers.getByText('Nguyễn Thị Ửng').first().waitFor();
    await hers.getByRole('button', { name: 'Đúng là tôi' }).click();
    await hers.waitForURL((url) => !url.pathname.startsWith('/sign-in'));

    await hers.goto('/members/record');
    await hers.getByText('035160990123').waitFor();
    await accessible(hers);
    await shot(hers, 'own-record');
    await hers.getByRole('button', { name: 'Sửa Điện thoại' }).click();
    await hers.getByLabel('Đúng ra là').fill('0912 345 993');
    await hers.getByRole('button', { name: 'Gửi đề nghị' }).click();
    await hers.getByText('Đã gửi đề nghị').waitFor();
  });

  it('put a correction that a member asked for into the record', async () => {
    await page.goto('/members/corrections');
    await page.getByRole('heading', { name: 'Nguyễn Thị Ửng: Điện thoại' }).waitFor();
    await accessible(page);
    await shot(page, 'corrections');
    await page.getByRole('button', { name: 'Sửa vào hồ sơ' }).first().click();
    await page.getByRole('tab', { name: /Đã trả lời/ }).click();
    await page.getByText('Đã sửa vào hồ sơ').first().waitFor();
  });

  it('see who holds which role', async () => {
    await page.goto('/members/roles');
    await page.getByRole('heading', { name: 'Đặng Văn Tổ' }).waitFor();
    await accessible(page);
    await shot(page, 'roles');
    // one press takes nothing from anybody
    const card = page.getByRole('article', { name: 'Ngô Thị Ánh Tuyết' });
    for (const press of ['Thôi vai trò', 'Cấp lại mật khẩu']) {
      await card.getByRole('button', { name: press }).click();
      await page.getByRole('dialog').getByText('Ngô Thị Ánh Tuyết').waitFor();
      await accessible(page);
      await page.getByRole('button', { name: 'Để nguyên' }).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
    await page.reload();
    await card.waitFor();
    // among nine hundred names one is looked for
    await page.getByLabel('Tìm tên').fill('ngo thi anh tuyet');
    expect(await page.getByLabel('Đồng chí').locator('option').allTextContents()).toEqual([
      'Chọn…',
      expect.stringContaining('Ngô Thị Ánh Tuyết'),
    ]);
  });
});
