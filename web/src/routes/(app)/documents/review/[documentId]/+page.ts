import * as v from 'valibot';
import { ask, content } from '#lib/api.ts';
import { open } from '#shared/documents/contract.ts';
import { DocumentId } from '#shared/kernel/ids.ts';
import { refuse } from '#shared/kernel/result.ts';
import { BranchManifest } from '#shared/meetings/model.ts';
import { placeOf } from '../../adding.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, params, url, depends }) => {
  depends('documents:paper');
  const { session } = await parent();
  const place = placeOf(session, url);
  const { unitId } = place;
  const documentId = v.safeParse(DocumentId, params.documentId);
  if (!documentId.success) return { place, answer: refuse('not-found'), meetings: [] };
  const [answer, branch] = await Promise.all([
    ask(open, { unitId, documentId: documentId.output }),
    content(`/content/live/${unitId}/branch.json`, BranchManifest),
  ]);
  // a meeting that is over takes no more papers
  const meetings = branch.ok ? branch.value.value.meetings.filter(({ state }) => state !== 'closed') : [];
  return { place, answer, meetings };
};
