import { ask } from '#lib/api.ts';
import { handover } from '#shared/meetings/handover-contract.ts';
import { rhythm } from '#shared/meetings/preparing-contract.ts';
import { listCorrections } from '#shared/members/corrections-contract.ts';
import { ofBranch } from '#shared/tasks/contract.ts';
import type { PageLoad } from './$types';

/** What lies open in a branch, from each context that knows a part of it. */
export const load: PageLoad = async ({ parent, depends }) => {
  depends('meetings:handover');
  const { session } = await parent();
  const { unitId } = session.me;
  const [tasks, papers, corrections, duties] = await Promise.all([
    ask(ofBranch, { unitId, state: 'open' }),
    ask(handover, { unitId }),
    ask(listCorrections, { unitId }),
    ask(rhythm, { unitId }),
  ]);
  return { tasks, papers, corrections, duties };
};
