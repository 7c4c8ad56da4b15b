import { ask } from '#lib/api.ts';
import { names } from '#shared/members/contract.ts';
import type { PageLoad } from './$types';

/** Members of the branch whose phones may be let in; `?unitId=` when an organisation above helps out. */
export const load: PageLoad = async ({ parent, url, depends }) => {
  depends('members:list');
  const { session } = await parent();
  const unitId = (url.searchParams.get('unitId') ?? session.me.unitId) as typeof session.me.unitId; // judged by the server
  return { unitId, answer: await ask(names, { unitId }) };
};
