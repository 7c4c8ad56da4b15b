import { ask } from '#lib/api.ts';
import { ofBranch } from '#shared/tasks/contract.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, depends }) => {
  depends('tasks:branch');
  const { session } = await parent();
  return { answer: await ask(ofBranch, { unitId: session.me.unitId }) };
};
