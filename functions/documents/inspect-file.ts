import { createHash } from 'node:crypto';
import type { FileKind, Sha256 } from '#shared/documents/model.ts';
import type { InspectedFile } from '#shared/documents/rules.ts';
import { openPdf, pixelsAtReading } from './pdf-file.ts';

/** What a file is and whether it can be read, by its content alone: its name and declared type are not asked. */
export const inspectFile = async (bytes: Uint8Array): Promise<InspectedFile> => {
  const known = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') as Sha256 };
  const kind = kindOfContent(bytes);
  switch (kind) {
    case 'pdf':
      return { ...known, kind, ...(await lookAtPdf(bytes)) };
    case 'jpg':
      return { ...known, kind, ...lookAt(sizeOfJpeg(bytes)) };
    case 'png':
      return { ...known, kind, ...lookAt(sizeOfPng(bytes)) };
    case 'other':
      return { ...known, kind, pages: 0, pixels: 0 };
  }
};

/** PDF readers take a header anywhere in the first kilobyte. */
const PDF_HEADER_WITHIN = 1024;

export const kindOfContent = (bytes: Uint8Array): FileKind | 'other' => {
  const starts = (...magic: number[]) => magic.every((byte, at) => bytes[at] === byte);
  if (starts(0xff, 0xd8, 0xff)) return 'jpg';
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  const head = Buffer.from(bytes.subarray(0, PDF_HEADER_WITHIN)).toString('latin1');
  return head.includes('%PDF-') ? 'pdf' : 'other';
};

type Looked = Pick<InspectedFile, 'pages' | 'pixels' | 'fault'>;

const lookAt = (size: PictureSize | undefined): Looked =>
  size === undefined ? { pages: 1, pixels: 0, fault: 'broken' } : { pages: 1, pixels: size.width * size.height };

const lookAtPdf = async (bytes: Uint8Array): Promise<Looked> => {
  const opened = await openPdf(bytes);
  if (!opened.ok) return { pages: 0, pixels: 0, fault: opened.code };
  const pdf = opened.value;
  try {
    return { pages: pdf.pages, pixels: await pixelsAtReading(pdf) };
  } finally {
    await pdf.close();
  }
};

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Size by the frame header; undefined for a picture that is cut off or has no frame. */
export const sizeOfJpeg = (bytes: Uint8Array): PictureSize | undefined => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let size: PictureSize | undefined;
  let at = 2;
  while (at + 9 < view.length) {
    if (view[at] !== 0xff) return undefined;
    const marker = view[at + 1] as number;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) size = { height: view.readUInt16BE(at + 5), width: view.readUInt16BE(at + 7) };
    // the scan follows; whatever a phone puts behind the picture, the picture itself must end
    if (marker === 0xda)
      return view.includes(Buffer.from([0xff, 0xd9]), at) && size && isDrawn(size) ? size : undefined;
    at += 2 + view.readUInt16BE(at + 2);
  }
  return undefined;
};

/** Size by the header; undefined when a chunk is cut off. */
export const sizeOfPng = (bytes: Uint8Array): PictureSize | undefined => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.length < 33 || view.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const size = { width: view.readUInt32BE(16), height: view.readUInt32BE(20) };
  let at = 8;
  while (at + 12 <= view.length) {
    const length = view.readUInt32BE(at);
    if (view.toString('latin1', at + 4, at + 8) === 'IEND') return isDrawn(size) ? size : undefined;
    at += 12 + length;
  }
  return undefined;
};

const isDrawn = ({ width, height }: PictureSize): boolean => width > 0 && height > 0;
