import { describe, expect, test } from 'vitest';
import { clarityOf, type SmallPhoto } from './clarity.ts';

/** Rows of strokes as letters make them, melted `melted` times with their neighbours. */
const aPage = (melted: number, paper = 230): SmallPhoto => {
  const [width, height] = [300, 400];
  let pixels = Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return y % 18 < 9 && (x * 7 + y * 3) % 11 < 3 ? paper / 6 : paper;
  });
  for (let round = 0; round < melted; round += 1)
    pixels = pixels.map((value, at) => (value + (pixels[at - 1] ?? value) + (pixels[at - width] ?? value)) / 3);
  return { width, height, pixels };
};

describe('a photo on the phone', () => {
  test('with sharp letters is clear', () => {
    expect(clarityOf(aPage(0))).toBe('clear');
  });

  test('with molten letters is blurred', () => {
    expect(clarityOf(aPage(20))).toBe('blurred');
  });

  test('without light is dark, sharp or not', () => {
    expect(clarityOf(aPage(0, 60))).toBe('dark');
  });

  test('of plain paper says nothing against itself', () => {
    expect(clarityOf({ width: 90, height: 90, pixels: new Uint8Array(8100).fill(220) })).toBe('clear');
  });
});
