import type * as v from 'valibot';
import { httpApi, route } from '#runtime/http.ts';
import { type Actor, chainOf, mayAt } from '#runtime/identity.ts';
import * as contract from '#shared/documents/contract.ts';
import { documentType, kindOf, type PartyDocument } from '#shared/documents/model.ts';
import {
  decideFields,
  decideReadAgain,
  decideWithdraw,
  fieldsToReview,
  gradeAnswer,
  isStuck,
  mayRead,
  stuckPages,
} from '#shared/documents/rules.ts';
import { findInLibrary, indexLibrary } from '#shared/documents/search-terms.ts';
import type { DocumentId, UnitId } from '#shared/kernel/ids.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { addressOf, names, readText } from './paper-files.ts';
import { practiceRows } from './practice.ts';
import { newsOf, publishDocument } from './publishing.ts';
import { sendingRows } from './sending.ts';
import {
  answerOf,
  documentsOf,
  loadDocument,
  makePageDueAgain,
  moveDocument,
  pagesOf,
  picturesOf,
  receiptsOf,
  recordAnswer,
  recordOpened,
  shelfOf,
} from './store.ts';

export const handler = httpApi('documents', [
  ...sendingRows,
  ...practiceRows,

  route(contract.list, async ({ input, now }) => {
    const documents = await documentsOf(input.unitId);
    const wanted = input.state === undefined ? documents : documents.filter(({ state }) => state === input.state);
    return ok({ papers: await Promise.all(wanted.map((document) => rowUnderWay(document, now))) });
  }),

  route(contract.open, async ({ input, now }) => {
    const document = await loadDocument(input.unitId, input.documentId);
    if (!document) return refuse('not-found');
    const pages = await readText(document.documentId);
    const shown = await Promise.all(
      pages.map(async ({ picture, lines, corners }, at) => ({
        ...(picture !== undefined && { picture: addressOf(names.picture(document.documentId, at + 1)) }),
        ...(corners && { corners, taken: addressOf(names.taken(document.documentId, at + 1)) }),
        lines,
      })),
    );
    const reading = document.state === 'reading';
    const pagesDone = reading ? picturesOf(await pagesOf(document.documentId)).size : pages.length;
    return ok({
      paper: await rowUnderWay(document, now),
      bytes: document.bytes,
      sha256: document.sha256,
      pagesRead: pagesDone,
      ...(document.state === 'to-review' && { proposals: document.proposals }),
      pages: shown,
      ...('question' in document && document.question && { question: document.question }),
    });
  }),

  route(contract.readAgain, async ({ input, now }) => {
    const document = await loadDocument(input.unitId, input.documentId);
    if (!document) return refuse('not-found');
    const decided = decideReadAgain(document, input.page);
    if (!decided.ok) return decided;
    if (decided.value.state === 'checking') {
      const { documentId, unitId } = document;
      const moved = await moveDocument('checking', decided.value, { type: 'file-due', documentId, unitId });
      return ok({ paper: rowOf(moved) });
    }
    const moved = document.state === 'reading' ? document : await moveDocument('to-review', decided.value);
    await Promise.all((await pagesToReadAgain(input, now)).map((page) => makePageDueAgain(document, page, now)));
    return ok({ paper: rowOf(moved) });
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
    const published = await publishDocument(document, { fields, meetingId, question, by: actor.memberId, at: now });
    return published.ok ? ok({ paper: rowOf(published.value) }) : published;
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
    const name = nameOf(document);
    const url =
      input.form === 'original'
        ? addressOf(names.original(unitId, documentId), `${name}.${kind}`)
        : addressOf(names.searchable(documentId), `${name}.pdf`);
    return ok({ url, sha256 });
  }),

  route(contract.markOpened, async ({ input, actor, now }) => {
    const document = await readable(input, actor, now);
    if (document?.state !== 'published') return refuse('not-found');
    const { documentId, question } = document;
    const opened = await recordOpened(documentId, actor.memberId, now);
    // who opens a paper for the first time has not answered its question
    const answer = question && opened.before ? await answerOf(documentId, actor.memberId) : undefined;
    return ok({ openedAt: opened.at, ...(question && answer && { answer: { ...answer, right: question.right } }) });
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

/** A name to save a file under: type and number, or the abstract. */
const nameOf = (document: PartyDocument): string =>
  'fields' in document && document.fields !== undefined
    ? `${documentType(document.fields.type).name} ${document.fields.number ?? document.fields.abstract}`.replaceAll(
        '/',
        '-',
      )
    : document.fileName;

type ToReadAgain = v.InferOutput<typeof contract.readAgain.input>;

/** The page a person named; else those that stand still, or any one, by which the document is put together. */
const pagesToReadAgain = async ({ documentId, page, corners }: ToReadAgain, now: Instant) => {
  if (page !== undefined) return [{ page, corners }];
  const stuck = stuckPages(await pagesOf(documentId), now);
  return (stuck.length > 0 ? stuck : [1]).map((each) => ({ page: each }));
};

/** The row of a document, and whether it stands still. */
const rowUnderWay = async (document: PartyDocument, now: Instant): Promise<contract.PaperRow> => {
  const pages = document.state === 'reading' ? await pagesOf(document.documentId) : [];
  return { ...rowOf(document), ...(isStuck(document, pages, now) && { stuck: true }) };
};

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
