import type { MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { addMilliseconds, type Instant, MINUTE_MS } from '#shared/kernel/time.ts';
import {
  type DocumentFields,
  type DocumentIn,
  type DocumentState,
  documentType,
  type FileKind,
  type LibraryEntry,
  MAX_FILE_BYTES,
  MAX_PAGES,
  MAX_PIXELS,
  type Page,
  type PartyDocument,
  type Proposals,
  type PublishedPaper,
  type Question,
  type ReadPage,
  type Rejection,
  type Sha256,
} from './model.ts';
import { paragraphsOf } from './paragraphs.ts';
import { wordsOf } from './search-terms.ts';

/** A document moves on, or is read again before it is published; nothing leads out of `withdrawn` or `rejected`. */
const next: Readonly<Record<DocumentState, readonly DocumentState[]>> = {
  'awaiting-file': ['checking', 'rejected'],
  checking: ['reading', 'rejected'],
  reading: ['to-review', 'rejected'],
  'to-review': ['reading', 'published', 'rejected'],
  published: ['withdrawn'],
  withdrawn: [],
  rejected: [],
};

export const mayMove = (from: DocumentState, to: DocumentState): boolean => next[from].includes(to);

/** What was declared before the first byte is sent. Refusals: empty-file, too-large. */
export const decideUpload = (bytes: number): Result<{ readonly bytes: number }, 'empty-file' | 'file-too-large'> => {
  if (bytes === 0) return refuse('empty-file');
  return bytes > MAX_FILE_BYTES ? refuse('file-too-large') : ok({ bytes });
};

/** Whether the parts in the bucket make the declared whole. Refusals: parts-missing, size-differs. */
export const decideParts = (
  declared: number,
  partBytes: number,
  stored: readonly { readonly number: number; readonly bytes: number }[],
): Result<{ readonly parts: number }, 'parts-missing' | 'size-differs'> => {
  const count = Math.max(1, Math.ceil(declared / partBytes));
  const numbers = new Set(stored.map((part) => part.number));
  for (let number = 1; number <= count; number += 1) if (!numbers.has(number)) return refuse('parts-missing');
  const total = stored.filter((part) => part.number <= count).reduce((sum, part) => sum + part.bytes, 0);
  return total === declared && numbers.size === count ? ok({ parts: count }) : refuse('size-differs');
};

/** What the inspection of a file found, by its content alone. */
export interface InspectedFile {
  readonly bytes: number;
  readonly sha256: Sha256;
  readonly kind: FileKind | 'other';
  readonly fault?: 'encrypted' | 'broken';
  /** Pages of the whole file; 1 for a picture. */
  readonly pages: number;
  /** Pixels of the largest picture or page as it would be drawn. */
  readonly pixels: number;
}

/** Whether the file that arrived is the one declared, and a document that can be read. Refusals: why it is rejected. */
export const decideIntake = (
  declared: { readonly bytes: number; readonly sha256: Sha256 },
  file: InspectedFile,
): Result<{ readonly kind: FileKind; readonly pages: number }, Rejection> => {
  if (file.bytes === 0) return refuse('empty-file');
  if (file.bytes > MAX_FILE_BYTES) return refuse('file-too-large');
  if (file.bytes !== declared.bytes) return refuse('size-differs');
  if (file.sha256 !== declared.sha256) return refuse('hash-differs');
  if (file.kind === 'other') return refuse('not-a-document');
  if (file.fault !== undefined) return refuse(file.fault);
  if (file.pages === 0) return refuse('no-pages');
  if (file.pages > MAX_PAGES) return refuse('too-many-pages');
  if (file.pixels > MAX_PIXELS) return refuse('too-many-pixels');
  return ok({ kind: file.kind, pages: file.pages });
};

/** A page takes two minutes at most: a reading that has not ended by then was broken off. */
export const PAGE_MINUTES = 3;
/** Pages of a crowded evening wait in line; after so long the line itself is broken. */
export const WAITING_MINUTES = 15;

/** Pages that were given up: begun and never ended, or not begun for too long. */
export const stuckPages = (pages: readonly Page[], now: Instant): readonly number[] =>
  pages
    .filter(({ picture, triedAt, dueAt }) => {
      if (picture !== undefined) return false;
      if (triedAt !== undefined) return now > addMilliseconds(triedAt, PAGE_MINUTES * MINUTE_MS);
      return dueAt !== undefined && now > addMilliseconds(dueAt, WAITING_MINUTES * MINUTE_MS);
    })
    .map(({ page }) => page);

/** A document under way that has stood still, so that a person is shown how to go on. */
export const isStuck = (document: PartyDocument, pages: readonly Page[], now: Instant): boolean => {
  if (document.state === 'checking') return now > addMilliseconds(document.addedAt, WAITING_MINUTES * MINUTE_MS);
  return document.state === 'reading' && stuckPages(pages, now).length > 0;
};

/**
 * Reads again what is still under way, or one page of a paper that waits for review, between the corners a person set.
 * What he had corrected stays. Refusals: not-ready, no-such-page.
 */
export const decideReadAgain = (
  document: PartyDocument,
  page: number | undefined,
): Result<DocumentIn<'checking' | 'reading'>, 'not-ready' | 'no-such-page'> => {
  if (document.state === 'checking' || document.state === 'reading') return ok(document);
  // a text written here has no page to read
  if (document.state !== 'to-review' || document.kind === undefined || page === undefined) return refuse('not-ready');
  if (page > document.pages) return refuse('no-such-page');
  const { proposals: _, readAt: __, ...kept } = document;
  return ok({ ...kept, state: 'reading' });
};

/** The fields a reviewer starts from: what was corrected, else what was read. None of it is right before a person said so. */
export const fieldsToReview = (document: DocumentIn<'to-review'>): Partial<DocumentFields> => {
  if (document.fields) return document.fields;
  return fieldsRead(document.proposals);
};

const fieldsRead = (proposals: Proposals): Partial<DocumentFields> =>
  Object.fromEntries(
    Object.entries(proposals).flatMap(([name, field]) => (field.value === undefined ? [] : [[name, field.value]])),
  );

export type FieldsRefusal = 'number-missing' | 'date-missing' | 'number-and-type-differ';

/**
 * Whether corrected fields make one document: a numbered type has a number of its own code, and a date.
 * Source: domain.md §3.12 [D1].
 */
export const decideFields = (fields: DocumentFields): Result<DocumentFields, FieldsRefusal> => {
  const type = documentType(fields.type);
  if (!type.numbered) return ok(fields);
  if (fields.number === undefined) return refuse('number-missing');
  if (fields.issuedOn === undefined) return refuse('date-missing');
  const codes = fields.number.toUpperCase().split(/[-/]/);
  return type.code !== undefined && codes.includes(type.code.toUpperCase())
    ? ok(fields)
    : refuse('number-and-type-differ');
};

export interface Publication {
  readonly fields: DocumentFields;
  /** Where its text will stand. */
  readonly path: string;
  readonly meetingId?: MeetingId | undefined;
  readonly question?: Question | undefined;
  readonly by: MemberId;
  readonly at: Instant;
}

/** Publishes a reviewed document at its unit and all below. Refusals: not-ready, and what is wrong with its fields. */
export const decidePublish = (
  document: PartyDocument,
  { fields, path, meetingId, question, by, at }: Publication,
): Result<DocumentIn<'published'>, 'not-ready' | 'bad-question' | FieldsRefusal> => {
  if (document.state !== 'to-review') return refuse('not-ready');
  const right = decideFields(fields);
  if (!right.ok) return right;
  if (question && question.right >= question.choices.length) return refuse('bad-question');
  const { proposals: _, fields: __, ...kept } = document;
  return ok({
    ...kept,
    state: 'published',
    fields: right.value,
    path,
    ...(meetingId === undefined ? {} : { meetingId }),
    ...(question === undefined ? {} : { question }),
    publishedBy: by,
    publishedAt: at,
  });
};

/** What phones read of a document: text by paragraphs, pictures by their hash, the question without its answer. */
export const publishedPaper = (
  document: Pick<DocumentIn<'to-review'>, 'documentId' | 'unitId'>,
  pages: readonly ReadPage[],
  { fields, meetingId, question, at }: Omit<Publication, 'path' | 'by'>,
): PublishedPaper => ({
  documentId: document.documentId,
  unitId: document.unitId,
  fields,
  publishedAt: at,
  ...(meetingId === undefined ? {} : { meetingId }),
  pages: pages.map(({ picture, pictureBytes, lines }) => ({
    ...(picture === undefined ? {} : { picture: `content/page/${document.unitId}/${picture}.webp` }),
    ...(pictureBytes === undefined ? {} : { pictureBytes }),
    paragraphs: [...paragraphsOf({ lines })],
  })),
  ...(question === undefined ? {} : { question: { text: question.text, choices: question.choices } }),
});

/** The row of a published document in its unit's library. `bytes`: weight of its text on the wire, before packing. */
export const libraryEntry = (
  document: DocumentIn<'published'>,
  paper: PublishedPaper,
  bytes: number,
): LibraryEntry => ({
  documentId: document.documentId,
  unitId: document.unitId,
  path: document.path,
  fields: document.fields,
  publishedAt: document.publishedAt,
  pages: document.pages,
  bytes,
  ...(document.meetingId === undefined ? {} : { meetingId: document.meetingId }),
  asks: document.question !== undefined,
  words: wordsOf(paper.pages.flatMap((page) => page.paragraphs)),
});

/** Takes a published document back. Refusal: not-published. */
export const decideWithdraw = (
  document: PartyDocument,
  by: MemberId,
  at: Instant,
): Result<DocumentIn<'withdrawn'>, 'not-published'> =>
  document.state === 'published'
    ? ok({ ...document, state: 'withdrawn', withdrawnBy: by, withdrawnAt: at })
    : refuse('not-published');

/** Whether the member whose branch chain is given (branch first, root last) may read what this unit published. */
export const mayRead = (document: PartyDocument, chain: readonly UnitId[]): boolean =>
  document.state === 'published' && chain.includes(document.unitId);

/** Grades the answer to a document's question. Refusals: no-question, bad-choice. */
export const gradeAnswer = (
  document: PartyDocument,
  choice: number,
): Result<{ readonly correct: boolean }, 'no-question' | 'bad-choice'> => {
  if (document.state !== 'published' || document.question === undefined) return refuse('no-question');
  if (!Number.isInteger(choice) || choice < 0 || choice >= document.question.choices.length)
    return refuse('bad-choice');
  return ok({ correct: choice === document.question.right });
};
