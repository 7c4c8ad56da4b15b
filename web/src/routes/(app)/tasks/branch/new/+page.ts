import { ask } from '#lib/api.ts';
import { listMembers } from '#shared/members/contract.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, depends }) => {
  depends('tasks:members');
  const { session } = await parent();
  return { answer: await ask(listMembers, { unitId: session.me.unitId }) };
};
