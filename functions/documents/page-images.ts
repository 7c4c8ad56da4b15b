import { type Canvas, createCanvas, loadImage } from '@napi-rs/canvas';
import type { Corners, FileKind } from '#shared/documents/model.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { type OpenPdf, openPdf, type PdfText, READING_DPI } from './pdf-file.ts';
import { straightened } from './straighten.ts';

/** Grey values of a picture, row by row: 0 is black, 255 is white. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** The pages of a file as pictures of 200 dpi, or of a photo's own finer ones. Pages count from 1. */
export interface Pages {
  readonly count: number;
  /** Undefined for a page that cannot be drawn. */
  readonly picture: (page: number) => Promise<Canvas | undefined>;
  /** The text layer of a page; empty for a scan. */
  readonly text: (page: number) => Promise<readonly PdfText[]>;
  readonly close: () => Promise<void>;
}

/** Opens a file that passed inspection. Refusal: unreadable, if its pictures cannot be drawn after all. */
export const openPages = async (kind: FileKind, bytes: Uint8Array): Promise<Result<Pages, 'unreadable'>> => {
  if (kind === 'pdf') {
    const pdf = await openPdf(bytes);
    return pdf.ok ? ok(pagesOfPdf(pdf.value)) : refuse('unreadable');
  }
  try {
    const picture = await drawnUpright(bytes);
    return ok({ count: 1, picture: async () => picture, text: async () => [], close: async () => undefined });
  } catch (error) {
    // the decoder throws plain errors for what it cannot decode
    if (error instanceof Error) return refuse('unreadable');
    throw error;
  }
};

const pagesOfPdf = (pdf: OpenPdf): Pages => ({
  count: pdf.pages,
  picture: async (page) => {
    try {
      return await pdf.draw(page, READING_DPI);
    } catch (error) {
      // the library throws errors of many classes for a page it cannot draw
      if (error instanceof Error) return undefined;
      throw error;
    }
  },
  text: (page) => pdf.textOf(page),
  close: () => pdf.close(),
});

/** Longer side of an A4 page at 200 dpi. */
export const LONG_SIDE = Math.round((297 / 25.4) * READING_DPI);

/** Pixels of a photo's longer side at most: a sheet cut out of it is then still sharp, and memory is not flooded. */
const MOST_LONG_SIDE = 3400;

/** A photo turned upright as its camera noted, at least of the size of an A4 page at 200 dpi. */
const drawnUpright = async (bytes: Uint8Array): Promise<Canvas> => {
  const image = await loadImage(Buffer.from(bytes));
  const longer = Math.max(image.width, image.height);
  const scale = Math.min(MOST_LONG_SIDE, Math.max(LONG_SIDE, longer)) / longer;
  const canvas = createCanvas(Math.round(image.width * scale), Math.round(image.height * scale));
  const context = canvas.getContext('2d');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
};

/** The page as it is read and seen: the sheet between the four corners laid flat, or the whole of it, at 200 dpi. */
export const laidFlat = (taken: Canvas, corners: Corners | undefined): Canvas => {
  if (corners && !isWhole(corners)) return straightened(taken, corners, LONG_SIDE);
  const scale = LONG_SIDE / Math.max(taken.width, taken.height);
  return scale < 1 ? smaller(taken, scale) : taken;
};

/** Corners of the picture itself say: this page is not to be straightened. */
const isWhole = (corners: Corners): boolean => corners.flat().every((part) => part === 0 || part === 1);

const smaller = (page: Canvas, scale: number): Canvas => {
  const canvas = createCanvas(Math.round(page.width * scale), Math.round(page.height * scale));
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(page, 0, 0, canvas.width, canvas.height);
  return canvas;
};

/** Resolution and weight of the picture that people see. Source: product.md §3.3. */
const SEEN_DPI = 150;
export const MAX_SEEN_BYTES = 160_000;

/** Grey WebP at 150 dpi, at most 160 kB: quality falls first, then size. A photo laid flat is seen in even light. */
export const seenPicture = async (
  page: Canvas,
  light: 'as it is' | 'even' = 'as it is',
): Promise<{ readonly webp: Buffer; readonly width: number; readonly height: number }> => {
  let scale = SEEN_DPI / READING_DPI;
  for (;;) {
    const canvas = greyCopy(page, scale, light);
    for (const quality of [50, 38, 26, 16]) {
      const webp = await canvas.encode('webp', quality);
      if (webp.length <= MAX_SEEN_BYTES) return { webp, width: canvas.width, height: canvas.height };
    }
    scale *= 0.8;
  }
};

const greyCopy = (page: Canvas, scale: number, light: 'as it is' | 'even'): Canvas => {
  const canvas = smaller(page, scale);
  const context = canvas.getContext('2d');
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const { data } = image;
  const { width, height } = canvas;
  const pixels = new Uint8Array(width * height);
  for (let at = 0; at < pixels.length; at += 1) {
    const [red = 0, green = 0, blue = 0] = [data[at * 4], data[at * 4 + 1], data[at * 4 + 2]];
    pixels[at] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  const shown = light === 'even' ? evened({ width, height, pixels }).pixels : pixels;
  for (let at = 0; at < shown.length; at += 1) data[at * 4] = data[at * 4 + 1] = data[at * 4 + 2] = shown[at] as number;
  context.putImageData(image, 0, 0);
  return canvas;
};

/**
 * The page for the reading machine: the red channel alone, in which a red seal vanishes (20 % wrong syllables become
 * 1 %), with uneven light evened. Source: measurements in product.md §5.1.
 */
export const pictureToRead = (page: Canvas): Grey => {
  const { width, height } = page;
  const { data } = page.getContext('2d').getImageData(0, 0, width, height);
  const red = new Uint8Array(width * height);
  for (let at = 0; at < red.length; at += 1) red[at] = data[at * 4] as number;
  return evened({ width, height, pixels: red });
};

/** Side of the squares in which the light of the paper is measured, in pixels: wider than any stroke of a letter. */
const SQUARE = 32;
/** In each square the paper is the value that this part of its pixels does not pass. */
const PAPER = 0.85;
const WHITE = 245;

/** Every pixel against the paper around it, so that a shadow of the hand is not read as ink. */
export const evened = ({ width, height, pixels }: Grey): Grey => {
  const columns = Math.ceil(width / SQUARE);
  const rows = Math.ceil(height / SQUARE);
  const paper = smoothed(paperOf({ width, height, pixels }, columns, rows), columns, rows);
  const out = new Uint8Array(pixels.length);
  for (let y = 0; y < height; y += 1) {
    const down = Math.min(rows - 1, Math.max(0, y / SQUARE - 0.5));
    const top = Math.floor(down);
    const low = Math.min(rows - 1, top + 1);
    for (let x = 0; x < width; x += 1) {
      const across = Math.min(columns - 1, Math.max(0, x / SQUARE - 0.5));
      const left = Math.floor(across);
      const right = Math.min(columns - 1, left + 1);
      const upper = mix(paper[top * columns + left], paper[top * columns + right], across - left);
      const lower = mix(paper[low * columns + left], paper[low * columns + right], across - left);
      const at = y * width + x;
      out[at] = Math.min(255, ((pixels[at] as number) * WHITE) / mix(upper, lower, down - top));
    }
  }
  return { width, height, pixels: out };
};

const mix = (a = 255, b = 255, part = 0): number => a + (b - a) * part;

const paperOf = ({ width, height, pixels }: Grey, columns: number, rows: number): Float64Array => {
  const paper = new Float64Array(columns * rows);
  const counts = new Uint32Array(256);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      counts.fill(0);
      let total = 0;
      for (let y = row * SQUARE; y < Math.min(height, (row + 1) * SQUARE); y += 2) {
        for (let x = column * SQUARE; x < Math.min(width, (column + 1) * SQUARE); x += 2) {
          const value = pixels[y * width + x] as number;
          counts[value] = (counts[value] as number) + 1;
          total += 1;
        }
      }
      let value = 0;
      for (let passed = counts[0] as number; passed < total * PAPER; passed += counts[value] as number) value += 1;
      // a square of ink only (a photo, a stamp) keeps its darkness
      paper[row * columns + column] = Math.max(value, 90);
    }
  }
  return paper;
};

const smoothed = (values: Float64Array, columns: number, rows: number): Float64Array => {
  const out = new Float64Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let sum = 0;
      let count = 0;
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) {
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) {
          sum += values[y * columns + x] as number;
          count += 1;
        }
      }
      out[row * columns + column] = sum / count;
    }
  }
  return out;
};
