import { groupedFacts } from '#runtime/queue.ts';
import { DocumentPublished } from '#shared/documents/model.ts';
import { libraryEntry, publishedPaper } from '#shared/documents/rules.ts';
import { putOut, readText, takeBack, writeLibrary } from './paper-files.ts';
import { loadDocument, shelfOf, shelve } from './store.ts';

/** Published documents are put on the content path, then into their unit's library. Put out twice, they are the same. */
export const handler = groupedFacts(
  DocumentPublished,
  ({ unitId }) => unitId,
  async (facts) => {
    for (const { unitId, documentId } of facts) {
      const document = await loadDocument(unitId, documentId);
      // withdrawn before it was put out: then it is never put out
      if (document?.state !== 'published') continue;
      const pages = await readText(documentId);
      const paper = publishedPaper(document, pages, { ...document, at: document.publishedAt });
      const pictures = pages.flatMap(({ picture }, at) => (picture === undefined ? [] : [{ page: at + 1, picture }]));
      const bytes = await putOut(document.path, paper, pictures);
      // withdrawn while it was put out: the text, which alone names the pictures, goes again
      if (!(await shelve(libraryEntry(document, paper, bytes)))) await takeBack([document.path]);
    }
    const [first] = facts;
    if (!first) return;
    await writeLibrary(first.unitId, async () => {
      const { entries, withdrawn } = await shelfOf(first.unitId);
      return { documents: entries, withdrawn };
    });
  },
);
