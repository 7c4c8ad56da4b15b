import { forgetAtEdge } from '#runtime/edge-cache.ts';
import { hashOf } from '#runtime/files.ts';
import { groupedFacts } from '#runtime/queue.ts';
import { DocumentWithdrawn } from '#shared/documents/model.ts';
import { names, readText, takeBack, writeLibrary } from './paper-files.ts';
import { shelfOf, unshelve } from './store.ts';

/**
 * Withdrawn documents leave the library, which tells phones to forget them; then their files are deleted, but for
 * pictures that another paper of the unit shows, and the edge forgets them too. Source: access.md §4.
 */
export const handler = groupedFacts(
  DocumentWithdrawn,
  ({ unitId }) => unitId,
  async (facts) => {
    const [first] = facts;
    if (!first) return;
    const { unitId } = first;
    const leaving = new Set<string>(facts.map(({ documentId }) => documentId));
    const { entries } = await shelfOf(unitId);
    const shown = new Set<string>();
    for (const { documentId } of entries)
      if (!leaving.has(documentId))
        for (const { picture } of await readText(documentId)) if (picture) shown.add(picture);
    const gone: string[] = [];
    for (const { documentId, path } of facts) {
      const pictures = (await readText(documentId)).flatMap(({ picture }) =>
        picture === undefined || shown.has(picture) ? [] : [names.page(unitId, picture)],
      );
      await unshelve(unitId, documentId, [path, ...pictures]);
      gone.push(path, ...pictures);
    }
    await writeLibrary(unitId, async () => {
      const shelf = await shelfOf(unitId);
      return { documents: shelf.entries, withdrawn: shelf.withdrawn };
    });
    await takeBack(gone);
    await forgetAtEdge(gone, hashOf(gone.join('\n')));
  },
);
