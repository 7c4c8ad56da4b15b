import { hashOf } from '#runtime/files.ts';
import { eachFact } from '#runtime/queue.ts';
import { type Corners, PageDue, type Sha256 } from '#shared/documents/model.ts';
import { laidFlat, openPages, type Pages, pictureToRead, seenPicture } from './page-images.ts';
import { keepPage, readOriginal } from './paper-files.ts';
import { putTogether } from './put-together.ts';
import { tesseractReader, wordsOfTextLayer } from './read-page.ts';
import { loadDocument, moveDocument, pagesOf, picturesOf, recordPageRead, recordTry } from './store.ts';
import { cornersOf } from './straighten.ts';

const reader = tesseractReader();

/**
 * One page is read: its picture for people, its words for the search. Whoever reads the last one puts the document
 * together. Safe to repeat: a page already read is not read again, and put together twice it is the same.
 */
export const handler = eachFact(PageDue, async ({ documentId, unitId, page }, now) => {
  const document = await loadDocument(unitId, documentId);
  if (document?.state !== 'reading' || document.kind === undefined) return;
  const due = await recordTry(documentId, page, now);
  const bytes = (await readOriginal(unitId, documentId)) ?? new Uint8Array();
  const opened = await openPages(document.kind, bytes);
  const pages = opened.ok ? opened.value : undefined;
  try {
    const toRead = due?.picture === undefined;
    const picture = pages && toRead ? await readPage(documentId, pages, { page, corners: due?.corners }) : undefined;
    if (!pages || (toRead && !picture)) {
      await moveDocument('reading', { ...document, state: 'rejected', reason: 'unreadable', rejectedAt: now });
      return;
    }
    if (picture) await recordPageRead(documentId, page, picture);
    const pictures = picturesOf(await pagesOf(documentId));
    if (pictures.size === document.pages) await putTogether(document, { bytes, pages }, pictures, now);
  } finally {
    await pages?.close();
  }
});

/** A page of text is taken as it stands; a photo is laid flat between the corners a person set, or those found in it. */
const readPage = async (
  documentId: PageDue['documentId'],
  pages: Pages,
  { page, corners: given }: { readonly page: number; readonly corners: Corners | undefined },
): Promise<Sha256 | undefined> => {
  const taken = await pages.picture(page);
  if (!taken) return undefined;
  const layer = wordsOfTextLayer(await pages.text(page));
  const corners = given ?? (layer ? undefined : cornersOf(taken));
  const flat = laidFlat(taken, corners);
  const words = (given ? undefined : layer) ?? (await reader.read(pictureToRead(flat)));
  const { webp } = await seenPicture(flat, corners ? 'even' : 'as it is');
  const asTaken = corners && (await seenPicture(laidFlat(taken, undefined))).webp;
  await keepPage(documentId, page, { webp, taken: asTaken, words, hasText: !given && layer !== undefined, corners });
  return hashOf(webp) as Sha256;
};
