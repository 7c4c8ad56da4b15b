import { ask } from '#lib/api.ts';
import { list } from '#shared/documents/contract.ts';
import { placeOf } from '../adding.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, depends }) => {
  depends('documents:papers');
  const { session } = await parent();
  const place = placeOf(session, url);
  return { place, answer: await ask(list, { unitId: place.unitId }) };
};
