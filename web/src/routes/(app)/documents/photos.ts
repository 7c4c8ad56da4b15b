import { CLARITY_SIDE, type Clarity, clarityOf } from '#shared/documents/clarity.ts';
import type { PhotoPage } from '#shared/documents/photo-pages.ts';

/** A photo as a page to be sent, and whether it can be read. */
export interface ClearPage extends PhotoPage {
  readonly clarity: Clarity;
}

/** A page among those taken: its key in the list, and its picture as an address of this page. */
export interface TakenPage extends ClearPage {
  readonly key: string;
  readonly at: number;
  readonly address: string;
}

/** Width of a photographed page on its way: 2 megapixels read well, 8 stall on hall Wi-Fi. Source: product.md §3.3. */
const WIDTH = 1_700;
const MAX_PAGE_BYTES = 400_000;
const QUALITIES = [0.82, 0.7, 0.58, 0.46, 0.34];

/** A photo as a page to be sent: upright, at most 1,700 px wide and 400 kB, in colour so that the red seal can be told apart. */
export const photoPage = async (file: Blob): Promise<ClearPage | undefined> => {
  const bitmap = await decoded(file);
  if (!bitmap) return undefined;
  const canvas = shrunk(bitmap, Math.min(1, WIDTH / Math.min(bitmap.width, bitmap.height)));
  bitmap.close();
  if (!canvas) return undefined;
  const clarity = clarityIn(canvas);
  for (const quality of QUALITIES) {
    const blob = await new Promise<Blob | null>((made) => canvas.toBlob(made, 'image/jpeg', quality));
    if (!blob) return undefined;
    if (blob.size > MAX_PAGE_BYTES && quality !== QUALITIES.at(-1)) continue;
    return { jpeg: new Uint8Array(await blob.arrayBuffer()), width: canvas.width, height: canvas.height, clarity };
  }
  return undefined;
};

const shrunk = (picture: ImageBitmap | HTMLCanvasElement, scale: number): HTMLCanvasElement | undefined => {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return undefined;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
};

const clarityIn = (page: HTMLCanvasElement): Clarity => {
  const { width, height } = page;
  const small = shrunk(page, Math.min(1, CLARITY_SIDE / Math.max(width, height)));
  const image = small?.getContext('2d')?.getImageData(0, 0, small.width, small.height);
  if (!image) return 'clear';
  const pixels = new Uint8Array(image.width * image.height);
  for (let at = 0; at < pixels.length; at += 1) {
    const [red = 0, green = 0, blue = 0] = image.data.subarray(at * 4, at * 4 + 3);
    pixels[at] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return clarityOf({ width: image.width, height: image.height, pixels });
};

/** The picture, or undefined for what this phone cannot show. */
const decoded = async (file: Blob): Promise<ImageBitmap | undefined> => {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
};
