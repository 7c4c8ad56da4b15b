import * as v from 'valibot';
import { ask } from '#lib/api.ts';
import { dayOf, instantOf, Month, monthOf } from '#shared/kernel/time.ts';
import { mine, ofBranch } from '#shared/points/contract.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, depends, url }) => {
  depends('points:month');
  const { session } = await parent();
  const asked = v.safeParse(Month, url.searchParams.get('month'));
  const month = asked.success ? asked.output : monthOf(dayOf(instantOf(Date.now())));
  const [own, branch] = await Promise.all([ask(mine, { month }), ask(ofBranch, { unitId: session.me.unitId, month })]);
  return { month, own, branch };
};
