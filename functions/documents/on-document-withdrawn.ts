import { groupedFacts } from '#runtime/queue.ts';
import { DocumentWithdrawn } from '#shared/documents/model.ts';
import { names, readText, takeBack, writeLibrary } from './paper-files.ts';
import { shelfOf, unshelve } from './store.ts';

/**
 * Withdrawn documents leave the library, which tells phones to forget them; then their files are deleted, but for
 * pictures that another paper of the unit shows. Source: access.md §4.
 */
export const handler = groupedFacts(
  DocumentWithdrawn,
  ({ unitId }) => unitId,
  async (facts) => {
    const [first] = facts;
    if (!first) return;
    const { unitId } = first;
    for (const { documentId, path } of facts) await unshelve(unitId, documentId, path);
    await writeLibrary(unitId, async () => {
      const { entries, withdrawn } = await shelfOf(unitId);
      return { documents: entries, withdrawn };
    });
    const { entries } = await shelfOf(unitId);
    const shown = new Set<string>();
    for (const { documentId } of entries)
      for (const { picture } of await readText(documentId)) if (picture) shown.add(picture);
    for (const { documentId, path } of facts) {
      const pictures = (await readText(documentId)).flatMap(({ picture }) =>
        picture === undefined || shown.has(picture) ? [] : [names.page(unitId, picture)],
      );
      await takeBack([path, ...pictures]);
    }
  },
);
