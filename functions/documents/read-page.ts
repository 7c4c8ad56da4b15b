import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import type { Box, PageText } from '#shared/documents/model.ts';
import type { Grey } from './page-images.ts';
import type { PdfText } from './pdf-file.ts';

/** One word on a page: box in parts of the page, and how sure the reader is (0 to 100). */
export interface Word {
  readonly text: string;
  readonly box: Box;
  readonly sure: number;
}

/** A page as it was read: lines of words from top to bottom, a line of two columns taken apart. */
export interface PageWords {
  readonly lines: readonly (readonly Word[])[];
}

/** Whoever can read a grey picture of a page; a container with a native engine can stand in for this one. */
export interface Reader {
  readonly read: (page: Grey) => Promise<PageWords>;
}

export const textOfLines = ({ lines }: PageWords): PageText => ({
  lines: lines.map((words) => ({
    text: words.map((word) => word.text).join(' '),
    box: around(words.map((word) => word.box)),
    sure: Math.min(...words.map((word) => word.sure)),
  })),
});

/** Reads Vietnamese with tesseract's LSTM engine in WebAssembly: no package of the system, no network. */
export const tesseractReader = (): Reader => ({
  async read(page) {
    const { engine, api } = await machine();
    const head = Buffer.from(`P5\n${page.width} ${page.height}\n255\n`, 'latin1');
    engine.FS.writeFile('/input', Buffer.concat([head, page.pixels]));
    if (api.SetImageFile(1, 0) === 1) throw new Error('the engine does not take the picture of the page');
    api.SetVariable('user_defined_dpi', '200');
    api.Recognize(null);
    // the shape of the engine's own JSON; only what is used is named
    const { blocks } = JSON.parse(api.GetJSONText()) as { blocks: readonly Block[] | null };
    engine.FS.unlink('/input');
    return wordsOfBlocks(blocks ?? [], page);
  },
});

interface Engine {
  readonly FS: { writeFile(path: string, data: Uint8Array): void; unlink(path: string): void };
  readonly TessBaseAPI: new () => Api;
}
interface Api {
  Init(path: null, language: string, mode: number): number;
  SetVariable(name: string, value: string): void;
  SetImageFile(exif: number, angle: number): number;
  Recognize(monitor: null): number;
  GetJSONText(): string;
}
interface Bounded {
  readonly bbox: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number };
  readonly text: string;
  readonly confidence: number;
}
interface Block {
  readonly paragraphs: readonly { readonly lines: readonly (Bounded & { readonly words: readonly Bounded[] })[] }[];
}

const LSTM_ONLY = 1;
let made: Promise<{ engine: Engine; api: Api }> | undefined;

/** The engine, made with its first page and kept for the next ones of this process. */
const machine = () => {
  made ??= (async () => {
    const require = createRequire(import.meta.url);
    // a module of the engine's own making, without types
    const start = require('tesseract.js-core/tesseract-core-simd-lstm.js') as (settings: object) => Promise<Engine>;
    const quiet = () => undefined;
    const engine = await start({ print: quiet, printErr: quiet });
    const data = await readFile(require.resolve('@tesseract.js-data/vie/4.0.0_best_int/vie.traineddata.gz'));
    engine.FS.writeFile('vie.traineddata', gunzipSync(data));
    const api = new engine.TessBaseAPI();
    if (api.Init(null, 'vie', LSTM_ONLY) === -1) throw new Error('the reading engine does not start');
    return { engine, api };
  })();
  return made;
};

/** What the engine takes for a word although no letter or digit is in it is a speck of the scan. */
const speck = /^[^\p{L}\d*()\-–—/]+$/u;
const FAINT = 25;
/** A gap of so many line heights parts two columns: the head of a document has issuer left and date right. */
const COLUMN_GAP = 2.2;

const wordsOfBlocks = (blocks: readonly Block[], { width, height }: Grey): PageWords => {
  const lines = blocks
    .flatMap((block) => block.paragraphs)
    .flatMap((paragraph) => paragraph.lines)
    .flatMap((line) => {
      const words = line.words
        .map(({ bbox, text, confidence }) => ({
          text: text.normalize('NFC').trim(),
          box: [bbox.x0 / width, bbox.y0 / height, bbox.x1 / width, bbox.y1 / height] as Box,
          sure: confidence,
        }))
        .filter((word) => word.text !== '' && word.sure >= FAINT && !(speck.test(word.text) && word.sure < 60));
      return apart(words, width / height);
    });
  return { lines: lines.filter((words) => words.length > 0) };
};

/** Parts a line where the gap is wide. `ratio` is width over height of the page, to compare both directions. */
const apart = (words: readonly Word[], ratio: number): readonly (readonly Word[])[] => {
  const heights = words.map(({ box }) => box[3] - box[1]).sort((a, b) => a - b);
  const usual = heights[heights.length >> 1] ?? 0;
  const parts: Word[][] = [];
  for (const word of words) {
    const before = parts.at(-1)?.at(-1);
    const gap = before ? (word.box[0] - before.box[2]) * ratio : Number.POSITIVE_INFINITY;
    if (gap > usual * COLUMN_GAP) parts.push([word]);
    else parts.at(-1)?.push(word);
  }
  return parts;
};

/** Letters that only Unicode Vietnamese has; text in an old one-byte font has none of them. */
const vietnamese = /[ăđơưĂĐƠƯ\u1EA0-\u1EF9]/gu;
const LEAST_LETTERS = 40;
const LEAST_PART = 0.03;

/**
 * The words of a page's own text layer, if it is Vietnamese in Unicode. A layer in an old font (TCVN3, VNI) or a mere
 * stamp answers nothing: such a page is read from its picture.
 */
export const wordsOfTextLayer = (layer: readonly PdfText[]): PageWords | undefined => {
  const text = layer.map((item) => item.text).join(' ');
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters < LEAST_LETTERS || (text.match(vietnamese)?.length ?? 0) < letters * LEAST_PART) return undefined;
  const lines: Word[][] = [[]];
  let below: number | undefined;
  for (const { text: run, box, endsLine } of layer) {
    const middle = (box[1] + box[3]) / 2;
    const line = lines.at(-1) as Word[];
    const last = line.at(-1);
    // another height, or back to the left: another line
    const breaks = below !== undefined && (Math.abs(middle - below) > 0.006 || (last && box[0] < last.box[0]));
    if (breaks && line.length > 0) lines.push([]);
    if (run.trim() !== '') {
      lines.at(-1)?.push({ text: run.trim(), box: [...box], sure: 100 });
      below = middle;
    }
    if (endsLine && (lines.at(-1)?.length ?? 0) > 0) lines.push([]);
  }
  return { lines: lines.filter((line) => line.length > 0).flatMap((line) => apart(line, Math.SQRT1_2)) };
};

const around = (boxes: readonly Box[]): Box => [
  Math.min(...boxes.map((box) => box[0])),
  Math.min(...boxes.map((box) => box[1])),
  Math.max(...boxes.map((box) => box[2])),
  Math.max(...boxes.map((box) => box[3])),
];
