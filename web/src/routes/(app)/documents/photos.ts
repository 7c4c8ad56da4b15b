import type { PhotoPage } from '#shared/documents/photo-pages.ts';

/** Width of a photographed page on its way: 2 megapixels read well, 8 stall on hall Wi-Fi. Source: product.md §3.3. */
const WIDTH = 1_700;
const MAX_PAGE_BYTES = 400_000;
const QUALITIES = [0.82, 0.7, 0.58, 0.46, 0.34];

/** A photo as a page to be sent: upright, at most 1,700 px wide and 400 kB, in colour so that the red seal can be told apart. */
export const photoPage = async (file: Blob): Promise<PhotoPage | undefined> => {
  const bitmap = await decoded(file);
  if (!bitmap) return undefined;
  const scale = Math.min(1, WIDTH / Math.min(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  for (const quality of QUALITIES) {
    const blob = await new Promise<Blob | null>((made) => canvas.toBlob(made, 'image/jpeg', quality));
    if (!blob) return undefined;
    if (blob.size > MAX_PAGE_BYTES && quality !== QUALITIES.at(-1)) continue;
    return { jpeg: new Uint8Array(await blob.arrayBuffer()), width: canvas.width, height: canvas.height };
  }
  return undefined;
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
