import * as v from 'valibot';
import { DocumentId, UnitId } from '#shared/kernel/ids.ts';
import { operation } from '#shared/kernel/operation.ts';
import { DocumentFields } from './model.ts';

// A file of its own: only the page of practising asks it.
export const practise = operation({
  id: 'documents.practise',
  summary:
    "A paper with its question in today's practice branch of one's own unit, made once; none if it was taken back",
  method: 'POST',
  path: '/api/documents/{unitId}/practice',
  allow: 'documents.add',
  input: v.object({ unitId: UnitId }),
  output: v.object({
    paper: v.optional(v.object({ documentId: DocumentId, path: v.string(), fields: DocumentFields })),
  }),
  refusals: {},
});
