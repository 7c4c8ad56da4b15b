import { ask } from '#lib/api.ts';
import { listSessions } from '#shared/access/own-contract.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
  depends('access:sessions');
  return { answer: await ask(listSessions, {}) };
};
