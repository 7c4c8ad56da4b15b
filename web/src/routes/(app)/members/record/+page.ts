import { ask } from '#lib/api.ts';
import { ownRecord } from '#shared/members/contract.ts';
import type { PageLoad } from './$types';

/** One's own nine items and what one has asked to be corrected. */
export const load: PageLoad = async ({ depends }) => {
  depends('members:own');
  return { own: await ask(ownRecord, {}) };
};
