import * as v from 'valibot';
import { ask, content } from '#lib/api.ts';
import { open } from '#shared/documents/contract.ts';
import { DocumentId } from '#shared/kernel/ids.ts';
import { refuse } from '#shared/kernel/result.ts';
import { BranchManifest } from '#shared/meetings/model.ts';
import { placeOf, signedPaperOf } from '../../adding.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, params, url, depends }) => {
  depends('documents:paper');
  const { session } = await parent();
  const place = placeOf(session, url);
  const { unitId } = place;
  const documentId = v.safeParse(DocumentId, params.documentId);
  if (!documentId.success) return { place, answer: refuse('not-found'), meetings: [], signed: undefined };
  const [answer, branch] = await Promise.all([
    ask(open, { unitId, documentId: documentId.output }),
    content(`/content/live/${unitId}/branch.json`, BranchManifest),
  ]);
  const signed = signedPaperOf(url);
  // a meeting that is over takes no more papers, but the signed ones of its own
  const meetings = branch.ok
    ? branch.value.value.meetings.filter(
        ({ state, meetingId }) => state !== 'closed' || meetingId === signed?.meetingId,
      )
    : [];
  return { place, answer, meetings, signed };
};
