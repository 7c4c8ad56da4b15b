import { type Route, route } from '#runtime/http.ts';
import { practicePaper } from '#shared/documents/practice.ts';
import * as contract from '#shared/documents/practice-contract.ts';
import { isPractice } from '#shared/kernel/practice.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { publishDocument } from './publishing.ts';
import { loadDocument } from './store.ts';
import { addWritten } from './written.ts';

/** A paper to practise on, made by ourselves; published like any other, it stays within its practice and goes after the day. */
export const practiceRows: readonly Route[] = [
  route(contract.practise, async ({ input: { unitId }, actor, now }) => {
    if (!isPractice(unitId)) return refuse('not-found');
    const { fields, question, ...written } = practicePaper(unitId);
    const { documentId } = written;
    let document = await loadDocument(unitId, documentId);
    if (!document) {
      const added = await addWritten({ ...written, type: fields.type, title: fields.abstract }, actor.memberId, now);
      // another one's practice began at the same moment
      document = added === 'already-taken' ? await loadDocument(unitId, documentId) : added.document;
    }
    if (document?.state === 'to-review') {
      const published = await publishDocument(document, { fields, question, by: actor.memberId, at: now });
      document = published.ok ? published.value : document;
    }
    // somebody practised taking it back: then there is none today
    if (document?.state !== 'published') return ok({});
    return ok({ paper: { documentId, path: document.path, fields } });
  }),
];
