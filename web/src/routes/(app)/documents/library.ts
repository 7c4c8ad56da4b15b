import { content, type Trouble } from '#lib/api.ts';
import { wait } from '#lib/waiting.ts';
import { documentType, Library, type LibraryEntry } from '#shared/documents/model.ts';
import type { DocumentId, UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
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

/** The edge hands out a copy of a library for some seconds, and the newer one at a look after that. Source: files.ts, `keepBriefly`. */
const NEXT_COPY_MS = 2_000;
const LOOKS = 3;

/** One paper of a library. What was published just now may not stand in the first copy: it is looked for a little longer. */
export const findEntry = async (
  { unitId, documentId }: { readonly unitId: UnitId; readonly documentId: DocumentId },
  pause = wait,
): Promise<Result<LibraryEntry, 'not-found' | Trouble>> => {
  for (let look = 1; ; look++) {
    const { entries, kept, trouble } = await readShelf([unitId]);
    const entry = entries.find((each) => each.documentId === documentId);
    if (entry) return ok(entry);
    if (trouble || kept || look === LOOKS) return refuse(trouble ?? 'not-found');
    await pause(NEXT_COPY_MS);
  }
};

/** `Nghị quyết 05-NQ/ĐU` or the kind of a text without a number. */
export const headOf = ({ fields }: Pick<LibraryEntry, 'fields'>): string =>
  [documentType(fields.type).name, fields.number].filter((part) => part !== undefined).join(' ');

export const pathOf = ({ unitId, documentId }: Pick<LibraryEntry, 'unitId' | 'documentId'>): string =>
  `/documents/read/${unitId}/${documentId}`;
