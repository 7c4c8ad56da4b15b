import * as v from 'valibot';
import { content } from '#lib/api.ts';
import { PublishedPaper } from '#shared/documents/model.ts';
import { DocumentId, UnitId } from '#shared/kernel/ids.ts';
import { readShelf } from '../../../library.ts';
import type { PageLoad } from './$types';

const Address = v.object({ unitId: UnitId, documentId: DocumentId });

export const load: PageLoad = async ({ params }) => {
  const address = v.safeParse(Address, params);
  if (!address.success) return { code: 'not-found' as const };
  const { unitId, documentId } = address.output;
  const shelf = await readShelf([unitId]);
  const entry = shelf.entries.find((each) => each.documentId === documentId);
  if (!entry) return { code: shelf.trouble ?? ('not-found' as const) };
  const paper = await content(`/${entry.path as `content/${string}`}`, PublishedPaper);
  return paper.ok ? { entry, paper: paper.value.value } : { code: paper.code };
};
