import { type Canvas, createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, test } from 'vitest';
import { proposeFromText } from '#shared/documents/proposals.ts';
import type { Day } from '#shared/kernel/time.ts';
import { fold } from '#shared/kernel/vietnamese.ts';
import { pictureToRead } from './page-images.ts';
import type { PdfText } from './pdf-file.ts';
import { tesseractReader, textOfLines, wordsOfTextLayer } from './read-page.ts';
import { drawn, madeUpPaper, type Scan } from './testing.ts';

const today = '2026-11-21' as Day;
const reader = tesseractReader();

const scanned = async (seed: number, scan: Scan): Promise<Canvas> => {
  const image = await loadImage(await drawn(madeUpPaper(seed), scan).encode('jpeg', 60));
  const canvas = createCanvas(image.width, image.height);
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas;
};

const readScan = async (seed: number, scan: Scan) => {
  const words = await reader.read(pictureToRead(await scanned(seed, scan)));
  const text = textOfLines(words);
  return { text, fields: proposeFromText([text], today) };
};

/** Right, or flagged so that a person looks: what must never happen is a wrong value that claims to be sure. */
const rightOrFlagged = (field: { value?: string | undefined; confidence: string }, printed: string) =>
  field.value === printed || field.confidence !== 'sure';

describe('a noisy scan of a paper made up at test time', () => {
  test.each([
    ['askew with noise', 11, { turn: 1, noise: 22, seed: 5 }],
    ['askew the other way, with a red seal over its number', 12, { turn: -0.9, noise: 14, seal: true, seed: 6 }],
    ['with a shadow over half of it', 13, { turn: 0.5, noise: 10, shade: 0.45, seed: 7 }],
  ] as const)('%s: number and date come out right or flagged, and its words are found', async (_, seed, scan) => {
    const paper = madeUpPaper(seed);
    const { text, fields } = await readScan(seed, scan);
    expect(rightOrFlagged(fields.number, paper.number), `${fields.number.value} for ${paper.number}`).toBe(true);
    expect(rightOrFlagged(fields.issuedOn, paper.day), `${fields.issuedOn.value} for ${paper.day}`).toBe(true);
    expect(rightOrFlagged(fields.type, paper.type.id)).toBe(true);
    const read = new Set(fold(text.lines.map((line) => line.text).join(' ')).split(/[^a-z0-9]+/));
    const printed = fold(paper.body.join(' '))
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== '');
    const found = printed.filter((word) => read.has(word)).length / printed.length;
    expect(found).toBeGreaterThan(0.97);
  });

  test('of usual quality is read right, and each field says where it stands', async () => {
    const paper = madeUpPaper(14);
    const { fields } = await readScan(14, { turn: 0.6, noise: 8, seed: 8 });
    expect(fields).toMatchObject({
      number: { value: paper.number, page: 1 },
      issuedOn: { value: paper.day },
      type: { value: paper.type.id },
    });
    expect(fold(fields.issuer.value ?? '')).toBe(fold(paper.issuer));
    expect(fold(fields.abstract.value ?? '')).toBe(fold(paper.abstract));
    const [left, top, right, bottom] = fields.number.box ?? [0, 0, 0, 0];
    // the number is drawn at (480, 270) of a page of 1654 by 2339
    expect(left).toBeLessThan(480 / 1654);
    expect(right).toBeGreaterThan(480 / 1654);
    expect(top).toBeGreaterThan(0.09);
    expect(bottom).toBeLessThan(0.14);
  });
});

describe("a page's own text layer", () => {
  const run = (text: string, left: number, top: number): PdfText => ({
    text,
    box: [left, top, left + 0.3, top + 0.015],
    endsLine: false,
  });

  test('in Unicode Vietnamese is taken as it stands, line by line', () => {
    const words = wordsOfTextLayer([
      run('Chi bộ thôn Nam tổ chức sinh hoạt', 0.1, 0.1),
      run('thường kỳ tháng 9 năm 2026', 0.42, 0.1),
      run('với sự tham dự của đại diện cấp ủy', 0.1, 0.13),
    ]);
    expect(words && textOfLines(words).lines.map((line) => line.text)).toEqual([
      'Chi bộ thôn Nam tổ chức sinh hoạt thường kỳ tháng 9 năm 2026',
      'với sự tham dự của đại diện cấp ủy',
    ]);
  });

  test('in an old one-byte font is not trusted', () => {
    expect(
      wordsOfTextLayer([run('Céng hßa x· héi chñ nghÜa ViÖt Nam §éc lËp - Tù do - H¹nh phóc', 0.1, 0.1)]),
    ).toBeUndefined();
  });

  test('of a mere stamp is not trusted', () => {
    expect(wordsOfTextLayer([run('Scanned by CamScanner', 0.1, 0.9)])).toBeUndefined();
  });
});
