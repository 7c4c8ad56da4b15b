import { createHash } from 'node:crypto';
import { type Route, route } from '#runtime/http.ts';
import * as contract from '#shared/documents/contract.ts';
import { documentIdOf, MAX_FILE_BYTES, PART_BYTES } from '#shared/documents/model.ts';
import { decideParts, decideUpload } from '#shared/documents/rules.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { names, readOriginal, uploads } from './paper-files.ts';
import { addDocument, loadDocument, moveDocument } from './store.ts';
import { addWritten } from './written.ts';

/** How long an address for a part is good; a slow phone asks for new ones. */
const PART_SECONDS = 3600;
/** Addresses given at once: an upload of 50 MB has ten parts. */
const PARTS_AT_ONCE = 10;

/** How a paper comes in: declared, sent in parts, put together and compared; or written here. */
export const sendingRows: readonly Route[] = [
  route(contract.requestUpload, async ({ input, actor, now }) => {
    const { unitId, fileName, bytes, sha256 } = input;
    const documentId = documentIdOf(unitId, input.actionId);
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
    const documentId = documentIdOf(unitId, input.actionId);
    if (await loadDocument(unitId, documentId)) return ok({ documentId });
    const lines = text.split('\n').map((line) => line.normalize('NFC').trim());
    const added = await addWritten({ documentId, unitId, title, lines, type: 'news' }, actor.memberId, now);
    return added === 'already-taken' ? refuse('busy') : ok({ documentId });
  }),
];

const partsOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / PART_BYTES));
