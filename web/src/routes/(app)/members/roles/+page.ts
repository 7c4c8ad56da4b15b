import { ask } from '#lib/api.ts';
import { listMembers, listRoles, type MemberRow, type RoleHolder } from '#shared/members/contract.ts';
import { BRANCHES_TOGETHER, within } from '../units.ts';
import type { PageLoad } from './$types';

/** Who holds which role at an organisation, and whom one may choose from. */
export const load: PageLoad = async ({ parent, url, depends }) => {
  depends('members:roles');
  const { units } = await parent();
  const wanted = url.searchParams.get('unit');
  const unit = units.find(({ unitId }) => unitId === wanted) ?? units[0];
  const none = { unit, roles: [] as RoleHolder[], people: [] as MemberRow[], refused: undefined };
  if (!unit) return none;
  const branches = within(units, unit.unitId).filter(({ kind }) => kind === 'branch');
  const [roles, ...lists] = await Promise.all([
    ask(listRoles, { unitId: unit.unitId }),
    ...branches.slice(0, BRANCHES_TOGETHER).map(({ unitId }) => ask(listMembers, { unitId })),
  ]);
  if (!roles.ok) return { ...none, refused: roles.code };
  const people = lists.flatMap((list) => (list.ok ? list.value.members.filter(({ state }) => state !== 'guest') : []));
  return { ...none, roles: roles.value.roles, people };
};
