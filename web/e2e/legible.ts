import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** From how far a hall reads its wall, in millimetres. */
const DISTANCE_MM = 8_000;
/**
 * Capital letters a two-hundredth of the distance high: 17 minutes of arc, a little more than the 16 that ISO 9241-303 asks at
 * least. At 8 m that is 40 mm.
 */
const LETTER_SHARE = 1 / 200;
/** The picture of a television of 55 inches, 16:9: what a village hall has, and less than a projector throws. */
const SCREEN_WIDTH_MM = 1_210;
/** Text that must be read by all. Source: looks.md, product.md §3.2. */
const CONTRAST = 7;

interface Letters {
  /** Of a capital, in CSS pixels, as this font draws it. */
  readonly height: number;
  readonly screen: number;
  readonly colour: string;
  readonly behind: string;
  /** Whether anything of it is cut off or lies beside the screen. */
  readonly whole: boolean;
}

// run in the page
const MEASURE = `(element) => {
  const style = getComputedStyle(element);
  const context = document.createElement('canvas').getContext('2d');
  context.font = [style.fontWeight, style.fontSize, style.fontFamily].join(' ');
  let behind = element;
  while (behind && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
  const box = element.getBoundingClientRect();
  return {
    height: context.measureText('H').actualBoundingBoxAscent,
    screen: innerWidth,
    colour: style.color,
    behind: getComputedStyle(behind).backgroundColor,
    // what is not cut off may still reach over its line: marks above and below letters do
    whole:
      (style.overflow !== 'hidden' || element.scrollHeight - element.clientHeight < parseFloat(style.fontSize) / 2) &&
      box.left >= 0 && box.top >= 0 &&
      box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1,
  };
}`;

/** Read from 8 m, or from so far: letters high enough on the assumed screen, dark enough on their ground, and whole. */
export const legibleFromAfar = async (
  wall: Page,
  selector: string,
  what: string,
  distance = DISTANCE_MM,
): Promise<void> => {
  const all = await wall.evaluate<Letters[]>(`[...document.querySelectorAll('${selector}')].map(${MEASURE})`);
  expect(all.length, `${what}: is there`).toBeGreaterThan(0);
  for (const { height, screen, colour, behind, whole } of all) {
    const millimetres = (height / screen) * SCREEN_WIDTH_MM;
    expect(millimetres, `${what}: height of a letter`).toBeGreaterThanOrEqual(distance * LETTER_SHARE);
    expect(contrastOf(colour, behind), `${what}: contrast`).toBeGreaterThanOrEqual(CONTRAST);
    expect(whole, `${what}: whole on the screen`).toBe(true);
  }
};

/** Source: WCAG 2.2, contrast ratio. */
const contrastOf = (one: string, other: string): number => {
  const [darker = 0, lighter = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
};

const luminanceOf = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
