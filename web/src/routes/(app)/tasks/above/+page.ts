import * as v from 'valibot';
import { ask } from '#lib/api.ts';
import { UnitId } from '#shared/kernel/ids.ts';
import { below } from '#shared/tasks/contract.ts';
import type { PageLoad } from './$types';

/** Tasks of the branches below: of the widest organisation that this person oversees, or the one asked for. */
export const load: PageLoad = async ({ parent, depends, url }) => {
  depends('tasks:above');
  const { session } = await parent();
  const { units } = session.me;
  const overseen = units.filter((_, at) => session.may('meetings.oversee', session.chain.slice(at)));
  // also one further below: who may see it is judged by the answer
  const asked = v.safeParse(UnitId, url.searchParams.get('unit'));
  const { unitId } = asked.success ? { unitId: asked.output } : (overseen.at(-1) ?? session.me);
  return { answer: await ask(below, { unitId }) };
};
