import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, test } from 'vitest';
import { MAX_SEEN_BYTES, openPages, pictureToRead, seenPicture } from './page-images.ts';
import { drawn, madeUpPaper, seeded } from './testing.ts';

const pageOf = async (bytes: Uint8Array) => {
  const pages = await openPages('jpg', bytes);
  if (!pages.ok) throw new Error(pages.code);
  const drawnPage = await pages.value.picture(1);
  if (!drawnPage) throw new Error('not drawn');
  return drawnPage;
};

/** A JPEG with the note of a camera held sideways (EXIF orientation 6: turn right by a quarter). */
const heldSideways = (jpeg: Uint8Array): Uint8Array => {
  const note = [0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
  const content = [...Buffer.from('Exif\0\0', 'latin1'), ...note];
  const segment = [0xff, 0xe1, 0, content.length + 2, ...content];
  return Uint8Array.from([0xff, 0xd8, ...segment, ...jpeg.subarray(2)]);
};

test('the picture people see is grey, and no page weighs more than its budget, not even noise', async () => {
  const page = await seenPicture(drawn(madeUpPaper(1), { noise: 20 }));
  expect(page.webp.length).toBeLessThanOrEqual(MAX_SEEN_BYTES);
  expect([page.width, page.height]).toEqual([1241, 1754]);
  const wild = createCanvas(1000, 1414);
  const image = wild.getContext('2d').getImageData(0, 0, 1000, 1414);
  const random = seeded(4);
  for (let at = 0; at < image.data.length; at += 1) image.data[at] = at % 4 === 3 ? 255 : random() * 255;
  wild.getContext('2d').putImageData(image, 0, 0);
  expect((await seenPicture(wild)).webp.length).toBeLessThanOrEqual(MAX_SEEN_BYTES);
});

test('a photo taken sideways stands upright', async () => {
  const canvas = createCanvas(400, 200);
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, 400, 200);
  context.fillStyle = '#000';
  context.fillRect(0, 0, 60, 200);
  const upright = await pageOf(heldSideways(await canvas.encode('jpeg', 90)));
  expect(upright.height).toBeGreaterThan(upright.width);
  const { data } = upright.getContext('2d').getImageData(upright.width >> 1, 20, 1, 1);
  // what lay at the left lies at the top after a quarter turn to the right
  expect(data[0]).toBeLessThan(60);
});

describe('the picture for the reading machine', () => {
  test('has no red seal in it', () => {
    const canvas = createCanvas(200, 200);
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, 200, 200);
    context.fillStyle = '#f01525';
    context.fillRect(40, 90, 120, 6);
    context.fillStyle = '#111';
    context.fillRect(40, 40, 120, 6);
    const { pixels, width } = pictureToRead(canvas);
    expect(pixels[93 * width + 100]).toBeGreaterThan(220);
    expect(pixels[43 * width + 100]).toBeLessThan(60);
  });

  test('has paper of one brightness where a shadow fell, and ink stays ink', () => {
    const canvas = createCanvas(640, 640);
    const context = canvas.getContext('2d');
    for (let x = 0; x < 640; x += 1) {
      const light = 250 - Math.round((x / 640) * 120);
      context.fillStyle = `rgb(${light},${light},${light})`;
      context.fillRect(x, 0, 1, 640);
    }
    context.fillStyle = '#222';
    context.fillRect(40, 300, 560, 4);
    const { pixels, width } = pictureToRead(canvas);
    for (const x of [50, 320, 590]) {
      expect(pixels[100 * width + x]).toBeGreaterThan(230);
      expect(pixels[302 * width + x]).toBeLessThan(90);
    }
  });
});

test('a picture that cannot be drawn is refused', async () => {
  expect(await openPages('jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]))).toMatchObject({ code: 'unreadable' });
});
