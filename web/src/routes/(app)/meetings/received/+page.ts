import * as v from 'valibot';
import { ask } from '#lib/api.ts';
import { UnitId } from '#shared/kernel/ids.ts';
import { received } from '#shared/meetings/received.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, depends }) => {
  depends('meetings:received');
  const { session } = await parent();
  const own = session.me.units.filter(({ unitId }) => session.may('meetings.oversee', [unitId]));
  // also one further below, as the list of the evening leads to it: who may see it is judged by the answer
  const asked = v.safeParse(UnitId, url.searchParams.get('unit'));
  const { unitId } = asked.success ? { unitId: asked.output } : (own[0] ?? session.me);
  return { units: own, unitId, answer: await ask(received, { unitId }) };
};
