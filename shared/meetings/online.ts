import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { type Day, dayOf } from '#shared/kernel/time.ts';
import type { Plan } from './model.ts';
import tables from './online-grounds.json' with { type: 'json' };

/** On what ground a meeting may be held online on this day; none before the pilot. Source: `online-grounds.json`. */
export const onlineGrounds = (day: Day): readonly { readonly id: string; readonly title: string }[] =>
  tables.filter(({ validFrom }) => validFrom <= day).at(-1)?.grounds ?? [];

/** An online room needs a ground that the rule knows and the superior's consent. Refusal: online-ground-missing. */
export const decideOnline = (
  plan: Pick<Plan, 'onlineLink' | 'online' | 'startsAt'>,
): Result<true, 'online-ground-missing'> => {
  if (plan.onlineLink === undefined) return ok(true);
  const known = onlineGrounds(dayOf(plan.startsAt)).some(({ id }) => id === plan.online?.ground);
  return known && plan.online?.consent ? ok(true) : refuse('online-ground-missing');
};
