import { hashOf } from '#runtime/files.ts';
import { eachFact } from '#runtime/queue.ts';
import { PageDue, type Sha256 } from '#shared/documents/model.ts';
import { openPages, type Pages, pictureToRead, seenPicture } from './page-images.ts';
import { keepPage, readOriginal } from './paper-files.ts';
import { putTogether } from './put-together.ts';
import { tesseractReader, wordsOfTextLayer } from './read-page.ts';
import { loadDocument, moveDocument, pagesRead, recordPageRead } from './store.ts';

const reader = tesseractReader();

/**
 * One page is read: its picture for people, its words for the search. Whoever reads the last one puts the document
 * together. Safe to repeat: a page already read is not read again, and put together twice it is the same.
 */
export const handler = eachFact(PageDue, async ({ documentId, unitId, page }, now) => {
  const document = await loadDocument(unitId, documentId);
  if (document?.state !== 'reading' || document.kind === undefined) return;
  const bytes = (await readOriginal(unitId, documentId)) ?? new Uint8Array();
  const opened = await openPages(document.kind, bytes);
  const pages = opened.ok ? opened.value : undefined;
  try {
    const alreadyRead = (await pagesRead(documentId)).has(page);
    const picture = pages && !alreadyRead ? await readPage(documentId, pages, page) : undefined;
    if (!pages || (!alreadyRead && !picture)) {
      await moveDocument('reading', { ...document, state: 'rejected', reason: 'unreadable', rejectedAt: now });
      return;
    }
    if (picture) await recordPageRead(documentId, page, picture);
    const pictures = await pagesRead(documentId);
    if (pictures.size === document.pages) await putTogether(document, { bytes, pages }, pictures, now);
  } finally {
    await pages?.close();
  }
});

/** Hash of the page's picture; undefined when it cannot be drawn. */
const readPage = async (documentId: PageDue['documentId'], pages: Pages, page: number): Promise<Sha256 | undefined> => {
  const drawn = await pages.picture(page);
  if (!drawn) return undefined;
  const layer = wordsOfTextLayer(await pages.text(page));
  const words = layer ?? (await reader.read(pictureToRead(drawn)));
  const { webp } = await seenPicture(drawn);
  await keepPage(documentId, page, { webp, words, hasText: layer !== undefined });
  return hashOf(webp) as Sha256;
};
