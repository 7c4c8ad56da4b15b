import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, test } from 'vitest';
import type { Corners } from '#shared/documents/model.ts';
import { cornersOf, straightened } from './straighten.ts';
import { drawn, madeUpPaper, photographed } from './testing.ts';

const slanted: readonly Corners[] = [
  [
    [0.12, 0.1],
    [0.9, 0.07],
    [0.95, 0.93],
    [0.06, 0.95],
  ],
  [
    [0.2, 0.16],
    [0.83, 0.2],
    [0.9, 0.84],
    [0.1, 0.8],
  ],
  [
    [0.08, 0.2],
    [0.8, 0.06],
    [0.94, 0.82],
    [0.2, 0.95],
  ],
];

describe('a sheet photographed on a table', () => {
  test.each([0, 1, 2] as const)('at slant %i: its corners are found within 2 % of the picture', (which) => {
    const corners = slanted[which] as Corners;
    const photo = photographed(drawn(madeUpPaper(20 + which)), { width: 600, corners, seed: which + 1 });
    const found = cornersOf(photo);
    expect(found).toBeDefined();
    for (const [at, [x, y]] of (found as Corners).entries()) {
      const [trueX, trueY] = corners[at] as readonly [number, number];
      expect(Math.hypot(x - trueX, y - trueY), `corner ${at}: ${x}, ${y}`).toBeLessThan(0.02);
    }
  });

  test('comes out upright in the shape of A4, its first line where it was printed', () => {
    const corners = slanted[1] as Corners;
    const sheet = drawn(madeUpPaper(30));
    const page = straightened(photographed(sheet, { width: 900, corners, shade: 0.9, noise: 0 }), corners, 1000);
    expect([page.width, page.height]).toEqual([707, 1000]);
    const dark = (canvas: typeof page, y: number) => {
      const row = canvas.getContext('2d').getImageData(0, Math.round(y * canvas.height), canvas.width, 1).data;
      return row.filter((value, at) => at % 4 === 0 && value < 130).length / canvas.width;
    };
    // the title at 385 of 2339, and the empty line above it
    expect(dark(page, 380 / 2339)).toBeGreaterThan(0.02);
    expect(dark(page, 330 / 2339)).toBe(0);
  });
});

describe('what is no photo of a sheet is left as it is', () => {
  test('a flatbed scan, straight or askew', () => {
    expect(cornersOf(drawn(madeUpPaper(31)))).toBeUndefined();
    expect(cornersOf(drawn(madeUpPaper(31), { turn: 1.2, noise: 14 }))).toBeUndefined();
  });

  test('a page with a frame or a dark picture printed on it', () => {
    const page = drawn(madeUpPaper(32));
    const context = page.getContext('2d');
    context.lineWidth = 16;
    context.strokeStyle = '#111';
    context.strokeRect(80, 80, page.width - 160, page.height - 160);
    expect(cornersOf(page)).toBeUndefined();
    context.fillStyle = '#333';
    context.fillRect(200, 900, 1200, 900);
    expect(cornersOf(page)).toBeUndefined();
  });

  test('a sheet on a table as bright as itself, and a photo of nothing', () => {
    const corners = slanted[0] as Corners;
    const white = createCanvas(600, 800);
    white.getContext('2d').fillStyle = '#888';
    white.getContext('2d').fillRect(0, 0, 600, 800);
    expect(cornersOf(white)).toBeUndefined();
    const found = cornersOf(photographed(drawn(madeUpPaper(33)), { width: 600, corners, table: 'light', shade: 0.5 }));
    // found rightly or not at all: never cut through the text
    for (const [at, [x, y]] of (found ?? corners).entries())
      expect(Math.hypot(x - (corners[at]?.[0] ?? 0), y - (corners[at]?.[1] ?? 0))).toBeLessThan(0.03);
  });
});
