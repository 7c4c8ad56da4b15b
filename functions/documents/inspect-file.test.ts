import { createCanvas } from '@napi-rs/canvas';
import fc from 'fast-check';
import { PDFDocument } from 'pdf-lib';
import { describe, expect, test } from 'vitest';
import { MAX_PIXELS } from '#shared/documents/model.ts';
import { pdfOfPhotos } from '#shared/documents/photo-pages.ts';
import { decideIntake } from '#shared/documents/rules.ts';
import { inspectFile } from './inspect-file.ts';
import { openPages } from './page-images.ts';
import { anEncryptedPdf, drawn, madeUpPaper } from './testing.ts';

const intakeOf = async (bytes: Uint8Array) => {
  const file = await inspectFile(bytes);
  return decideIntake({ bytes: file.bytes, sha256: file.sha256 }, file);
};

const picture = (width: number, height: number) => {
  const canvas = createCanvas(width, height);
  canvas.getContext('2d').fillStyle = '#888';
  canvas.getContext('2d').fillRect(0, 0, width / 2, height);
  return canvas;
};

describe('a file', () => {
  test('is known by its content, whatever it is called', async () => {
    const canvas = picture(300, 400);
    const pdf = await PDFDocument.create();
    pdf.addPage([595, 842]);
    pdf.addPage([595, 842]);
    expect(await inspectFile(await canvas.encode('jpeg', 80))).toMatchObject({
      kind: 'jpg',
      pages: 1,
      pixels: 120_000,
    });
    expect(await inspectFile(await canvas.encode('png'))).toMatchObject({ kind: 'png', pages: 1, pixels: 120_000 });
    expect(await inspectFile(await pdf.save())).toMatchObject({ kind: 'pdf', pages: 2 });
    expect(await intakeOf(await pdf.save())).toEqual({ ok: true, value: { kind: 'pdf', pages: 2 } });
  });

  test('that is a Word document, a picture of another kind or plain text is no document', async () => {
    for (const bytes of [Buffer.from('PK\x03\x04word/document.xml'), Buffer.from('GIF89a'), Buffer.from('xin chào')])
      expect(await intakeOf(bytes)).toMatchObject({ code: 'not-a-document' });
  });

  test('locked with a password is refused as encrypted', async () => {
    expect(await intakeOf(anEncryptedPdf())).toMatchObject({ code: 'encrypted' });
  });

  test('cut off in the middle is refused as broken', async () => {
    const jpeg = await picture(800, 800).encode('jpeg', 90);
    const png = await picture(800, 800).encode('png');
    expect(await intakeOf(jpeg.subarray(0, jpeg.length >> 1))).toMatchObject({ code: 'broken' });
    expect(await intakeOf(png.subarray(0, png.length >> 1))).toMatchObject({ code: 'broken' });
    expect(await intakeOf(Buffer.from('%PDF-1.7\n%%EOF'))).toMatchObject({ code: 'broken' });
  });

  test('with a picture of too many pixels is refused by its header, before it is drawn', async () => {
    const png = Buffer.from(await picture(8, 8).encode('png'));
    png.writeUInt32BE(30_000, 16);
    png.writeUInt32BE(30_000, 20);
    expect(await intakeOf(png)).toMatchObject({ code: 'too-many-pixels' });
    const pdf = await PDFDocument.create();
    pdf.addPage([14_400, 14_400]);
    const file = await inspectFile(await pdf.save());
    expect(file.pixels).toBeGreaterThan(MAX_PIXELS);
  });

  test('of nothing is refused as empty', async () => {
    expect(await intakeOf(new Uint8Array())).toMatchObject({ code: 'empty-file' });
  });

  test('of rubbish is answered, never thrown at', async () => {
    const magic = fc.constantFrom<number[]>(
      [],
      [0xff, 0xd8, 0xff],
      [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
      [...Buffer.from('%PDF-1.4\n1 0 obj <<')],
    );
    await fc.assert(
      fc.asyncProperty(magic, fc.uint8Array({ maxLength: 400 }), async (head, rest) => {
        expect((await intakeOf(Uint8Array.from([...head, ...rest]))).ok).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

describe('photographed pages', () => {
  test('become one PDF that holds each picture byte for byte and draws as it was taken', async () => {
    const canvas = drawn(madeUpPaper(3));
    const jpeg = await canvas.encode('jpeg', 50);
    const wide = await picture(400, 300).encode('jpeg', 80);
    const file = pdfOfPhotos([
      { jpeg, width: canvas.width, height: canvas.height },
      { jpeg: wide, width: 400, height: 300 },
    ]);
    expect(Buffer.from(file).includes(jpeg)).toBe(true);
    expect(await intakeOf(file)).toEqual({ ok: true, value: { kind: 'pdf', pages: 2 } });
    const pages = await openPages('pdf', file);
    if (!pages.ok) throw new Error(pages.code);
    const [first, second] = [await pages.value.picture(1), await pages.value.picture(2)];
    if (!first || !second) throw new Error('not drawn');
    expect([first.width, first.height].map((side) => Math.round(side / 10))).toEqual([165, 234]);
    const { data } = second.getContext('2d').getImageData(0, 0, second.width, second.height);
    expect(data[4 * 10]).toBeGreaterThan(100);
    expect(second.width).toBeGreaterThan(second.height);
    await pages.value.close();
  });
});
