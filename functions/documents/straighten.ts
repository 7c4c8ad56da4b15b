import { type Canvas, createCanvas } from '@napi-rs/canvas';
import type { Corners } from '#shared/documents/model.ts';
import type { Grey } from './page-images.ts';
import { findSheet } from './sheet.ts';

/** Height of the small picture in which the sheet is looked for. */
const LOOKED_AT = 320;
/** A4 is as much longer than wide. A sheet this near to it is taken for A4, whatever the slant of the camera made of it. */
const A4 = Math.SQRT2;
const NEAR_A4 = 0.22;

/** The corners of the sheet in a photo; undefined for a scan that is all paper. */
export const cornersOf = (photo: Canvas): Corners | undefined => {
  const scale = LOOKED_AT / Math.max(photo.width, photo.height);
  return findSheet(brightnessOf(photo, scale));
};

/** Brightness by the darkest of red and green: wood and cloth are dark in it, paper under any lamp is not. */
const brightnessOf = (photo: Canvas, scale: number): Grey => {
  const [width, height] = [Math.round(photo.width * scale), Math.round(photo.height * scale)];
  const small = createCanvas(width, height);
  const context = small.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(photo, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(width * height);
  for (let at = 0; at < pixels.length; at += 1)
    pixels[at] = Math.min(data[at * 4] as number, data[at * 4 + 1] as number, (data[at * 4 + 2] as number) + 40);
  return { width, height, pixels };
};

/** The sheet between four corners as if it had been laid on a scanner, `longSide` pixels on its longer side. */
export const straightened = (photo: Canvas, corners: Corners, longSide: number): Canvas => {
  const [tl, tr, br, bl] = corners.map(([x, y]) => [x * photo.width, y * photo.height]) as unknown as [
    Pixel,
    Pixel,
    Pixel,
    Pixel,
  ]; // as many as there are corners
  const across = (distance(tl, tr) + distance(bl, br)) / 2;
  const down = (distance(tl, bl) + distance(tr, br)) / 2;
  const { width, height } = sizeOf(across, down, longSide);
  const out = createCanvas(width, height);
  const context = out.getContext('2d');
  const image = context.createImageData(width, height);
  const from = photo.getContext('2d').getImageData(0, 0, photo.width, photo.height);
  copyThrough(fromSquare(tl, tr, br, bl), from, image);
  context.putImageData(image, 0, 0);
  return out;
};

type Pixel = readonly [number, number];
const distance = (a: Pixel, b: Pixel): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

const sizeOf = (across: number, down: number, longSide: number): { width: number; height: number } => {
  const seen = Math.max(across, down) / Math.max(1, Math.min(across, down));
  const ratio = Math.abs(seen / A4 - 1) <= NEAR_A4 ? A4 : seen;
  const short = Math.max(1, Math.round(longSide / ratio));
  return across > down ? { width: longSide, height: short } : { width: short, height: longSide };
};

/** x = (a·u + b·v + c) / (g·u + h·v + 1), y = (d·u + e·v + f) / (g·u + h·v + 1), for u and v from 0 to 1. */
type Mapping = readonly [number, number, number, number, number, number, number, number];

/** How the unit square lies in a photo taken at a slant. Source: Heckbert, Fundamentals of Texture Mapping, 1989, §2.2.3. */
const fromSquare = (tl: Pixel, tr: Pixel, br: Pixel, bl: Pixel): Mapping => {
  const [sx, sy] = [tl[0] - tr[0] + br[0] - bl[0], tl[1] - tr[1] + br[1] - bl[1]];
  const [dx1, dy1] = [tr[0] - br[0], tr[1] - br[1]];
  const [dx2, dy2] = [bl[0] - br[0], bl[1] - br[1]];
  const whole = dx1 * dy2 - dx2 * dy1;
  const g = (sx * dy2 - dx2 * sy) / whole;
  const h = (dx1 * sy - sx * dy1) / whole;
  return [
    tr[0] - tl[0] + g * tr[0],
    bl[0] - tl[0] + h * bl[0],
    tl[0],
    tr[1] - tl[1] + g * tr[1],
    bl[1] - tl[1] + h * bl[1],
    tl[1],
    g,
    h,
  ];
};

type Pixels = { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray };

/** Every pixel of the straight page from the four around its place in the photo, by their nearness. */
const copyThrough = ([a, b, c, d, e, f, g, h]: Mapping, from: Pixels, to: Pixels): void => {
  const { width, height, data } = from;
  // the canvas computes these anew each time they are asked for: for every pixel that is most of the work
  const { width: wide, height: high, data: straight } = to;
  for (let y = 0, at = 0; y < high; y += 1) {
    const v = (y + 0.5) / high;
    for (let x = 0; x < wide; x += 1, at += 4) {
      const u = (x + 0.5) / wide;
      const depth = g * u + h * v + 1;
      const left = Math.min(width - 1.001, Math.max(0, (a * u + b * v + c) / depth - 0.5));
      const top = Math.min(height - 1.001, Math.max(0, (d * u + e * v + f) / depth - 0.5));
      const [column, row] = [left | 0, top | 0];
      const [right, low] = [left - column, top - row];
      const first = (row * width + column) * 4;
      const below = first + width * 4;
      for (let channel = 0; channel < 3; channel += 1) {
        const upper = mixed(data[first + channel], data[first + 4 + channel], right);
        const lower = mixed(data[below + channel], data[below + 4 + channel], right);
        straight[at + channel] = upper + (lower - upper) * low;
      }
      straight[at + 3] = 255;
    }
  }
};

const mixed = (a = 255, b = 255, part = 0): number => a + (b - a) * part;
