import * as v from 'valibot';
import { exists, isNew, openTable, type Part } from '#runtime/table.ts';
import {
  type Corners,
  type DocumentIn,
  type DocumentPublished,
  type DocumentState,
  type DocumentStudied,
  type DocumentWithdrawn,
  type FileDue,
  LibraryEntry,
  Page,
  type PageDue,
  PartyDocument,
  type Sha256,
} from '#shared/documents/model.ts';
import { mayMove } from '#shared/documents/rules.ts';
import { DocumentId, type MemberId, type UnitId } from '#shared/kernel/ids.ts';
import { Instant } from '#shared/kernel/time.ts';

const table = openTable('DOCUMENTS_TABLE');

/** Documents and the library stand by unit; pages, receipts and answers by document; a file's hash claims its unit once. */
const keys = {
  document: (unitId: UnitId, documentId: DocumentId) => ({ pk: `UNIT#${unitId}`, sk: `DOC#${documentId}` }),
  claim: (unitId: UnitId, sha256: Sha256) => ({ pk: `UNIT#${unitId}`, sk: `FILE#${sha256}` }),
  shelf: (unitId: UnitId, documentId: DocumentId) => ({ pk: `UNIT#${unitId}`, sk: `LIBRARY#${documentId}` }),
  page: (documentId: DocumentId, page: number) => ({
    pk: `DOC#${documentId}`,
    sk: `PAGE#${String(page).padStart(4, '0')}`,
  }),
  opened: (documentId: DocumentId, memberId: MemberId) => ({ pk: `DOC#${documentId}`, sk: `OPENED#${memberId}` }),
  answer: (documentId: DocumentId, memberId: MemberId) => ({ pk: `DOC#${documentId}`, sk: `ANSWER#${memberId}` }),
};

const Claim = v.object({ documentId: DocumentId });

export const loadDocument = async (unitId: UnitId, documentId: DocumentId): Promise<PartyDocument | undefined> => {
  const item = await table.get(keys.document(unitId, documentId));
  return item && v.parse(PartyDocument, item);
};

/** Every document of a unit, whatever its state, the newest first. */
export const documentsOf = async (unitId: UnitId): Promise<PartyDocument[]> => {
  const items = await table.query(`UNIT#${unitId}`, { prefix: 'DOC#' });
  return items
    .map((item) => v.parse(PartyDocument, item))
    .sort((a, b) => b.addedAt.localeCompare(a.addedAt) || a.documentId.localeCompare(b.documentId));
};

/** A file may be taken again once the document it made was rejected or withdrawn. */
const freed: readonly DocumentState[] = ['rejected', 'withdrawn'];

/**
 * Puts a new document and claims its file for the unit, both or none. Its key is the act's id: the act sent again
 * answers the document it made. `already-taken`: another document of the unit holds the same file.
 */
export const addDocument = async (
  document: DocumentIn<'awaiting-file'> | DocumentIn<'to-review'>,
): Promise<{ document: PartyDocument } | 'already-taken'> => {
  const { unitId, documentId, sha256 } = document;
  const claim = { ...keys.claim(unitId, sha256), documentId };
  const known = await table.get(keys.claim(unitId, sha256));
  const holder = known && v.parse(Claim, known).documentId;
  const held = holder !== undefined && holder !== documentId ? await loadDocument(unitId, holder) : undefined;
  if (held && !freed.includes(held.state)) return 'already-taken';
  const parts: Part[] = [
    { put: { ...keys.document(unitId, documentId), ...document }, onlyIf: isNew },
    {
      put: claim,
      onlyIf: holder === undefined ? isNew : { expression: '#documentId = :holder', values: { holder } },
    },
  ];
  const written = await table.together(parts);
  if (written.done) return { document };
  const same = await loadDocument(unitId, documentId);
  return same ? { document: same } : 'already-taken';
};

type Fact = DocumentPublished | DocumentWithdrawn | FileDue;

/**
 * Moves a document on, only out of the state it was decided on; a repeat finds it moved and answers what stands there.
 * Nothing moves back, so the last state written is the truth whatever order messages come in.
 */
export const moveDocument = async (from: DocumentState, to: PartyDocument, fact?: Fact): Promise<PartyDocument> => {
  if (from !== to.state && !mayMove(from, to.state))
    throw new Error(`a document never goes from ${from} to ${to.state}`);
  const written = await table.put(
    { ...keys.document(to.unitId, to.documentId), ...to, ...(fact && { fact }) },
    { expression: '#state = :from', values: { from } },
  );
  if (written.done) return to;
  return v.parse(PartyDocument, written.existing);
};

/** Makes each page due, once: a page already due or read is left alone. */
export const makePagesDue = async (document: DocumentIn<'reading'>, now: Instant): Promise<void> => {
  const { documentId, unitId } = document;
  const put = (page: number) => {
    const fact: PageDue = { type: 'page-due', documentId, unitId, page };
    return table.put({ ...keys.page(documentId, page), page, dueAt: now, fact }, isNew);
  };
  for (let from = 1; from <= document.pages; from += PAGES_AT_ONCE) {
    const count = Math.min(PAGES_AT_ONCE, document.pages - from + 1);
    await Promise.all(Array.from({ length: count }, (_, offset) => put(from + offset)));
  }
};
const PAGES_AT_ONCE = 10;

/** Makes one page due again, whatever became of it; with `corners` it is read anew between them. Twice reads it twice. */
export const makePageDueAgain = async (
  { documentId, unitId }: PartyDocument,
  { page, corners }: { readonly page: number; readonly corners?: Corners | undefined },
  now: Instant,
): Promise<void> => {
  const fact: PageDue = { type: 'page-due', documentId, unitId, page };
  await table.change(keys.page(documentId, page), {
    set: { page, dueAt: now, fact, ...(corners && { corners }) },
    remove: ['triedAt', ...(corners ? ['picture'] : [])],
  });
};

/** Notes that a page is being read, so that a reading without an end is seen. Answers the page as it stands. */
export const recordTry = async (documentId: DocumentId, page: number, now: Instant): Promise<Page | undefined> => {
  const written = await table.change(keys.page(documentId, page), {
    set: { triedAt: now },
    remove: ['fact'],
    onlyIf: exists,
  });
  return written.done ? v.parse(Page, written.item) : undefined;
};

/** Notes that a page was read; reading it twice gives the same. */
export const recordPageRead = async (documentId: DocumentId, page: number, picture: Sha256): Promise<void> => {
  await table.change(keys.page(documentId, page), { set: { picture }, remove: ['fact', 'triedAt'], onlyIf: exists });
};

export const pagesOf = async (documentId: DocumentId): Promise<readonly Page[]> =>
  (await table.query(`DOC#${documentId}`, { prefix: 'PAGE#' })).map((item) => v.parse(Page, item));

/** Pictures of the pages that were read, by page. */
export const picturesOf = (pages: readonly Page[]): ReadonlyMap<number, Sha256> =>
  new Map(pages.flatMap(({ page, picture }) => (picture === undefined ? [] : [[page, picture]])));

const Shelved = v.object({ withdrawn: v.optional(v.array(v.string()), []), entry: v.optional(LibraryEntry) });

/** Puts a document on the shelf of its unit's library; false when it was withdrawn meanwhile. */
export const shelve = async (entry: LibraryEntry): Promise<boolean> => {
  const written = await table.put(
    { ...keys.shelf(entry.unitId, entry.documentId), entry },
    { expression: 'attribute_not_exists(#withdrawn)' },
  );
  return written.done;
};

/** Takes a document from the shelf and leaves the paths that phones must forget. */
export const unshelve = async (unitId: UnitId, documentId: DocumentId, paths: readonly string[]): Promise<void> => {
  await table.put({ ...keys.shelf(unitId, documentId), withdrawn: paths });
};

export const shelfOf = async (unitId: UnitId): Promise<{ entries: LibraryEntry[]; withdrawn: string[] }> => {
  const items = await table.query(`UNIT#${unitId}`, { prefix: 'LIBRARY#' });
  const shelved = items.map((item) => v.parse(Shelved, item));
  return {
    entries: shelved
      .flatMap(({ entry }) => (entry ? [entry] : []))
      .sort((a, b) => b.publishedAt.localeCompare(a.publishedAt)),
    withdrawn: shelved.flatMap(({ withdrawn }) => withdrawn),
  };
};

const Receipt = v.object({ openedAt: Instant });

/** One receipt for member and document: the first one stays. `before`: it stood already. */
export const recordOpened = async (
  documentId: DocumentId,
  memberId: MemberId,
  at: Instant,
): Promise<{ readonly at: Instant; readonly before: boolean }> => {
  const written = await table.put({ ...keys.opened(documentId, memberId), openedAt: at }, isNew);
  return { at: written.done ? at : v.parse(Receipt, written.existing).openedAt, before: !written.done };
};

const Answer = v.object({ choice: v.number(), correct: v.boolean() });
export type Answer = v.InferOutput<typeof Answer>;

/** One answer for member and document: the first one counts, a later one is answered with it. */
export const recordAnswer = async (answer: Answer, fact: DocumentStudied): Promise<Answer> => {
  const written = await table.put({ ...keys.answer(fact.documentId, fact.memberId), ...answer, fact }, isNew);
  return written.done ? answer : v.parse(Answer, written.existing);
};

export const answerOf = async (documentId: DocumentId, memberId: MemberId): Promise<Answer | undefined> => {
  const item = await table.get(keys.answer(documentId, memberId), { eventually: true });
  return item && v.parse(Answer, item);
};

export const receiptsOf = async (
  documentId: DocumentId,
): Promise<{ opened: number; answered: number; correct: number }> => {
  const [opened, answers] = await Promise.all([
    table.query(`DOC#${documentId}`, { prefix: 'OPENED#' }),
    table.query(`DOC#${documentId}`, { prefix: 'ANSWER#' }),
  ]);
  const correct = answers.filter((item) => v.parse(Answer, item).correct).length;
  return { opened: opened.length, answered: answers.length, correct };
};
