import { ask } from '#lib/api.ts';
import { addDays, type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { auditOf } from '#shared/members/contract.ts';
import type { PageLoad } from './$types';

/** What was done at an organisation in the chosen days; the last week unless said otherwise. */
export const load: PageLoad = async ({ parent, url }) => {
  const { units } = await parent();
  const wanted = url.searchParams.get('unit');
  const unit = units.find(({ unitId }) => unitId === wanted) ?? units[0];
  const today = dayOf(instantOf(Date.now()));
  const until = (url.searchParams.get('until') ?? today) as Day; // the contract refuses what is no day
  const from = (url.searchParams.get('from') ?? addDays(today, -6)) as Day;
  return { unit, from, until, log: unit && (await ask(auditOf, { unitId: unit.unitId, from, until })) };
};
