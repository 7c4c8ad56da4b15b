import * as v from 'valibot';
import { ask } from '#lib/api.ts';
import { dayOf, instantOf, Month, monthOf } from '#shared/kernel/time.ts';
import { preparations } from '#shared/meetings/required-contract.ts';
import type { PageLoad } from './$types';

/** How far the branches below are with a month: of the widest organisation that this person oversees, or the one asked for. */
export const load: PageLoad = async ({ parent, depends, url }) => {
  depends('meetings:above');
  const { session } = await parent();
  const { units } = session.me;
  const overseen = units.filter((_, at) =>
    session.may(
      'meetings.oversee',
      units.slice(at).map(({ unitId }) => unitId),
    ),
  );
  const unit = overseen.find(({ unitId }) => unitId === url.searchParams.get('unit')) ?? overseen.at(-1) ?? units[0];
  const asked = v.safeParse(Month, url.searchParams.get('month'));
  const month = asked.success ? asked.output : monthOf(dayOf(instantOf(Date.now())));
  if (!unit) return { month, code: 'not-found' as const };
  return { unit, month, answer: await ask(preparations, { unitId: unit.unitId, month }) };
};
