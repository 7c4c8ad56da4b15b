import { hashOf } from '#runtime/files.ts';
import type { DocumentTypeId, Sha256 } from '#shared/documents/model.ts';
import type { DocumentId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { keepText } from './paper-files.ts';
import { addDocument } from './store.ts';

/** A text that came without paper. */
export interface Written {
  readonly documentId: DocumentId;
  readonly unitId: UnitId;
  readonly type: DocumentTypeId;
  readonly title: string;
  readonly lines: readonly string[];
}

/** Adds a text written here, to be reviewed like a paper that was read. The same one again adds nothing. */
export const addWritten = async (
  { documentId, unitId, type, title, lines }: Written,
  addedBy: MemberId,
  now: Instant,
) => {
  const text = lines.filter((line) => line !== '');
  await keepText(documentId, [{ lines: text.map((line) => ({ text: line, sure: 100 })) }]);
  const none = { confidence: 'none' } as const;
  return addDocument({
    state: 'to-review',
    documentId,
    unitId,
    fileName: title,
    bytes: Buffer.byteLength(text.join('\n')),
    // the id is part of what is claimed: the same words may be news twice
    sha256: hashOf([documentId, title, ...text].join('\n')) as Sha256,
    addedBy,
    addedAt: now,
    pages: 1,
    readAt: now,
    proposals: {
      number: none,
      issuedOn: none,
      issuer: none,
      type: { value: type, confidence: 'sure' },
      abstract: { value: title, confidence: 'sure' },
    },
  });
};
