import * as v from 'valibot';
import { content } from '#lib/api.ts';
import { PublishedPaper } from '#shared/documents/model.ts';
import { DocumentId, UnitId } from '#shared/kernel/ids.ts';
import { findEntry } from '../../../library.ts';
import type { PageLoad } from './$types';

const Address = v.object({ unitId: UnitId, documentId: DocumentId });

export const load: PageLoad = async ({ params }) => {
  const address = v.safeParse(Address, params);
  if (!address.success) return { code: 'not-found' as const };
  const found = await findEntry(address.output);
  if (!found.ok) return { code: found.code };
  const entry = found.value;
  const paper = await content(`/${entry.path as `content/${string}`}`, PublishedPaper);
  return paper.ok ? { entry, paper: paper.value.value } : { code: paper.code };
};
