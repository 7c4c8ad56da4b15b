import { readFileSync } from 'node:fs';
import Papa from 'papaparse';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { xlsxOf } from '../src/lib/sheet-file.ts';
import { readSheets } from '../src/routes/(app)/members/import/reading.ts';
import { accessible, account, asStaff, desk, shot, useBrowser } from './journey.ts';

useBrowser();

/** Organisations from a file of any shape into the tree, and people from files of old machines into them. */
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const parent = 'Đảng bộ xã Đông Hải';
/** Names of this run: another run finds nothing of it. */
const mark = `${String.fromCharCode(65 + (Date.now() % 26))}${Date.now() % 10_000}`;
const code = (last: number) => `9${String(Date.now() % 10_000_000).padStart(7, '0')}${String(last).padStart(6, '0')}`;

let page: Page;
beforeAll(async () => {
  page = await asStaff(await desk(), account('organisation_officer'));
});

const choose = async (name: string, buffer: Buffer, unitId = ''): Promise<void> => {
  await page.goto(`/members/import?unit=${unitId}`);
  await page.locator('input[type=file]').setInputFiles([{ name, mimeType: XLSX, buffer }]);
  await page.getByRole('heading', { name: '2. Xem lại các cột' }).waitFor();
};

const preview = async (): Promise<void> => {
  await page.getByRole('button', { name: 'Kiểm tra từng dòng' }).click();
  await page.getByRole('heading', { name: '3. Xem trước' }).waitFor();
};

const take = async (lines: number): Promise<void> => {
  await page.getByRole('button', { name: `Nhập ${lines} dòng` }).click();
  await page.getByRole('heading', { name: '4. Kết quả' }).waitFor();
};

const counts = () => page.getByRole('status').filter({ hasText: 'thêm mới' }).textContent();

describe('organisations in a file of any shape', () => {
  const headings = ['Mã tổ chức', 'Cấp trên trực tiếp', 'Tên gọi đầy đủ', 'Ghi chú', 'Loại hình'];
  const good = [code(1), parent, `Chi bộ thôn Mới ${mark}`, 'tách từ thôn Nam', 'Chi bộ'];
  const nowhere = [code(2), 'Đảng bộ xã Không Có', `Chi bộ thôn Lạc ${mark}`, '', 'Chi bộ'];
  const unknown = [code(3), parent, `Câu lạc bộ ${mark}`, '', 'Câu lạc bộ'];
  const file = (lines: readonly (readonly string[])[]) =>
    Buffer.from(xlsxOf({ name: 'Tổ chức', lines: [['TỈNH ỦY'], ['DANH SÁCH TỔ CHỨC ĐẢNG'], ...lines] }));

  it('are mapped by hand where a heading is unknown; every bad line is named with its reason', async () => {
    await choose('to-chuc.xlsx', file([headings, good, nowhere, unknown]));
    await page.getByRole('radio', { name: 'Tổ chức đảng' }).check();
    await page.getByText('Còn thiếu cột').waitFor();
    expect(await page.getByRole('button', { name: 'Kiểm tra từng dòng' }).isDisabled()).toBe(true);
    await accessible(page);
    await shot(page, 'import-units-mapping');
    await page.getByLabel('Tên tổ chức').selectOption({ label: 'Tên gọi đầy đủ' });
    await preview();
    expect(await counts()).toMatch(/1 thêm mới, 0 cập nhật, 0 không đổi,\s+2 chưa nhận/);
    const why = async (name: string) => page.getByRole('row', { name: new RegExp(name) }).textContent();
    expect(await why(`Chi bộ thôn Lạc ${mark}`)).toMatch(/Không có tổ chức cấp trên tên này/);
    expect(await why(`Câu lạc bộ ${mark}`)).toMatch(/Không rõ loại hình tổ chức/);
    await accessible(page);
    await shot(page, 'import-units');
  });

  it('are taken, the bad ones handed back, corrected and sent again, and nothing is doubled', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Tải 2 dòng cần sửa' }).click(),
    ]);
    const sheets = await readSheets('can-sua.xlsx', new Uint8Array(readFileSync(await download.path())));
    if (!sheets.ok) throw new Error(sheets.code);
    const [head = [], first = [], second = []] = sheets.value[0]?.lines ?? [];
    expect(head.at(-1)).toBe('Lỗi cần sửa');
    await take(1);
    const corrected = [
      first.map((text, at) => (at === 1 ? parent : text)),
      second.map((text, at) => (at === 2 ? `Chi bộ câu lạc bộ ${mark}` : at === 4 ? 'Chi bộ' : text)),
    ];
    const again = async () => {
      await choose('to-chuc-da-sua.xlsx', file([head, good, ...corrected]));
      await page.getByRole('radio', { name: 'Tổ chức đảng' }).check();
      await page.getByLabel('Tên tổ chức').selectOption({ label: 'Tên gọi đầy đủ' });
      await preview();
    };
    await again();
    expect(await counts()).toMatch(/2 thêm mới, 0 cập nhật, 1 không đổi,\s+0 chưa nhận/);
    await take(2);
    await again();
    expect(await counts()).toMatch(/0 thêm mới, 0 cập nhật, 3 không đổi,\s+0 chưa nhận/);
  });

  it('stand in the tree under their superior', async () => {
    await page.goto('/members');
    await page.getByLabel('Tìm tổ chức').fill(`thon moi ${mark}`);
    await page.getByRole('link', { name: new RegExp(`Chi bộ thôn Mới ${mark}`) }).click();
    await page.getByRole('heading', { level: 1, name: `Chi bộ thôn Mới ${mark}` }).waitFor();
    await accessible(page);
  });
});

describe('people in files of old machines', () => {
  const headings = [
    'Số CCCD',
    'Ngày sinh',
    'Họ và tên',
    'Chi bộ',
    'Đảng bộ',
    'Giới tính',
    'Ngày vào Đảng',
    'Ngày chính thức',
  ];
  const person = (name: string) => [
    `035160${code(4).slice(2, 8)}`,
    '3/2/1960',
    name,
    `Chi bộ thôn Mới ${mark}`,
    parent,
    'Nữ',
    '19/5/1985',
    '19/5/1986',
  ];
  const semicolons = (lines: readonly (readonly string[])[]) => lines.map((line) => line.join(';')).join('\r\n');
  const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

  it.each([
    ['UTF-16 with semicolons', 'utf-16.csv', () => utf16(semicolons([headings, person('Đỗ Thị Ửng')]))],
    [
      'UTF-8 with its mark and commas',
      'utf-8.csv',
      () => Buffer.from(`\ufeff${Papa.unparse([headings, person('Đỗ Thị Ửng')])}`),
    ],
    ['Windows-1258', 'windows-1258.csv', () => windows1258(semicolons([headings, person('Đỗ Thị Ửng')]))],
  ])('%s keep every letter', async (_, name, bytes) => {
    await choose(name, bytes());
    await preview();
    const row = await page.getByRole('row', { name: /Đỗ Thị Ửng/ }).textContent();
    expect(await counts(), row ?? '').toMatch(/1 thêm mới, 0 cập nhật, 0 không đổi,\s+0 chưa nhận/);
    expect(row).toContain(`Chi bộ thôn Mới ${mark}`);
  });

  it('of one branch need not say whose they are', async () => {
    const own = (line: readonly string[]) => line.filter((_, at) => ![3, 4].includes(at));
    await choose(
      'chi-bo.xlsx',
      Buffer.from(xlsxOf({ name: 'A', lines: [own(headings), own(person('Đỗ Thị Riêng'))] })),
      account('branch_secretary').unitId,
    );
    await page.getByText('mọi dòng nhập vào Chi bộ thôn Nam').waitFor();
    await preview();
    expect(await counts()).toMatch(/1 thêm mới, 0 cập nhật, 0 không đổi,\s+0 chưa nhận/);
  });

  it('of Excel before 2007, and those that are no list, are refused in one sentence', async () => {
    const refused = async (bytes: Buffer, sentence: string) => {
      await page.goto('/members/import');
      await page
        .locator('input[type=file]')
        .setInputFiles([{ name: 'danh-sach.xls', mimeType: 'application/vnd.ms-excel', buffer: bytes }]);
      await page.getByText(sentence).waitFor();
    };
    await refused(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1, 2, 3]), 'Đây là tệp Excel đời cũ (.xls).');
    await refused(Buffer.from('PK\x03\x04 no workbook', 'latin1'), 'Không đọc được tệp này.');
    await accessible(page);
  });
});

/** Letters of the old code page: vowels with their hats as one sign, tones as signs of their own behind them. */
const windows1258 = (text: string): Buffer => {
  const whole = new TextDecoder('windows-1258');
  const known = new Map(
    Array.from({ length: 256 }, (_, at) => [whole.decode(Uint8Array.of(at)), at] as const).filter(
      ([sign]) => sign !== '',
    ),
  );
  const signs = [...text].flatMap((letter) => {
    if (known.has(letter)) return [letter];
    const [base = '', ...tones] = [...letter.normalize('NFD')];
    const tone = tones.filter((sign) => '\u0300\u0301\u0303\u0309\u0323'.includes(sign));
    return [[base, ...tones.filter((sign) => !tone.includes(sign))].join('').normalize('NFC'), ...tone];
  });
  return Buffer.from(signs.map((sign) => known.get(sign) ?? 0x3f));
};
