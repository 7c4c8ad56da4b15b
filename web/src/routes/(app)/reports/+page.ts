import * as v from 'valibot';
import { ask } from '#lib/api.ts';
import { Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { evening } from '#shared/reports/contract.ts';
import type { PageLoad } from './$types';
import { unitAsked } from './units.ts';

export const load: PageLoad = async ({ parent, depends, url }) => {
  depends('reports:evening');
  const { session } = await parent();
  const unit = unitAsked(session, url);
  const asked = v.safeParse(Day, url.searchParams.get('day'));
  const day = asked.success ? asked.output : dayOf(instantOf(Date.now()));
  return { unit, day, answer: await ask(evening, { unitId: unit.unitId, day }) };
};
