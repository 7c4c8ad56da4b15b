import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createCanvas } from '@napi-rs/canvas';
import { getDocument, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import qrcode from 'qrcode-generator';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Instant } from '#shared/kernel/time.ts';
import { type Fonts, grouped, NAME_SIZE, phoneShown, type SlipToPrint, slipsPdf } from './slip-pdf.ts';

const require = createRequire(import.meta.url);
const font = (name: string) => new Uint8Array(readFileSync(require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)));
const fonts: Fonts = { regular: font('DejaVuSans'), bold: font('DejaVuSans-Bold') };
const aSlip = (over: Partial<SlipToPrint> = {}): SlipToPrint => ({
  name: 'Vũ Thị Ửng Ậm Ạnh Ốc',
  unitName: 'Chi bộ thôn Đoài, Đảng bộ xã Hòa Ẩn',
  code: 'ACDE2345',
  url: `https://so-tay.example/slip#${'aB3_'.repeat(8)}`,
  until: '2026-11-28T12:00:00.000Z' as Instant,
  helper: { name: 'Nguyễn Thị Ưu Ẵm', phone: '0912345678' },
  ...over,
});
const opened = (bytes: Uint8Array): Promise<PDFDocumentProxy> => getDocument({ data: bytes, verbosity: 0 }).promise;
const itemsOf = async (pdf: PDFDocumentProxy, number: number) => {
  const { items } = await (await pdf.getPage(number)).getTextContent();
  return items.flatMap((item) => ('str' in item && item.str.trim() !== '' ? [item] : []));
};
const textOf = async (pdf: PDFDocumentProxy, number = 1): Promise<string> =>
  (await itemsOf(pdf, number))
    .map(({ str }) => str)
    .join(' ')
    .replace(/\s+/g, ' ')
    .normalize('NFC');

let one: PDFDocumentProxy;
let bytes: number;
beforeAll(async () => {
  const made = await slipsPdf([aSlip()], fonts, 'a5');
  bytes = made.length;
  one = await opened(made);
});

describe('an account slip', () => {
  it('says who, which branch, the code, how, until when and who helps, with every Vietnamese letter', async () => {
    const text = await textOf(one);
    for (const words of [
      'Vũ Thị Ửng Ậm Ạnh Ốc',
      'Chi bộ thôn Đoài, Đảng bộ xã Hòa Ẩn',
      'ACDE 2345',
      'mở trang so-tay.example, gõ mã và năm sinh',
      'đến hết ngày 28/11/2026',
      'Người hỗ trợ: Nguyễn Thị Ưu Ẵm 0912 345 678',
    ])
      expect(text).toContain(words);
  });

  it('prints all 134 Vietnamese letters as themselves', async () => {
    const letters = [...'aăâeêioôơuưyAĂÂEÊIOÔƠUƯY'].flatMap((vowel) =>
      ['', '\u0300', '\u0301', '\u0303', '\u0309', '\u0323'].map((mark) => (vowel + mark).normalize('NFC')),
    );
    const name = [...letters, 'đ', 'Đ']
      .join('')
      .replace(/(.{12})/gu, '$1 ')
      .trim();
    const text = await textOf(await opened(await slipsPdf([aSlip({ name })], fonts, 'a5')));
    expect(text).toContain(name);
  });

  it('has the name at 20 points or more, and stays on one A5 sheet even with a long one', async () => {
    expect(NAME_SIZE).toBeGreaterThanOrEqual(20);
    const name = (await itemsOf(one, 1)).find(({ str }) => str.normalize('NFC').startsWith('Vũ Thị'));
    expect(name?.height).toBeGreaterThanOrEqual(20);
    const long = aSlip({
      name: 'Nguyễn Phước Tôn Nữ Hoàng Thị Ánh Tuyết Nhung',
      unitName: 'Chi bộ Trung tâm Giáo dục nghề nghiệp và Giáo dục thường xuyên, Đảng bộ các cơ quan Đảng tỉnh',
    });
    const pdf = await opened(await slipsPdf([long], fonts, 'a5'));
    const [, , width = 0, height = 0] = (await pdf.getPage(1)).view;
    expect([Math.round(width), Math.round(height)]).toEqual([420, 595]);
    const lowest = Math.min(...(await itemsOf(pdf, 1)).map(({ transform }) => transform[5] as number));
    expect(lowest).toBeGreaterThan(14);
  });

  it('leaves no word alone on a line', async () => {
    const url = `https://so-tay.example:4173/slip#${'aB3_'.repeat(8)}`;
    const lines = new Map<number, { text: string; width: number }>();
    for (const { str, width, transform } of await itemsOf(
      await opened(await slipsPdf([aSlip({ url })], fonts, 'a5')),
      1,
    )) {
      const before = lines.get(transform[5]) ?? { text: '', width: 0 };
      lines.set(transform[5], { text: `${before.text}${str.normalize('NFC')}`, width: before.width + width });
    }
    const all = [...lines.values()];
    const second = all.findIndex(({ text }) => text.startsWith('2.'));
    const [one, rest] = all.slice(second, second + 2);
    expect(rest?.text).toMatch(/năm sinh\.$/);
    expect(rest?.text.split(' ').length).toBeGreaterThan(2);
    expect(rest?.width).toBeGreaterThan((one?.width ?? 0) / 3);
  });

  it('bears the QR of its address, module for module', async () => {
    const page = await one.getPage(1);
    const scale = 4;
    const viewport = page.getViewport({ scale });
    const canvas = createCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height));
    const context = canvas.getContext('2d');
    // pdf.js draws on any canvas of the same kind as a browser's
    await page.render({ canvasContext: context as never, canvas: canvas as never, viewport }).promise;
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    const isDark = (x: number, y: number) => (data[(Math.round(y) * width + Math.round(x)) * 4] ?? 255) < 128;
    const qr = qrcode(0, 'M');
    qr.addData(aSlip().url);
    qr.make();
    const side = qr.getModuleCount();
    // the first line with a long unbroken bar is the upper edge of the finder patterns, which are seven modules wide
    const bar = (y: number): { from: number; length: number } => {
      const from = Array.from({ length: width }, (_, x) => x).find((x) => isDark(x, y)) ?? 0;
      let length = 0;
      while (isDark(from + length, y)) length++;
      return { from, length };
    };
    let top = 0;
    while (top < height && bar(top).length < 70) top++;
    expect(top).toBeLessThan(height);
    const { from: left, length } = bar(top + 4);
    const module = length / 7;
    const printed = Array.from({ length: side }, (_, row) =>
      Array.from({ length: side }, (_, column) =>
        isDark(left + (column + 0.5) * module, top + (row + 0.5) * module) ? '#' : '.',
      ).join(''),
    );
    const wanted = Array.from({ length: side }, (_, row) =>
      Array.from({ length: side }, (_, column) => (qr.isDark(row, column) ? '#' : '.')).join(''),
    );
    expect(printed).toEqual(wanted);
  });

  it('stands two to a lying A4 sheet, all of them and in order', async () => {
    const slips = ['An', 'Bình', 'Chi'].map((name) => aSlip({ name: `Lê Văn ${name}` }));
    const pdf = await opened(await slipsPdf(slips, fonts, 'a4'));
    expect(pdf.numPages).toBe(2);
    const first = await textOf(pdf, 1);
    expect(first).toContain('Lê Văn An');
    expect(first).toContain('Lê Văn Bình');
    expect(await textOf(pdf, 2)).toContain('Lê Văn Chi');
  });

  it('carries only the letters it uses', () => {
    expect(bytes).toBeLessThan(120_000);
  });

  it('groups codes and phones for reading', () => {
    expect(grouped('ACDE2345')).toBe('ACDE 2345');
    expect(grouped('acde-2345')).toBe('acde 2345');
    expect(phoneShown('0912345678')).toBe('0912 345 678');
  });
});
