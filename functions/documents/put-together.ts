import type { DocumentIn, ReadPage, Sha256 } from '#shared/documents/model.ts';
import { proposeFromText } from '#shared/documents/proposals.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import { laidFlat, type Pages } from './page-images.ts';
import { type KeptPage, keepSearchable, keepText, readKeptPage } from './paper-files.ts';
import { textOfLines } from './read-page.ts';
import { searchablePdf } from './searchable-pdf.ts';
import { moveDocument } from './store.ts';

/** What was read of every page becomes text, proposals and a searchable copy, and the document waits for a person. */
export const putTogether = async (
  document: DocumentIn<'reading'>,
  original: { readonly bytes: Uint8Array; readonly pages: Pages },
  pictures: ReadonlyMap<number, Sha256>,
  now: Instant,
): Promise<void> => {
  const { documentId } = document;
  const kept: KeptPage[] = [];
  for (let page = 1; page <= document.pages; page += 1) kept.push(await readKeptPage(documentId, page));
  const text: ReadPage[] = kept.map(({ words, corners, pictureBytes }, at) => ({
    picture: pictures.get(at + 1),
    pictureBytes,
    lines: textOfLines(words).lines,
    ...(corners && { corners }),
  }));
  await keepText(documentId, text);
  await keepSearchable(documentId, await searchable(document, original, kept));
  const proposals = proposeFromText(text, dayOf(now));
  await moveDocument('reading', { ...document, state: 'to-review', readAt: now, proposals });
};

const JPEG_QUALITY = 70;

const searchable = (
  { kind }: DocumentIn<'reading'>,
  { bytes, pages }: { readonly bytes: Uint8Array; readonly pages: Pages },
  kept: readonly KeptPage[],
): Promise<Uint8Array> =>
  searchablePdf(
    // words of a page laid flat do not lie on the photo as it was taken: its picture takes its place
    kind === 'pdf' && kept.every(({ corners }) => corners === undefined) ? { kind, bytes } : undefined,
    kept.map(({ words, hasText, corners }, at) => ({
      words,
      hasText,
      jpeg: async () => {
        const drawn = await pages.picture(at + 1);
        if (!drawn) throw new Error('a page that was read cannot be drawn');
        return laidFlat(drawn, corners).encode('jpeg', JPEG_QUALITY);
      },
    })),
  );
