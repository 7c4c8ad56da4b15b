import { ask } from '#lib/api.ts';
import { list } from '#shared/meetings/planning-contract.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, depends }) => {
  depends('meetings:list');
  const { session } = await parent();
  return { answer: await ask(list, { unitId: session.me.unitId }) };
};
