import * as v from 'valibot';
import { ask } from '#lib/api.ts';
import { Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { progress } from '#shared/reports/contract.ts';
import { usualPeriod } from '#shared/reports/rules.ts';
import { unitAsked } from '../units.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, depends, url }) => {
  depends('reports:progress');
  const { session } = await parent();
  const unit = unitAsked(session, url);
  const usual = usualPeriod(dayOf(instantOf(Date.now())));
  const asked = (name: string): Day | undefined => {
    const parsed = v.safeParse(Day, url.searchParams.get(name));
    return parsed.success ? parsed.output : undefined;
  };
  const from = asked('from') ?? usual.from;
  const to = asked('to') ?? usual.to;
  return { unit, from, to, answer: await ask(progress, { unitId: unit.unitId, from, to }) };
};
