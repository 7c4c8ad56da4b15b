import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Canvas, createCanvas, DOMMatrix, ImageData, Path2D } from '@napi-rs/canvas';
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { MAX_PIXELS } from '#shared/documents/model.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';

/** A PDF that could be opened. Pages count from 1. */
export interface OpenPdf {
  readonly pages: number;
  /** Width and height in points as shown, turned the way the page says. */
  readonly sizeOf: (page: number) => Promise<{ readonly width: number; readonly height: number }>;
  readonly draw: (page: number, dotsPerInch: number) => Promise<Canvas>;
  readonly textOf: (page: number) => Promise<readonly PdfText[]>;
  readonly close: () => Promise<void>;
}

/** A run of text of a page's own text layer; box in parts of the page as shown. */
export interface PdfText {
  readonly text: string;
  readonly box: readonly [number, number, number, number];
  readonly endsLine: boolean;
}

/** Resolution at which pages are read by the machine. Source: measurements in stack.md §7. */
export const READING_DPI = 200;
const POINTS_PER_INCH = 72;

/** Opens a PDF. Refusals: encrypted, broken. What only forbids printing opens without a password. */
export const openPdf = async (bytes: Uint8Array): Promise<Result<OpenPdf, 'encrypted' | 'broken'>> => {
  const pdfjs = await library();
  try {
    const pdf = await pdfjs.getDocument({
      data: Uint8Array.from(bytes), // the library keeps what it is given
      useSystemFonts: false,
      disableFontFace: true,
      maxImageSize: MAX_PIXELS,
      verbosity: 0,
      standardFontDataUrl: `${join(folder, 'standard_fonts')}/`,
      cMapUrl: `${join(folder, 'cmaps')}/`,
      wasmUrl: `${join(folder, 'wasm')}/`,
      iccUrl: `${join(folder, 'iccs')}/`,
    }).promise;
    return ok(opened(pdf));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'PasswordException') return refuse('encrypted');
    if (['InvalidPDFException', 'FormatError', 'MissingPDFException', 'UnknownErrorException'].includes(error.name))
      return refuse('broken');
    throw error;
  }
};

/** Pixels of the largest page drawn for reading. */
export const pixelsAtReading = async (pdf: OpenPdf): Promise<number> => {
  let most = 0;
  for (let page = 1; page <= pdf.pages; page += 1) {
    const { width, height } = await pdf.sizeOf(page);
    most = Math.max(most, width * height * (READING_DPI / POINTS_PER_INCH) ** 2);
  }
  return Math.round(most);
};

const opened = (pdf: PDFDocumentProxy): OpenPdf => ({
  pages: pdf.numPages,

  async sizeOf(number) {
    const { width, height } = (await pdf.getPage(number)).getViewport({ scale: 1 });
    return { width, height };
  },

  async draw(number, dotsPerInch) {
    const page = await pdf.getPage(number);
    const viewport = page.getViewport({ scale: dotsPerInch / POINTS_PER_INCH });
    const canvas = createCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height));
    // the canvas of @napi-rs has the methods the library draws with
    await page.render({ canvas: canvas as unknown as HTMLCanvasElement, viewport, background: '#ffffff' }).promise;
    page.cleanup();
    return canvas;
  },

  async textOf(number) {
    const page = await pdf.getPage(number);
    const viewport = page.getViewport({ scale: 1 });
    const { items } = await page.getTextContent();
    return items.flatMap((item) => {
      if (!('str' in item)) return [];
      const [, , , , x, y] = item.transform as [number, number, number, number, number, number];
      const [left, bottom] = viewport.convertToViewportPoint(x, y) as [number, number];
      const [right, top] = viewport.convertToViewportPoint(x + item.width, y + item.height) as [number, number];
      const box = [left / viewport.width, top / viewport.height, right / viewport.width, bottom / viewport.height];
      return [{ text: item.str.normalize('NFC'), box: box as unknown as PdfText['box'], endsLine: item.hasEOL }];
    });
  },

  close: () => pdf.loadingTask.destroy(),
});

type HTMLCanvasElement = NonNullable<
  Parameters<Awaited<ReturnType<PDFDocumentProxy['getPage']>>['render']>[0]['canvas']
>;

const folder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));

let loaded: Promise<typeof import('pdfjs-dist/legacy/build/pdf.mjs')> | undefined;

/** The library, loaded once and only by those who need it, with its worker in this same thread. */
const library = () => {
  loaded ??= (async () => {
    // what the library expects of a browser and finds no other way inside a bundle
    Object.assign(globalThis, { DOMMatrix, ImageData, Path2D });
    // it has no types: the library looks for its worker under this name
    const worker = (await import(join(folder, 'legacy/build/pdf.worker.mjs'))) as { WorkerMessageHandler: unknown };
    Object.assign(globalThis, { pdfjsWorker: worker });
    return import('pdfjs-dist/legacy/build/pdf.mjs');
  })();
  return loaded;
};
