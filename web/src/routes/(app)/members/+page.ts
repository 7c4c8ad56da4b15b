import { ask } from '#lib/api.ts';
import { listMembers, type MemberRow } from '#shared/members/contract.ts';
import type { PageLoad } from './$types';
import { BRANCHES_TOGETHER, within } from './units.ts';

/** The members of the chosen organisation: of one branch, or of all its branches when they are not too many. */
export const load: PageLoad = async ({ parent, url, depends }) => {
  depends('members:list');
  const { units } = await parent();
  const wanted = url.searchParams.get('unit');
  const unit = units.find(({ unitId }) => unitId === wanted) ?? units[0];
  if (!unit) return { unit, members: [] as MemberRow[], tooMany: false, refused: undefined };
  const branches = within(units, unit.unitId).filter(({ kind }) => kind === 'branch');
  if (branches.length > BRANCHES_TOGETHER) return { unit, members: [], tooMany: true, refused: undefined };
  const answers = await Promise.all(branches.map(({ unitId }) => ask(listMembers, { unitId })));
  const refused = answers.find((answer) => !answer.ok);
  return {
    unit,
    // together with others a guest stands once, in his own branch
    members: answers
      .flatMap((answer) => (answer.ok ? answer.value.members : []))
      .filter(({ state }) => branches.length === 1 || state !== 'guest'),
    tooMany: false,
    refused: refused && !refused.ok ? refused.code : undefined,
  };
};
