import { ask } from '#lib/api.ts';
import { rollOf } from '#shared/members/contract.ts';
import type { PageLoad } from './$types';

/** The branch for which slips are printed, with everybody who can be given one and who can help. */
export const load: PageLoad = async ({ parent, url }) => {
  const { units } = await parent();
  const wanted = url.searchParams.get('unit');
  const unit = units.find(({ unitId }) => unitId === wanted) ?? units.find(({ kind }) => kind === 'branch');
  if (unit?.kind !== 'branch') return { unit: undefined, roll: [], refused: undefined };
  const answer = await ask(rollOf, { unitId: unit.unitId });
  return answer.ok
    ? { unit, roll: answer.value.roll.filter(({ state }) => state !== 'guest'), refused: undefined }
    : { unit, roll: [], refused: answer.code };
};
