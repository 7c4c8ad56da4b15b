import * as v from 'valibot';
import { ActionId, DocumentId, MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { Instant } from '#shared/kernel/time.ts';
import {
  type Box,
  Corners,
  DocumentFields,
  MAX_FILE_BYTES,
  Proposals,
  PublishedKind,
  Question,
  Rejection,
  Sha256,
  TextLine,
} from './model.ts';
import { practise } from './practice-contract.ts';

export { practise };

const paper = { unitId: UnitId, documentId: DocumentId };
const path = '/api/documents/{unitId}/papers/{documentId}' as const;

const State = v.picklist(['awaiting-file', 'checking', 'reading', 'to-review', 'published', 'withdrawn', 'rejected']);

/** One row of the list for those who add and review. */
export const PaperRow = v.object({
  documentId: DocumentId,
  state: State,
  fileName: v.string(),
  addedAt: Instant,
  pages: v.optional(v.number()),
  reason: v.optional(Rejection),
  fields: v.optional(v.partial(DocumentFields)),
  publishedAt: v.optional(Instant),
  meetingId: v.optional(MeetingId),
  /** Under way, but nothing has moved for so long that it will not go on by itself. */
  stuck: v.optional(v.boolean()),
});
export type PaperRow = v.InferOutput<typeof PaperRow>;

export const requestUpload = operation({
  id: 'documents.requestUpload',
  summary: 'Declare a file before it is sent; the same act again answers the same document',
  method: 'POST',
  path: '/api/documents/{unitId}/uploads',
  allow: 'documents.add',
  givesWay: 'uploads',
  input: v.object({
    unitId: UnitId,
    actionId: ActionId,
    fileName: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
    bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
    sha256: Sha256,
  }),
  output: v.object({
    documentId: DocumentId,
    partBytes: v.number(),
    parts: v.number(),
    maxBytes: v.literal(MAX_FILE_BYTES),
  }),
  refusals: { 'empty-file': 422, 'file-too-large': 413, 'already-taken': 409 },
});

export const uploadParts = operation({
  id: 'documents.uploadParts',
  summary: 'What has arrived of an upload, and addresses for the parts still to send',
  method: 'GET',
  path: '/api/documents/{unitId}/uploads/{documentId}',
  allow: 'documents.add',
  givesWay: 'uploads',
  input: v.object(paper),
  output: v.object({
    partBytes: v.number(),
    arrived: v.array(v.object({ number: v.number(), bytes: v.number() })),
    /** Good for one hour. */
    missing: v.array(v.object({ number: v.number(), url: v.string() })),
  }),
  refusals: { 'not-awaited': 409 },
});

export const completeUpload = operation({
  id: 'documents.completeUpload',
  summary: 'Put the parts together and compare size and hash with what was declared',
  method: 'POST',
  path: '/api/documents/{unitId}/uploads/{documentId}/complete',
  allow: 'documents.add',
  input: v.object(paper),
  output: v.object({ state: State }),
  refusals: { 'parts-missing': 409, 'size-differs': 422, 'hash-differs': 422 },
});

export const cancelUpload = operation({
  id: 'documents.cancelUpload',
  summary: 'Give up an upload that is not complete; what had arrived is thrown away',
  method: 'POST',
  path: '/api/documents/{unitId}/uploads/{documentId}/cancel',
  allow: 'documents.add',
  input: v.object(paper),
  output: v.object({ cancelled: v.boolean() }),
  refusals: { 'not-awaited': 409 },
});

export const writeNews = operation({
  id: 'documents.writeNews',
  summary: 'Write a bulletin as text, to be reviewed and published like a paper',
  method: 'POST',
  path: '/api/documents/{unitId}/news',
  allow: 'documents.add',
  input: v.object({
    unitId: UnitId,
    actionId: ActionId,
    title: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
    text: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(20_000)),
  }),
  output: v.object({ documentId: DocumentId }),
  refusals: {},
});

export const list = operation({
  id: 'documents.list',
  summary: 'Papers of a unit in every state, newest first',
  method: 'GET',
  path: '/api/documents/{unitId}/papers',
  allow: 'documents.add',
  input: v.object({ unitId: UnitId, state: v.optional(State) }),
  output: v.object({ papers: v.array(PaperRow) }),
  refusals: {},
});

export const open = operation({
  id: 'documents.open',
  summary: 'One paper for review: picture and text of each page, and what was read',
  method: 'GET',
  path,
  allow: 'documents.add',
  input: v.object(paper),
  output: v.object({
    paper: PaperRow,
    bytes: v.number(),
    sha256: Sha256,
    pagesRead: v.number(),
    proposals: v.optional(Proposals),
    pages: v.array(
      v.object({
        picture: v.optional(v.string()),
        lines: v.array(TextLine),
        /** The photo as it was taken and the corners between which it was laid flat. */
        taken: v.optional(v.string()),
        corners: v.optional(Corners),
      }),
    ),
    question: v.optional(Question),
  }),
  refusals: {},
});
export type OpenPage = { picture?: string | undefined; lines: { text: string; box?: Box | undefined; sure: number }[] };

export const readAgain = operation({
  id: 'documents.readAgain',
  summary: 'Read again what stands still, or one page anew between the four corners of its sheet that a person set',
  method: 'POST',
  path: `${path}/read-again`,
  allow: 'documents.add',
  input: v.object({
    ...paper,
    page: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    corners: v.optional(Corners),
  }),
  output: v.object({ paper: PaperRow }),
  refusals: { 'not-ready': 409, 'no-such-page': 422 },
});

export const correct = operation({
  id: 'documents.correct',
  summary: 'Keep the fields as a person corrected them, before publishing',
  method: 'POST',
  path: `${path}/correct`,
  allow: 'documents.add',
  input: v.object({ ...paper, fields: DocumentFields }),
  output: v.object({ paper: PaperRow }),
  refusals: { 'not-ready': 409, 'number-missing': 422, 'date-missing': 422, 'number-and-type-differ': 422 },
});

export const publish = operation({
  id: 'documents.publish',
  audited: true,
  summary: 'Publish a reviewed paper to the unit and all below, or to one meeting of the unit',
  method: 'POST',
  path: `${path}/publish`,
  allow: 'documents.publish',
  input: v.object({
    ...paper,
    fields: DocumentFields,
    meetingId: v.optional(MeetingId),
    question: v.optional(Question),
  }),
  output: v.object({ paper: PaperRow }),
  refusals: {
    'not-ready': 409,
    'number-missing': 422,
    'date-missing': 422,
    'number-and-type-differ': 422,
    'bad-question': 422,
  },
});

export const withdraw = operation({
  id: 'documents.withdraw',
  audited: true,
  summary: 'Take a published paper back; phones forget it',
  method: 'POST',
  path: `${path}/withdraw`,
  allow: 'documents.publish',
  input: v.object(paper),
  output: v.object({ paper: PaperRow }),
  refusals: { 'not-published': 409 },
});

export const search = operation({
  id: 'documents.search',
  summary: 'Published papers of one unit that hold the words typed, with or without accents',
  method: 'GET',
  path: '/api/documents/{unitId}/search',
  allow: 'documents.add',
  input: v.object({ unitId: UnitId, words: v.pipe(v.string(), v.maxLength(200)) }),
  output: v.object({ papers: v.array(PaperRow) }),
  refusals: {},
});

export const openOriginal = operation({
  id: 'documents.openOriginal',
  summary: 'An address, good for five minutes, of the untouched file or of its searchable copy',
  method: 'GET',
  path: `${path}/original`,
  allow: 'signed-in',
  input: v.object({ ...paper, form: v.picklist(['original', 'searchable']) }),
  output: v.object({ url: v.string(), sha256: Sha256 }),
  refusals: {},
});

/** An answer to the question of a paper, and which one is right. */
export const Graded = v.object({ correct: v.boolean(), right: v.number(), choice: v.number() });
export type Graded = v.InferOutput<typeof Graded>;

export const markOpened = operation({
  id: 'documents.markOpened',
  summary: 'A member opened a paper: one receipt for member and paper, however often; answers what he has answered',
  method: 'POST',
  path: `${path}/opened`,
  allow: 'signed-in',
  later: true,
  input: v.object(paper),
  output: v.object({ openedAt: Instant, answer: v.optional(Graded) }),
  refusals: {},
});

export const answerQuestion = operation({
  id: 'documents.answerQuestion',
  summary: 'Answer the question on a paper; the first answer counts and is answered again',
  method: 'POST',
  path: `${path}/answer`,
  allow: 'signed-in',
  later: true,
  input: v.object({ ...paper, choice: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  output: Graded,
  refusals: { 'no-question': 409, 'bad-choice': 422 },
});

export const receipts = operation({
  id: 'documents.receipts',
  summary: 'How many members opened a paper, and how many answered its question',
  method: 'GET',
  path: `${path}/receipts`,
  allow: 'documents.publish',
  input: v.object(paper),
  output: v.object({ kind: PublishedKind, opened: v.number(), answered: v.number(), correct: v.number() }),
  refusals: {},
});

export const documentOperations = [
  requestUpload,
  uploadParts,
  completeUpload,
  cancelUpload,
  writeNews,
  list,
  open,
  readAgain,
  correct,
  publish,
  withdraw,
  search,
  openOriginal,
  markOpened,
  answerQuestion,
  receipts,
  practise,
] as const;
