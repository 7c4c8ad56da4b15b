import * as v from 'valibot';
import { eachFact } from '#runtime/queue.ts';
import { type DocumentIn, FileDue, type PartyDocument } from '#shared/documents/model.ts';
import { decideIntake } from '#shared/documents/rules.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { inspectFile } from './inspect-file.ts';
import { readOriginal, whoseUpload } from './paper-files.ts';
import { loadDocument, makePagesDue, moveDocument } from './store.ts';

/** What the bucket tells when an object was put; the message it sends once to try the queue has no records. */
const Arrival = v.object({
  Records: v.optional(v.array(v.object({ s3: v.object({ object: v.object({ key: v.string() }) }) })), []),
});

/** The bucket's own message, or a person who asks to have a file looked at again. */
const FileArrived = v.union([FileDue, Arrival]);

/**
 * A file arrived: looks at what it is and has its pages read, or says why not. Safe to repeat: a document that has moved
 * on is left alone, except that pages not yet due are made due.
 */
export const handler = eachFact(FileArrived, async (arrived, now) => {
  // the bucket writes names as an address does
  const whose =
    'type' in arrived
      ? [arrived]
      : arrived.Records.map(({ s3 }) => whoseUpload(decodeURIComponent(s3.object.key.replaceAll('+', ' '))));
  for (const ids of whose) {
    const document = ids && (await loadDocument(ids.unitId, ids.documentId));
    if (document) await take(document, now);
  }
});

const take = async (document: PartyDocument, now: Instant): Promise<void> => {
  let taken: PartyDocument = document;
  if (document.state === 'awaiting-file') {
    const { uploadId: _, ...kept } = document;
    taken = await moveDocument('awaiting-file', { ...kept, state: 'checking' });
  }
  if (taken.state === 'checking') taken = await moveDocument('checking', await looked(taken, now));
  if (taken.state === 'reading') await makePagesDue(taken, now);
};

const looked = async (document: DocumentIn<'checking'>, now: Instant): Promise<PartyDocument> => {
  const bytes = await readOriginal(document.unitId, document.documentId);
  const intake = decideIntake(document, await inspectFile(bytes ?? new Uint8Array()));
  return intake.ok
    ? { ...document, state: 'reading', ...intake.value }
    : { ...document, state: 'rejected', reason: intake.code, rejectedAt: now };
};
