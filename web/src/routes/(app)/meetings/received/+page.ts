import { ask } from '#lib/api.ts';
import { received } from '#shared/meetings/contract.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, depends }) => {
  depends('meetings:received');
  const { session } = await parent();
  const own = session.me.units.filter(({ unitId }) => session.may('meetings.oversee', [unitId]));
  const unit = own.find(({ unitId }) => unitId === url.searchParams.get('unit')) ?? own[0] ?? session.me;
  return { units: own, unitId: unit.unitId, answer: await ask(received, { unitId: unit.unitId }) };
};
