import * as v from 'valibot';
import { json, keepBriefly, keepForever, openBucket } from '#runtime/files.ts';
import { addressToRead } from '#runtime/read-address.ts';
import { openUploads } from '#runtime/uploads.ts';
import { Box, Corners, type Library, type PublishedPaper, ReadPage, type Sha256 } from '#shared/documents/model.ts';
import { DocumentId, UnitId } from '#shared/kernel/ids.ts';
import { instantOf } from '#shared/kernel/time.ts';
import type { PageWords } from './read-page.ts';

const inbox = openBucket('INBOX_BUCKET');
const content = openBucket('CONTENT_BUCKET');
export const uploads = openUploads('INBOX_BUCKET');

/** The untouched original stands where it was sent; what was derived from it stands beside, by document. */
export const names = {
  original: (unitId: UnitId, documentId: DocumentId) => `upload/${unitId}/${documentId}`,
  picture: (documentId: DocumentId, page: number) => `derived/${documentId}/page-${page}.webp`,
  taken: (documentId: DocumentId, page: number) => `derived/${documentId}/page-${page}-taken.webp`,
  words: (documentId: DocumentId, page: number) => `derived/${documentId}/page-${page}.json`,
  text: (documentId: DocumentId) => `derived/${documentId}/text.json`,
  searchable: (documentId: DocumentId) => `derived/${documentId}/searchable.pdf`,
  paper: (unitId: UnitId, hash: string) => `content/docs/${unitId}/${hash}.json`,
  page: (unitId: UnitId, picture: Sha256) => `content/page/${unitId}/${picture}.webp`,
  library: (unitId: UnitId) => `content/live/${unitId}/library.json`,
};

/** Unit and document of an uploaded file's name; undefined for a name that is not ours. */
export const whoseUpload = (name: string): { unitId: UnitId; documentId: DocumentId } | undefined => {
  const [folder, unitId, documentId, ...rest] = name.split('/');
  const parsed = v.safeParse(v.object({ unitId: UnitId, documentId: DocumentId }), { unitId, documentId });
  return folder === 'upload' && rest.length === 0 && parsed.success ? parsed.output : undefined;
};

export const readOriginal = async (unitId: UnitId, documentId: DocumentId): Promise<Uint8Array | undefined> =>
  (await inbox.read(names.original(unitId, documentId)))?.body;

/** For five minutes; long enough for a slow phone to begin. */
const READ_SECONDS = 300;
export const addressOf = (name: string, fileName?: string): string =>
  addressToRead('INBOX_BUCKET', name, READ_SECONDS, fileName);

const privately = 'private, no-store';
const Words = v.object({
  lines: v.array(v.array(v.object({ text: v.string(), box: Box, sure: v.number() }))),
  hasText: v.boolean(),
  corners: v.optional(Corners),
  pictureBytes: v.optional(v.number()),
});
export interface KeptPage {
  readonly words: PageWords;
  /** The page's own text layer was used. */
  readonly hasText: boolean;
  /** Between these corners the sheet was found in its photo and laid flat. */
  readonly corners?: Corners | undefined;
  readonly pictureBytes?: number | undefined;
}

interface PagePictures {
  readonly webp: Uint8Array;
  /** As the phone saw it, for a page that was laid flat. */
  readonly taken: Uint8Array | undefined;
}

export const keepPage = async (
  documentId: DocumentId,
  page: number,
  { webp, taken, words, hasText, corners }: KeptPage & PagePictures,
): Promise<void> => {
  const how = { contentType: 'image/webp', cacheControl: privately };
  await Promise.all([
    inbox.write(names.picture(documentId, page), webp, how),
    taken && inbox.write(names.taken(documentId, page), taken, how),
    inbox.write(
      names.words(documentId, page),
      JSON.stringify({ ...words, hasText, corners, pictureBytes: webp.length }),
      {
        contentType: json,
        cacheControl: privately,
      },
    ),
  ]);
};

export const readKeptPage = async (documentId: DocumentId, page: number): Promise<KeptPage> => {
  const file = await inbox.read(names.words(documentId, page));
  if (!file) throw new Error('the words of a page that was read are gone');
  const { lines, ...rest } = v.parse(Words, JSON.parse(Buffer.from(file.body).toString('utf8')));
  return { words: { lines }, ...rest };
};

export const keepText = async (documentId: DocumentId, pages: readonly ReadPage[]): Promise<void> => {
  await inbox.write(names.text(documentId), JSON.stringify(pages), { contentType: json, cacheControl: privately });
};

export const readText = async (documentId: DocumentId): Promise<ReadPage[]> => {
  const file = await inbox.read(names.text(documentId));
  return file ? v.parse(v.array(ReadPage), JSON.parse(Buffer.from(file.body).toString('utf8'))) : [];
};

export const keepSearchable = async (documentId: DocumentId, pdf: Uint8Array): Promise<void> => {
  await inbox.write(names.searchable(documentId), pdf, { contentType: 'application/pdf', cacheControl: privately });
};

/** Writes the published text and its pictures. Each is named by its hash, so writing it again changes nothing. */
export const putOut = async (
  path: string,
  paper: PublishedPaper,
  pictures: readonly { readonly page: number; readonly picture: Sha256 }[],
): Promise<number> => {
  for (const { page, picture } of pictures) {
    const file = await inbox.read(names.picture(paper.documentId, page));
    if (!file) throw new Error('the picture of a page that was read is gone');
    const how = { contentType: 'image/webp', cacheControl: keepForever };
    await content.write(names.page(paper.unitId, picture), file.body, how);
  }
  const text = JSON.stringify(paper);
  await content.write(path, text, { contentType: json, cacheControl: keepForever });
  return Buffer.byteLength(text);
};

/** Deletes the published text and those pictures that no other paper shows. */
export const takeBack = async (paths: readonly string[]): Promise<void> => {
  for (const path of paths) await content.remove(path);
};

/** Tries at most so often when others write the same library at the same moment. */
const TRIES = 8;

/**
 * Writes a unit's library from what stands on its shelf. Two writers at once: the one that read first writes again, so
 * the later state stays.
 */
export const writeLibrary = async (
  unitId: UnitId,
  read: () => Promise<Pick<Library, 'documents' | 'withdrawn'>>,
): Promise<void> => {
  const name = names.library(unitId);
  for (let tries = 1; tries <= TRIES; tries++) {
    const before = await content.look(name);
    const library: Library = { unitId, at: instantOf(Date.now()), ...(await read()) };
    const how = { contentType: json, cacheControl: keepBriefly };
    const over = before ? { ifMatch: before.etag } : { ifNew: true as const };
    if (await content.write(name, JSON.stringify(library), { ...how, ...over })) return;
  }
  throw new Error(`the library of ${unitId} is written by too many at once`);
};
