import { content } from '#lib/api.ts';
import { documentType, Library, type LibraryEntry } from '#shared/documents/model.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import type { Paper } from '#shared/meetings/model.ts';

/** What the branch and those above it have published, the newest first; a unit without a library has published nothing. */
export const readShelf = async (chain: readonly UnitId[]): Promise<readonly LibraryEntry[]> => {
  const shelves = await Promise.all(chain.map((unitId) => content(`/content/live/${unitId}/library.json`, Library)));
  return shelves
    .flatMap((shelf) => (shelf.ok ? shelf.value.value.documents : []))
    .sort((a, b) => b.publishedAt.localeCompare(a.publishedAt));
};

/** Letters of a paper's title at most. */
const TITLE_LENGTH = 290;

/** `Nghị quyết 05-NQ/ĐU: về …` */
export const titleOf = ({ fields }: LibraryEntry): string =>
  `${[documentType(fields.type).name, fields.number].filter(Boolean).join(' ')}: ${fields.abstract}`.slice(
    0,
    TITLE_LENGTH,
  );

export const paperOf = (entry: LibraryEntry): Paper => ({
  title: titleOf(entry),
  path: entry.path,
  documentId: entry.documentId,
});

/** The paper whose reading page was pasted, when the branch may read it. */
export const pasted = (text: string, shelf: readonly LibraryEntry[]): LibraryEntry | undefined => {
  const id = /\/documents\/read\/[a-z0-9-]+\/([a-z0-9-]+)/.exec(text)?.[1];
  return id === undefined ? undefined : shelf.find(({ documentId }) => documentId === id);
};
