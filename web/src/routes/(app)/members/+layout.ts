import { ask } from '#lib/api.ts';
import { instantOf } from '#shared/kernel/time.ts';
import { listUnits } from '#shared/members/contract.ts';
import type { LayoutLoad } from './$types';
import { rootsOf } from './units.ts';

/** The organisations that this person may look into; none for a member, who has his own record only. */
export const load: LayoutLoad = async ({ parent, depends }) => {
  depends('members:units');
  const { session } = await parent();
  const answers = await Promise.all(
    rootsOf(session.me.grants, instantOf(Date.now())).map((unitId) => ask(listUnits, { unitId })),
  );
  const units = [
    ...new Map(
      answers.flatMap((answer) => (answer.ok ? answer.value.units : [])).map((unit) => [unit.unitId, unit]),
    ).values(),
  ];
  const refused = answers.find((answer) => !answer.ok);
  return { units, trouble: refused && !refused.ok ? refused.code : undefined };
};
