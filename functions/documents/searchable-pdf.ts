import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import fontkit from '@pdf-lib/fontkit';
import {
  beginText,
  concatTransformationMatrix,
  degrees,
  endText,
  PDFDocument,
  type PDFFont,
  type PDFPage,
  popGraphicsState,
  pushGraphicsState,
  setCharacterSqueeze,
  setFontAndSize,
  setTextMatrix,
  setTextRenderingMode,
  showText,
  TextRenderingMode,
} from 'pdf-lib';
import type { PageWords } from './read-page.ts';

/** A page of the searchable copy: its words, and a JPEG of it where the original is no PDF that can be copied. */
export interface SearchablePage {
  readonly words: PageWords;
  /** The page had a text layer of its own: nothing is laid over it. */
  readonly hasText: boolean;
  readonly jpeg: () => Promise<Uint8Array>;
}

/**
 * A PDF that looks as the original and can be searched: the original's pages (or their pictures) with the words that
 * were read laid over them, invisible. The original itself is not touched. DejaVu Sans, because its subset keeps every
 * Vietnamese letter where others lose Ủ, Ậ, Ạ and Ố. Source: measurements in stack.md §7.
 */
export const searchablePdf = async (
  original: { readonly kind: 'pdf'; readonly bytes: Uint8Array } | undefined,
  pages: readonly SearchablePage[],
): Promise<Uint8Array> => {
  const usable = original && (await copied(original.bytes, pages.length));
  const pdf = usable ?? (await PDFDocument.create());
  pdf.registerFontkit(fontkit);
  const needsText = pages.some((page) => !page.hasText || !usable);
  const font = needsText ? await pdf.embedFont(await fontFile(), { subset: true }) : undefined;
  for (const [at, page] of pages.entries()) {
    const drawn = usable ? usable.getPage(at) : await pictured(pdf, await page.jpeg());
    if (font && !(usable && page.hasText)) layWords(drawn, page.words, font);
  }
  return pdf.save();
};

/** The original as the library can copy it, or undefined for one it cannot (locked against changes, unusual inside). */
const copied = async (bytes: Uint8Array, pages: number): Promise<PDFDocument | undefined> => {
  try {
    const pdf = await PDFDocument.load(bytes, { updateMetadata: false });
    return pdf.getPageCount() === pages ? pdf : undefined;
  } catch (error) {
    // the library throws errors of many classes for what it cannot read; the pictures of the pages take its place
    if (error instanceof Error) return undefined;
    throw error;
  }
};

const A4 = { short: 595.28, long: 841.89 };

const pictured = async (pdf: PDFDocument, jpeg: Uint8Array): Promise<PDFPage> => {
  const image = await pdf.embedJpg(jpeg);
  const wide = image.width > image.height;
  const scale = Math.min((wide ? A4.long : A4.short) / image.width, (wide ? A4.short : A4.long) / image.height);
  const page = pdf.addPage([image.width * scale, image.height * scale]);
  page.drawImage(image, { x: 0, y: 0, width: page.getWidth(), height: page.getHeight() });
  return page;
};

/** Part of a word's box that stands above the line the letters rest on. */
const BASELINE = 0.22;

const layWords = (page: PDFPage, { lines }: PageWords, font: PDFFont): void => {
  const name = page.node.newFontDictionary(font.name, font.ref);
  const { matrix, width, height } = asShown(page);
  page.pushOperators(
    pushGraphicsState(),
    concatTransformationMatrix(...matrix),
    beginText(),
    setTextRenderingMode(TextRenderingMode.Invisible),
  );
  for (const line of lines) {
    for (const [at, { text, box }] of line.entries()) {
      const shown = at < line.length - 1 ? `${text} ` : text;
      const [left, top, right, bottom] = box;
      const size = Math.max(1, (bottom - top) * height * 0.9);
      const natural = font.widthOfTextAtSize(text, size);
      const squeeze = natural > 0 ? Math.min(400, Math.max(20, (((right - left) * width) / natural) * 100)) : 100;
      page.pushOperators(
        setFontAndSize(name, size),
        setCharacterSqueeze(squeeze),
        setTextMatrix(1, 0, 0, 1, left * width, height - (bottom - (bottom - top) * BASELINE) * height),
        showText(font.encodeText(shown)),
      );
    }
  }
  page.pushOperators(endText(), popGraphicsState());
};

type Matrix = [number, number, number, number, number, number];

/** From the page as shown (origin at the lower left of what is seen) to the page's own axes, for a page that is turned. */
const asShown = (page: PDFPage): { readonly matrix: Matrix; readonly width: number; readonly height: number } => {
  const { x, y, width, height } = page.getCropBox();
  const turn = ((page.getRotation().angle % 360) + 360) % 360;
  switch (turn) {
    case degrees(90).angle:
      return { matrix: [0, 1, -1, 0, x + width, y], width: height, height: width };
    case degrees(180).angle:
      return { matrix: [-1, 0, 0, -1, x + width, y + height], width, height };
    case degrees(270).angle:
      return { matrix: [0, -1, 1, 0, x, y + height], width: height, height: width };
    default:
      return { matrix: [1, 0, 0, 1, x, y], width, height };
  }
};

let font: Promise<Uint8Array> | undefined;
const fontFile = (): Promise<Uint8Array> => {
  font ??= readFile(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
  return font;
};
