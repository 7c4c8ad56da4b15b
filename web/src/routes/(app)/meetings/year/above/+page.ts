import { ask } from '#lib/api.ts';
import { dayOf, instantOf } from '#shared/kernel/time.ts';
import { ratingYearBelow } from '#shared/meetings/rating-contract.ts';
import type { PageLoad } from './$types';

/** The marks of a year of all branches below the widest organisation that this person oversees. */
export const load: PageLoad = async ({ parent, depends, url }) => {
  depends('meetings:year-above');
  const { session } = await parent();
  const { units } = session.me;
  const overseen = units.filter((_, at) =>
    session.may(
      'meetings.oversee',
      units.slice(at).map(({ unitId }) => unitId),
    ),
  );
  const asked = url.searchParams.get('year') ?? '';
  const year = /^20\d\d$/.test(asked) ? asked : dayOf(instantOf(Date.now())).slice(0, 4);
  const unit = overseen.at(-1) ?? units[0];
  if (!unit) return { year, code: 'not-found' as const };
  return { unit, year, answer: await ask(ratingYearBelow, { unitId: unit.unitId, year }) };
};
