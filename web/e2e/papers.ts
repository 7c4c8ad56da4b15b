import { createHash } from 'node:crypto';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { pdfOfPhotos } from '#shared/documents/photo-pages.ts';
import { drawn, type MadeUpPaper, madeUpPaper, photographed } from '../../functions/documents/testing.ts';

/** What a test hands to a file input. */
export interface Handed {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A seed of this run: the text of its papers was never seen before. */
export const newSeed = (): number => Math.floor(Math.random() * 1_000_000);

/** Pages as an office copier sends them: grey, askew, noisy, so heavy that they go in several parts. */
export const noisyScan = async (seed: number, pages: number): Promise<{ paper: MadeUpPaper; file: Handed }> => {
  const paper = madeUpPaper(seed);
  const sheets = [];
  for (let page = 0; page < pages; page += 1) {
    const sheet = drawn(page === 0 ? paper : madeUpPaper(seed + page), { turn: 0.8, noise: 16, seed: seed + page });
    const context = sheet.getContext('2d');
    // a copier knows no colour
    context.globalCompositeOperation = 'saturation';
    context.fillStyle = '#777';
    context.fillRect(0, 0, sheet.width, sheet.height);
    const jpeg = await sheet.encode('jpeg', 97);
    sheets.push({ jpeg, width: sheet.width, height: sheet.height });
  }
  const buffer = Buffer.from(pdfOfPhotos(sheets));
  return { paper, file: { name: 'quet-tai-van-phong.pdf', mimeType: 'application/pdf', buffer } };
};

/** A page on a wooden table as a phone takes it, sharp or shaken. */
export const phonePhoto = async (paper: MadeUpPaper, name: string, shaken = false): Promise<Handed> => {
  const photo = photographed(drawn(paper, { seal: true }), {
    width: 1400,
    corners: [
      [0.13, 0.1],
      [0.89, 0.07],
      [0.94, 0.93],
      [0.07, 0.95],
    ],
    seed: 5,
  });
  const jpeg = await photo.encode('jpeg', 85);
  return { name, mimeType: 'image/jpeg', buffer: shaken ? await blurred(jpeg) : jpeg };
};

const blurred = async (jpeg: Buffer): Promise<Buffer> => {
  const image = await loadImage(jpeg);
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.filter = 'blur(6px)';
  context.drawImage(image, 0, 0);
  return canvas.encode('jpeg', 85);
};
