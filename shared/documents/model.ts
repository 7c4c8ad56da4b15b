import * as v from 'valibot';
import { type ActionId, DocumentId, MeetingId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { idAt } from '#shared/kernel/practice.ts';
import { Day, Instant } from '#shared/kernel/time.ts';
import typesOfTheDay from './document-types.json' with { type: 'json' };

/** Bytes of a file at most: 50 MB. Source: the upload limit of the product's third story. */
export const MAX_FILE_BYTES = 50 * 1024 * 1024;
/** Bytes of one part of an upload: the smallest that the bucket takes for any but the last part. */
export const PART_BYTES = 5 * 1024 * 1024;
/** Pages of one document at most: 200 pages are the largest scan of the reading tests (product.md R18). */
export const MAX_PAGES = 200;
/** Pixels of one picture at most; a phone's 50-megapixel photo passes, a pixel flood does not. Source: ASVS 5.2.6. */
export const MAX_PIXELS = 60_000_000;

export const documentTypeIds = [
  'resolution',
  'decision',
  'regulation',
  'conclusion',
  'working_rules',
  'notice',
  'report',
  'guideline',
  'plan',
  'programme',
  'proposal',
  'official_letter',
  'minutes',
  'scheme',
  'option',
  'directive',
  'branch_bulletin',
  'news',
  'reference_material',
] as const;
export const DocumentTypeId = v.picklist(documentTypeIds);
export type DocumentTypeId = v.InferOutput<typeof DocumentTypeId>;

/** A type of document: its code in a number, its printed name, whether it bears a number, whether a branch may issue it. */
export const DocumentType = v.object({
  id: DocumentTypeId,
  code: v.optional(v.string()),
  name: v.string(),
  numbered: v.boolean(),
  byBranch: v.boolean(),
});
export type DocumentType = v.InferOutput<typeof DocumentType>;

/** The types in force. Source and date stand in the data file. */
export const documentTypes: readonly DocumentType[] = v.parse(v.array(DocumentType), typesOfTheDay.types);

export const documentType = (id: DocumentTypeId): DocumentType =>
  documentTypes.find((type) => type.id === id) as DocumentType; // the picklist and the data file are compared by a test

/** `document` and `news` are counted apart in the progress report. Source: domain.md §3.12. */
export const PublishedKind = v.picklist(['document', 'news']);
export type PublishedKind = v.InferOutput<typeof PublishedKind>;

export const kindOf = (type: DocumentTypeId): PublishedKind =>
  type === 'news' || type === 'branch_bulletin' ? 'news' : 'document';

export const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/), v.brand('Sha256'));
export type Sha256 = v.InferOutput<typeof Sha256>;

/** What a file is by its content. */
export const FileKind = v.picklist(['pdf', 'jpg', 'png']);
export type FileKind = v.InferOutput<typeof FileKind>;

/** A number as printed: `05-NQ/ĐU`, or `12/QĐ-UBND` of a state body. */
export const DocNumber = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^\d{1,5}[-/]\p{L}{1,8}[-/][\p{L}\d.]{1,16}(-[\p{L}\d.]{1,16})?$/u),
);

const line = (max: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => text.normalize('NFC').replace(/\s+/g, ' ').trim()),
    v.minLength(1),
    v.maxLength(max),
  );

/** What a document is: corrected by a person before it is published. */
export const DocumentFields = v.object({
  type: DocumentTypeId,
  number: v.optional(DocNumber),
  issuedOn: v.optional(Day),
  issuer: v.optional(line(200)),
  abstract: line(500),
});
export type DocumentFields = v.InferOutput<typeof DocumentFields>;

/** How far a proposed field can be trusted: `sure`, `check` (look at the picture), `none` (not found). */
export const Confidence = v.picklist(['sure', 'check', 'none']);
export type Confidence = v.InferOutput<typeof Confidence>;

const part = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** Where on which page, in parts of its width and height (0 to 1): left, top, right, bottom. */
export const Box = v.tuple([v.number(), v.number(), v.number(), v.number()]);
export type Box = v.InferOutput<typeof Box>;

/** A place on a picture, in parts of its width and height. */
export const Point = v.tuple([part, part]);
export type Point = v.InferOutput<typeof Point>;

/** The corners of a sheet in its photo: upper left, upper right, lower right, lower left. */
export const Corners = v.tuple([Point, Point, Point, Point]);
export type Corners = v.InferOutput<typeof Corners>;

/** One field read from the text: the value, how sure, and the line it came from. Pages count from 1. */
export const Proposed = v.object({
  value: v.optional(v.string()),
  confidence: Confidence,
  page: v.optional(v.number()),
  box: v.optional(Box),
});
export type Proposed = v.InferOutput<typeof Proposed>;

export const Proposals = v.object({
  number: Proposed,
  issuedOn: Proposed,
  issuer: Proposed,
  type: Proposed,
  abstract: Proposed,
});
export type Proposals = v.InferOutput<typeof Proposals>;

/** One printed line of a page: text, where it stands, and how sure the reader was (0 to 100; 100 for a text layer). */
export const TextLine = v.object({ text: v.string(), box: v.optional(Box), sure: v.number() });
export type TextLine = v.InferOutput<typeof TextLine>;

export const PageText = v.object({ lines: v.array(TextLine) });
export type PageText = v.InferOutput<typeof PageText>;

/** Why a file was not taken; each has its one clear sentence on the screen. */
export const rejections = [
  'file-too-large',
  'empty-file',
  'not-a-document',
  'encrypted',
  'broken',
  'no-pages',
  'too-many-pages',
  'too-many-pixels',
  'size-differs',
  'hash-differs',
  'unreadable',
  'cancelled',
] as const;
export const Rejection = v.picklist(rejections);
export type Rejection = v.InferOutput<typeof Rejection>;

/** One question on the document; who answers it has read it. */
export const Question = v.object({
  text: line(300),
  choices: v.pipe(v.array(line(200)), v.minLength(2), v.maxLength(4)),
  /** Index of the right choice; never leaves the server. */
  right: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3)),
});
export type Question = v.InferOutput<typeof Question>;

const common = {
  documentId: DocumentId,
  unitId: UnitId,
  /** The file's own name, shown to those who review; never trusted for its kind. */
  fileName: line(200),
  bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
  sha256: Sha256,
  addedBy: MemberId,
  addedAt: Instant,
};

const read = { ...common, kind: v.optional(FileKind), pages: v.number() };
const reviewed = { ...read, readAt: Instant, proposals: Proposals, fields: v.optional(DocumentFields) };
const published = {
  ...read,
  readAt: Instant,
  fields: DocumentFields,
  /** URL path of its published text, without the leading slash: named by its hash. */
  path: v.string(),
  meetingId: v.optional(MeetingId),
  question: v.optional(Question),
  publishedBy: MemberId,
  publishedAt: Instant,
};

/** A document by its state. It only moves on: see `rules.ts`. */
export const PartyDocument = v.variant('state', [
  v.object({ state: v.literal('awaiting-file'), ...common, uploadId: v.optional(v.string()) }),
  v.object({ state: v.literal('checking'), ...common }),
  v.object({ state: v.literal('reading'), ...read, fields: v.optional(DocumentFields) }),
  v.object({ state: v.literal('to-review'), ...reviewed }),
  v.object({ state: v.literal('published'), ...published }),
  v.object({ state: v.literal('withdrawn'), ...published, withdrawnBy: MemberId, withdrawnAt: Instant }),
  v.object({ state: v.literal('rejected'), ...common, reason: Rejection, rejectedAt: Instant }),
]);
export type PartyDocument = v.InferOutput<typeof PartyDocument>;
export type DocumentState = PartyDocument['state'];
export type DocumentIn<S extends DocumentState> = Extract<PartyDocument, { state: S }>;

/** The published text of a document: `content/docs/<unitId>/<hash>.json`, read by phones without a function. */
export const PublishedPaper = v.object({
  documentId: DocumentId,
  unitId: UnitId,
  fields: DocumentFields,
  publishedAt: Instant,
  meetingId: v.optional(MeetingId),
  pages: v.array(
    v.object({
      /** URL path of the picture, without the leading slash; absent for a text without a picture. */
      picture: v.optional(v.string()),
      /** What the picture weighs, said before it is fetched. */
      pictureBytes: v.optional(v.number()),
      paragraphs: v.array(v.string()),
    }),
  ),
  question: v.optional(v.object({ text: v.string(), choices: v.array(v.string()) })),
});
export type PublishedPaper = v.InferOutput<typeof PublishedPaper>;

/** A page of a document as it was read: hash of its picture (none for a text written here) and its lines. */
export const ReadPage = v.object({
  picture: v.optional(Sha256),
  lines: v.array(TextLine),
  /** Between these corners of its photo the page was laid flat. */
  corners: v.optional(Corners),
  /** Weight of its picture. */
  pictureBytes: v.optional(v.number()),
});
export type ReadPage = v.InferOutput<typeof ReadPage>;

/** Where the reading of one page stands. `picture`: it was read. `triedAt`: it was begun and has not ended. */
export const Page = v.object({
  page: v.number(),
  picture: v.optional(Sha256),
  dueAt: v.optional(Instant),
  triedAt: v.optional(Instant),
  /** Set by a person, for a page whose sheet was not found or found wrongly. */
  corners: v.optional(Corners),
});
export type Page = v.InferOutput<typeof Page>;

/** One row of a unit's library. `words`: the folded syllables of the text, each once, for the search on the phone. */
export const LibraryEntry = v.object({
  documentId: DocumentId,
  unitId: UnitId,
  path: v.string(),
  fields: DocumentFields,
  publishedAt: Instant,
  pages: v.number(),
  bytes: v.number(),
  meetingId: v.optional(MeetingId),
  asks: v.boolean(),
  words: v.string(),
});
export type LibraryEntry = v.InferOutput<typeof LibraryEntry>;

/** `content/live/<unitId>/library.json`. `withdrawn`: paths that phones must forget. Source: access.md §4. */
export const Library = v.object({
  unitId: UnitId,
  at: Instant,
  documents: v.array(LibraryEntry),
  withdrawn: v.array(v.string()),
});
export type Library = v.InferOutput<typeof Library>;

/** News for other contexts: a document or a bulletin can now be read at this unit and below. */
export const DocumentPublished = v.object({
  type: v.literal('document-published'),
  documentId: DocumentId,
  unitId: UnitId,
  kind: PublishedKind,
  fields: DocumentFields,
  path: v.string(),
  pages: v.number(),
  meetingId: v.optional(MeetingId),
  at: Instant,
});
export type DocumentPublished = v.InferOutput<typeof DocumentPublished>;

export const DocumentWithdrawn = v.object({
  type: v.literal('document-withdrawn'),
  documentId: DocumentId,
  unitId: UnitId,
  kind: PublishedKind,
  path: v.string(),
  meetingId: v.optional(MeetingId),
  at: Instant,
});
export type DocumentWithdrawn = v.InferOutput<typeof DocumentWithdrawn>;

/** News for points: a member read the document and answered its question. `unitId` is the member's own branch. */
export const DocumentStudied = v.object({
  type: v.literal('document-studied'),
  documentId: DocumentId,
  memberId: MemberId,
  unitId: UnitId,
  correct: v.boolean(),
  at: Instant,
});
export type DocumentStudied = v.InferOutput<typeof DocumentStudied>;

/** A file that arrived waits to be looked at again. */
export const FileDue = v.object({ type: v.literal('file-due'), documentId: DocumentId, unitId: UnitId });
export type FileDue = v.InferOutput<typeof FileDue>;

/** One page waits to be read. */
export const PageDue = v.object({
  type: v.literal('page-due'),
  documentId: DocumentId,
  unitId: UnitId,
  page: v.number(),
});
export type PageDue = v.InferOutput<typeof PageDue>;

/** The id of a document is the id of the act that added it, so that the act sent twice adds it once. */
export const documentIdOf = (unitId: UnitId, actionId: ActionId): DocumentId =>
  v.parse(DocumentId, idAt(unitId, actionId));
