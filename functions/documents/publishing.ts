import { hashOf } from '#runtime/files.ts';
import { kindOf, type PartyDocument } from '#shared/documents/model.ts';
import { decidePublish, type Publication, publishedPaper } from '#shared/documents/rules.ts';
import { ok } from '#shared/kernel/result.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { names, readText } from './paper-files.ts';
import { moveDocument } from './store.ts';

/** Publishes a reviewed document: its text stands under its own hash, and whoever is concerned is told. */
export const publishDocument = async (document: PartyDocument, publication: Omit<Publication, 'path'>) => {
  const paper = publishedPaper(document, await readText(document.documentId), publication);
  const path = names.paper(document.unitId, hashOf(JSON.stringify(paper)));
  const decided = decidePublish(document, { ...publication, path });
  if (!decided.ok) return decided;
  const { fields, pages } = decided.value;
  const news = newsOf(decided.value, publication.at);
  return ok(await moveDocument('to-review', decided.value, { type: 'document-published', ...news, fields, pages }));
};

/** What everybody is told of a document that was published or taken back. */
export const newsOf = (document: Extract<PartyDocument, { path: string }>, at: Instant) => ({
  documentId: document.documentId,
  unitId: document.unitId,
  kind: kindOf(document.fields.type),
  path: document.path,
  ...(document.meetingId !== undefined && { meetingId: document.meetingId }),
  at,
});
