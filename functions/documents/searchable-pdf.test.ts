import { degrees, PDFDocument, StandardFonts } from 'pdf-lib';
import { expect, test } from 'vitest';
import { openPdf } from './pdf-file.ts';
import type { PageWords, Word } from './read-page.ts';
import { searchablePdf } from './searchable-pdf.ts';
import { drawn, madeUpPaper } from './testing.ts';

const word = (text: string, left: number, top: number, right: number): Word => ({
  text,
  box: [left, top, right, top + 0.014],
  sure: 90,
});
const words: PageWords = {
  lines: [
    [
      word('ỦY', 0.1, 0.1, 0.15),
      word('BAN', 0.16, 0.1, 0.22),
      word('NHÂN', 0.23, 0.1, 0.3),
      word('DÂN', 0.31, 0.1, 0.36),
    ],
    [word('Ậ', 0.1, 0.2, 0.12), word('Ạ', 0.13, 0.2, 0.15), word('Ố', 0.16, 0.2, 0.18), word('thưởng', 0.2, 0.2, 0.3)],
  ],
};
const jpeg = async () => drawn(madeUpPaper(2)).encode('jpeg', 40);

const textOf = async (bytes: Uint8Array, page = 1) => {
  const pdf = await openPdf(bytes);
  if (!pdf.ok) throw new Error(pdf.code);
  const text = await pdf.value.textOf(page);
  await pdf.value.close();
  return text;
};
const flat = (text: readonly { text: string }[]) =>
  text
    .map((item) => item.text)
    .join('')
    .replace(/\s+/g, ' ')
    .trim();

test('the words of a photographed page come back letter by letter, Ủ, Ậ, Ạ and Ố among them', async () => {
  const file = await searchablePdf(undefined, [{ words, hasText: false, jpeg }]);
  expect(flat(await textOf(file))).toBe('ỦY BAN NHÂN DÂNẬ Ạ Ố thưởng');
});

test('each word lies where it is printed', async () => {
  const file = await searchablePdf(undefined, [{ words, hasText: false, jpeg }]);
  const found = (await textOf(file)).find((item) => item.text.startsWith('thưởng'));
  expect(found?.box[0]).toBeCloseTo(0.2, 1);
  expect(found?.box[2]).toBeCloseTo(0.3, 1);
  expect(found?.box[3]).toBeGreaterThan(0.2);
  expect(found?.box[3]).toBeLessThan(0.215);
});

test.each([0, 90, 180, 270])('a scanned PDF whose page is turned by %d degrees is searched upright', async (turn) => {
  const pdf = await PDFDocument.create();
  const page = pdf.addPage([595, 842]);
  page.drawRectangle({ x: 10, y: 10, width: 50, height: 50 });
  page.setRotation(degrees(turn));
  const file = await searchablePdf({ kind: 'pdf', bytes: await pdf.save() }, [{ words, hasText: false, jpeg }]);
  const text = await textOf(file);
  expect(flat(text)).toContain('ỦY BAN NHÂN DÂN');
  const first = text.find((item) => item.text.startsWith('ỦY'));
  expect(first?.box[0]).toBeCloseTo(0.1, 1);
  expect(first?.box[3]).toBeCloseTo(0.11, 1);
});

test('a page with a text layer of its own keeps it and gets no second one', async () => {
  const pdf = await PDFDocument.create();
  const page = pdf.addPage([595, 842]);
  page.drawText('Own text layer', { x: 50, y: 700, font: await pdf.embedFont(StandardFonts.Helvetica) });
  const file = await searchablePdf({ kind: 'pdf', bytes: await pdf.save() }, [{ words, hasText: true, jpeg }]);
  expect(flat(await textOf(file))).toBe('Own text layer');
});

test('an original that cannot be copied is shown by the pictures of its pages', async () => {
  const file = await searchablePdf({ kind: 'pdf', bytes: Buffer.from('%PDF-1.4 rubbish') }, [
    { words, hasText: true, jpeg },
  ]);
  expect(flat(await textOf(file))).toContain('ỦY BAN NHÂN DÂN');
});
