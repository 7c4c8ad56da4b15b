import type { DocumentId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Day, Instant } from '#shared/kernel/time.ts';
import type { DocumentIn, LibraryEntry, Sha256 } from './model.ts';

/** A document whose pages were read and that waits for a person; override what the test is about. */
export const aReadDocument = (over: Partial<DocumentIn<'to-review'>> = {}): DocumentIn<'to-review'> => ({
  state: 'to-review',
  documentId: '11111111-1111-4111-8111-111111111111' as DocumentId,
  unitId: 'cb-thon-nam' as UnitId,
  fileName: 'nghi-quyet.pdf',
  bytes: 120_000,
  sha256: 'a'.repeat(64) as Sha256,
  addedBy: 'm-1' as MemberId,
  addedAt: '2026-11-20T02:00:00.000Z' as Instant,
  kind: 'pdf',
  pages: 2,
  readAt: '2026-11-20T02:01:00.000Z' as Instant,
  proposals: {
    number: { value: '05-NQ/ĐU', confidence: 'sure' },
    issuedOn: { value: '2026-09-03', confidence: 'sure' },
    issuer: { value: 'ĐẢNG ỦY XÃ CÔNG HẢI', confidence: 'check' },
    type: { value: 'resolution', confidence: 'sure' },
    abstract: { confidence: 'none' },
  },
  ...over,
});

export const aLibraryEntry = (over: Partial<LibraryEntry> = {}): LibraryEntry => ({
  documentId: '11111111-1111-4111-8111-111111111111' as DocumentId,
  unitId: 'cb-thon-nam' as UnitId,
  path: 'content/docs/cb-thon-nam/abc.json',
  fields: {
    type: 'resolution',
    number: '05-NQ/ĐU',
    issuedOn: '2026-09-03' as Day,
    issuer: 'ĐẢNG ỦY XÃ CÔNG HẢI',
    abstract: 'về nâng cao chất lượng sinh hoạt chi bộ',
  },
  publishedAt: '2026-11-20T03:00:00.000Z' as Instant,
  pages: 2,
  bytes: 4000,
  asks: false,
  words: 'hoa binh trien khai',
  ...over,
});
