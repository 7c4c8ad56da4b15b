import { ask } from '#lib/api.ts';
import { backlog } from '#shared/reports/backlog-contract.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, depends }) => {
  depends('operation:backlog');
  const { session } = await parent();
  // the ways of the whole house are seen at its root
  const unitId = session.chain.at(-1) ?? session.me.unitId;
  return { unitId, answer: await ask(backlog, { unitId }) };
};
