import { createHash } from 'node:crypto';
import { hashOf } from '#runtime/files.ts';
import { httpApi, route } from '#runtime/http.ts';
import { type Actor, chainOf, mayAt } from '#runtime/identity.ts';
import * as contract from '#shared/documents/contract.ts';
import {
  documentIdOf,
  documentType,
  kindOf,
  MAX_FILE_BYTES,
  PART_BYTES,
  type PartyDocument,
  type Sha256,
} from '#shared/documents/model.ts';
import {
  decideFields,
  decideParts,
  decidePublish,
  decideUpload,
  decideWithdraw,
  fieldsToReview,
  gradeAnswer,
  mayRead,
  publishedPaper,
} from '#shared/documents/rules.ts';
import { findInLibrary, indexLibrary } from '#shared/documents/search-terms.ts';
import type { DocumentId, UnitId } from '#shared/kernel/ids.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { addressOf, keepText, names, readOriginal, readText, uploads } from './paper-files.ts';
import {
  addDocument,
  documentsOf,
  loadDocument,
  moveDocument,
  pagesRead,
  receiptsOf,
  recordAnswer,
  recordOpened,
  shelfOf,
} from './store.ts';

/** How long an address for a part is good; a slow phone asks for new ones. */
const PART_SECONDS = 3600;
/** Addresses given at once: an upload of 50 MB has ten parts. */
const PARTS_AT_ONCE = 10;

export const handler = httpApi('documents', [
  route(contract.requestUpload, async ({ input, actor, now }) => {
    const { unitId, fileName, bytes, sha256 } = input;
    const documentId = documentIdOf(input.actionId);
    const decided = decideUpload(bytes);
    if (!decided.ok) return decided;
    const answer = { documentId, partBytes: PART_BYTES, parts: partsOf(bytes), maxBytes: MAX_FILE_BYTES } as const;
    if (await loadDocument(unitId, documentId)) return ok(answer);
    const uploadId = await uploads.begin(names.original(unitId, documentId));
    const common = { documentId, unitId, fileName, bytes, sha256, addedBy: actor.memberId, addedAt: now };
    const added = await addDocument({ state: 'awaiting-file', ...common, uploadId });
    if (added === 'already-taken') {
      await uploads.giveUp(names.original(unitId, documentId), uploadId);
      return refuse('already-taken');
    }
    return ok(answer);
  }),

  route(contract.uploadParts, async ({ input }) => {
    const document = await loadDocument(input.unitId, input.documentId);
    if (!document) return refuse('not-found');
    if (document.state !== 'awaiting-file' || document.uploadId === undefined) return refuse('not-awaited');
    const { uploadId } = document;
    const name = names.original(document.unitId, document.documentId);
    const arrived = await uploads.arrived(name, uploadId);
    if (!arrived) return refuse('not-awaited');
    const there = new Set(arrived.map(({ number }) => number));
    const numbers = Array.from({ length: partsOf(document.bytes) }, (_, at) => at + 1);
    const wanted = numbers.filter((number) => !there.has(number)).slice(0, PARTS_AT_ONCE);
    const missing = await Promise.all(
      wanted.map(async (number) => ({
        number,
        url: await uploads.addressOfPart(name, uploadId, number, PART_SECONDS),
      })),
    );
    return ok({ partBytes: PART_BYTES, arrived: arrived.map(({ number, bytes }) => ({ number, bytes })), missing });
  }),

  route(contract.completeUpload, async ({ input, now }) => {
    const document = await loadDocument(input.unitId, input.documentId);
    if (!document) return refuse('not-found');
    // sent again after it was completed: the same answer, unless it turned out to be another file
    if (document.state === 'rejected' && document.reason === 'hash-differs') return refuse('hash-differs');
    if (document.state !== 'awaiting-file') return ok({ state: document.state });
    const { uploadId, ...kept } = document;
    const name = names.original(document.unitId, document.documentId);
    const arrived = uploadId === undefined ? undefined : await uploads.arrived(name, uploadId);
    if (arrived && uploadId !== undefined) {
      const decided = decideParts(document.bytes, PART_BYTES, arrived);
      if (!decided.ok) return decided;
      await uploads.complete(name, uploadId, arrived);
    }
    const file = await readOriginal(document.unitId, document.documentId);
    if (!file) return refuse('parts-missing');
    const same = createHash('sha256').update(file).digest('hex') === document.sha256;
    const moved = await moveDocument(
      'awaiting-file',
      same ? { ...kept, state: 'checking' } : { ...kept, state: 'rejected', reason: 'hash-differs', rejectedAt: now },
    );
    return same ? ok({ state: moved.state }) : refuse('hash-differs');
  }),

  route(contract.cancelUpload, async ({ input, now }) => {
    const document = await loadDocument(input.unitId, input.documentId);
    if (!document) return refuse('not-found');
    if (document.state === 'rejected' && document.reason === 'cancelled') return ok({ cancelled: true });
    if (document.state !== 'awaiting-file') return refuse('not-awaited');
    const { uploadId, ...kept } = document;
    await moveDocument('awaiting-file', { ...kept, state: 'rejected', reason: 'cancelled', rejectedAt: now });
    if (uploadId !== undefined) await uploads.giveUp(names.original(document.unitId, document.documentId), uploadId);
    return ok({ cancelled: true });
  }),

  route(contract.writeNews, async ({ input, actor, now }) => {
    const { unitId, title, text } = input;
    const documentId = documentIdOf(input.actionId);
    if (await loadDocument(unitId, documentId)) return ok({ documentId });
    const lines = text
      .split('\n')
      .map((line) => ({ text: line.normalize('NFC').trim(), sure: 100 }))
      .filter((line) => line.text !== '');
    await keepText(documentId, [{ lines }]);
    const none = { confidence: 'none' } as const;
    const added = await addDocument({
      state: 'to-review',
      documentId,
      unitId,
      fileName: title,
      bytes: Buffer.byteLength(text),
      // the act is part of what is claimed: the same words may be news twice
      sha256: hashOf(`${documentId}\n${title}\n${text}`) as Sha256,
      addedBy: actor.memberId,
      addedAt: now,
      pages: 1,
      readAt: now,
      proposals: {
        number: none,
        issuedOn: none,
        issuer: none,
        type: { value: 'news', confidence: 'sure' },
        abstract: { value: title, confidence: 'sure' },
      },
    });
    return added === 'already-taken' ? refuse('busy') : ok({ documentId });
  }),

  route(contract.list, async ({ input }) => {
    const documents = await documentsOf(input.unitId);
    const wanted = input.state === undefined ? documents : documents.filter(({ state }) => state === input.state);
    return ok({ papers: wanted.map(rowOf) });
  }),

  route(contract.open, async ({ input }) => {
    const document = await loadDocument(input.unitId, input.documentId);
    if (!document) return refuse('not-found');
    const pages = await readText(document.documentId);
    const shown = await Promise.all(
      pages.map(async ({ picture, lines }, at) => ({
        ...(picture !== undefined && { picture: await addressOf(names.picture(document.documentId, at + 1)) }),
        lines,
      })),
    );
    const pagesDone = document.state === 'reading' ? (await pagesRead(document.documentId)).size : pages.length;
    return ok({
      paper: rowOf(document),
      bytes: document.bytes,
      sha256: document.sha256,
      pagesRead: pagesDone,
      ...(document.state === 'to-review' && { proposals: document.proposals }),
      pages: shown,
      ...('question' in document && document.question && { question: document.question }),
    });
  }),

  route(contract.correct, async ({ input }) => {
    const document = await loadDocument(input.unitId, input.documentId);
    if (!document) return refuse('not-found');
    if (document.state !== 'to-review') return refuse('not-ready');
    const fields = decideFields(input.fields);
    if (!fields.ok) return fields;
    return ok({ paper: rowOf(await moveDocument('to-review', { ...document, fields: fields.value })) });
  }),

  route(contract.publish, async ({ input, actor, now }) => {
    const document = await loadDocument(input.unitId, input.documentId);
    if (!document) return refuse('not-found');
    // the same act sent again: it was done
    if (document.state === 'published' && document.publishedBy === actor.memberId)
      return ok({ paper: rowOf(document) });
    const { fields, meetingId, question } = input;
    const pages = await readText(document.documentId);
    const paper = publishedPaper(document, pages, { fields, meetingId, question, at: now });
    const path = names.paper(document.unitId, hashOf(JSON.stringify(paper)));
    const decided = decidePublish(document, { fields, path, meetingId, question, by: actor.memberId, at: now });
    if (!decided.ok) return decided;
    const moved = await moveDocument('to-review', decided.value, {
      type: 'document-published',
      ...newsOf(decided.value, now),
      fields,
      pages: document.state === 'to-review' ? document.pages : 0,
    });
    return ok({ paper: rowOf(moved) });
  }),

  route(contract.withdraw, async ({ input, actor, now }) => {
    const document = await loadDocument(input.unitId, input.documentId);
    if (!document) return refuse('not-found');
    if (document.state === 'withdrawn') return ok({ paper: rowOf(document) });
    const decided = decideWithdraw(document, actor.memberId, now);
    if (!decided.ok) return decided;
    const fact = { type: 'document-withdrawn', ...newsOf(decided.value, now) } as const;
    return ok({ paper: rowOf(await moveDocument('published', decided.value, fact)) });
  }),

  route(contract.search, async ({ input }) => {
    const { entries } = await shelfOf(input.unitId);
    const found = findInLibrary(indexLibrary(entries), input.words);
    return ok({
      papers: found.map(({ documentId, fields, pages, publishedAt, meetingId }) => ({
        documentId,
        state: 'published' as const,
        fileName: '',
        addedAt: publishedAt,
        pages,
        fields,
        publishedAt,
        ...(meetingId !== undefined && { meetingId }),
      })),
    });
  }),

  route(contract.openOriginal, async ({ input, actor, now }) => {
    const document = await readable(input, actor, now);
    if (!document) return refuse('not-found');
    // a text written here has no file
    if (!('kind' in document) || document.kind === undefined) return refuse('not-found');
    const { unitId, documentId, kind, sha256 } = document;
    const name = 'fields' in document ? nameOf(document) : document.fileName;
    const url =
      input.form === 'original'
        ? await addressOf(names.original(unitId, documentId), `${name}.${kind}`)
        : await addressOf(names.searchable(documentId), `${name}.pdf`);
    return ok({ url, sha256 });
  }),

  route(contract.markOpened, async ({ input, actor, now }) => {
    const document = await readable(input, actor, now);
    if (document?.state !== 'published') return refuse('not-found');
    return ok({ openedAt: await recordOpened(document.documentId, actor.memberId, now) });
  }),

  route(contract.answerQuestion, async ({ input, actor, now }) => {
    const document = await readable(input, actor, now);
    if (document?.state !== 'published') return refuse('not-found');
    const graded = gradeAnswer(document, input.choice);
    if (!graded.ok) return graded;
    const { documentId, question } = document;
    const kept = await recordAnswer(
      { choice: input.choice, correct: graded.value.correct },
      {
        type: 'document-studied',
        documentId,
        memberId: actor.memberId,
        unitId: actor.unitId,
        correct: graded.value.correct,
        at: now,
      },
    );
    return ok({ ...kept, right: question?.right ?? 0 });
  }),

  route(contract.receipts, async ({ input }) => {
    const document = await loadDocument(input.unitId, input.documentId);
    if (document?.state !== 'published') return refuse('not-found');
    return ok({ kind: kindOf(document.fields.type), ...(await receiptsOf(document.documentId)) });
  }),
]);

const partsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / PART_BYTES));

/** The document, if the actor's own branch or one above it published it, or if he adds papers at its unit. */
const readable = async (
  { unitId, documentId }: { readonly unitId: UnitId; readonly documentId: DocumentId },
  actor: Actor,
  now: Instant,
): Promise<PartyDocument | undefined> => {
  const document = await loadDocument(unitId, documentId);
  if (!document) return undefined;
  if (mayRead(document, await chainOf(actor.unitId, now))) return document;
  return (await mayAt(actor, 'documents.add', unitId, now)) ? document : undefined;
};

const newsOf = (document: Extract<PartyDocument, { path: string }>, at: Instant) => ({
  documentId: document.documentId,
  unitId: document.unitId,
  kind: kindOf(document.fields.type),
  path: document.path,
  ...(document.meetingId !== undefined && { meetingId: document.meetingId }),
  at,
});

/** A name to save a file under: type and number, or the abstract. */
const nameOf = ({
  fields,
  fileName,
}: Extract<PartyDocument, { state: 'to-review' | 'published' | 'withdrawn' }>): string =>
  fields === undefined
    ? fileName
    : `${documentType(fields.type).name} ${fields.number ?? fields.abstract}`.replaceAll('/', '-');

const rowOf = (document: PartyDocument): contract.PaperRow => {
  const { documentId, state, fileName, addedAt } = document;
  const row = { documentId, state, fileName, addedAt };
  switch (document.state) {
    case 'awaiting-file':
    case 'checking':
      return row;
    case 'reading':
      return { ...row, pages: document.pages };
    case 'to-review':
      return { ...row, pages: document.pages, fields: fieldsToReview(document) };
    case 'rejected':
      return { ...row, reason: document.reason };
    case 'published':
    case 'withdrawn': {
      const { pages, fields, publishedAt, meetingId } = document;
      return { ...row, pages, fields, publishedAt, ...(meetingId !== undefined && { meetingId }) };
    }
  }
};
