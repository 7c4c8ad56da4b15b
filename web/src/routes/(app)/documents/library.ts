import { content, type Trouble } from '#lib/api.ts';
import { documentType, Library, type LibraryEntry } from '#shared/documents/model.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';

/** What the own branch and those above it have published, and since when this is known. */
export interface Shelf {
  readonly entries: readonly LibraryEntry[];
  /** The oldest of the copies; undefined when nobody has published anything. */
  readonly at: Instant | undefined;
  /** Some of it comes from this phone, because there is no network. */
  readonly kept: boolean;
  /** Why nothing at all could be read. */
  readonly trouble: Trouble | undefined;
}

/** Reads the libraries of the chain, one small file each; no function runs. A unit without a library has published nothing. */
export const readShelf = async (chain: readonly UnitId[]): Promise<Shelf> => {
  const answers = await Promise.all(chain.map((unitId) => content(`/content/live/${unitId}/library.json`, Library)));
  const copies = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  const lost = answers.find((answer) => !answer.ok && (answer.code === 'offline' || answer.code === 'fault'));
  const entries = copies
    .flatMap(({ value }) => value.documents)
    .sort((a, b) => b.publishedAt.localeCompare(a.publishedAt));
  return {
    entries,
    at: copies.map(({ at }) => at).sort()[0],
    kept: copies.some(({ kept }) => kept),
    trouble: copies.length === 0 && lost && !lost.ok ? (lost.code as Trouble) : undefined, // just compared
  };
};

/** `Nghị quyết 05-NQ/ĐU` or the kind of a text without a number. */
export const headOf = ({ fields }: Pick<LibraryEntry, 'fields'>): string =>
  [documentType(fields.type).name, fields.number].filter((part) => part !== undefined).join(' ');

export const pathOf = ({ unitId, documentId }: Pick<LibraryEntry, 'unitId' | 'documentId'>): string =>
  `/documents/read/${unitId}/${documentId}`;
