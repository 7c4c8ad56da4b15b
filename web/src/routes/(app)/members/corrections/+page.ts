import { ask } from '#lib/api.ts';
import { type CorrectionRow, listCorrections } from '#shared/members/contract.ts';
import { BRANCHES_TOGETHER, within } from '../units.ts';
import type { PageLoad } from './$types';

/** What members asked to be corrected, in one branch or in all below an organisation. */
export const load: PageLoad = async ({ parent, url, depends }) => {
  depends('members:corrections');
  const { units } = await parent();
  const wanted = url.searchParams.get('unit');
  const unit = units.find(({ unitId }) => unitId === wanted) ?? units[0];
  const branches = unit ? within(units, unit.unitId).filter(({ kind }) => kind === 'branch') : [];
  if (branches.length > BRANCHES_TOGETHER)
    return { unit, corrections: [] as CorrectionRow[], tooMany: true, refused: undefined };
  const answers = await Promise.all(branches.map(({ unitId }) => ask(listCorrections, { unitId })));
  const refused = answers.find((answer) => !answer.ok);
  return {
    unit,
    corrections: answers
      .flatMap((answer) => (answer.ok ? answer.value.corrections : []))
      .sort((a, b) => (a.askedAt < b.askedAt ? 1 : -1)),
    tooMany: false,
    refused: refused && !refused.ok ? refused.code : undefined,
  };
};
