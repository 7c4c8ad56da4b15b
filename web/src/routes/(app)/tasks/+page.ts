import { ask } from '#lib/api.ts';
import { mine } from '#shared/tasks/contract.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
  depends('tasks:mine');
  return { answer: await ask(mine, {}) };
};
