import { ask } from '#lib/api.ts';
import { dayOf, instantOf } from '#shared/kernel/time.ts';
import { ratingYear } from '#shared/meetings/rating-contract.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, depends }) => {
  depends('meetings:year');
  const { session } = await parent();
  const asked = url.searchParams.get('year') ?? '';
  const year = /^20\d\d$/.test(asked) ? asked : dayOf(instantOf(Date.now())).slice(0, 4);
  return { year, answer: await ask(ratingYear, { unitId: session.me.unitId, year }) };
};
