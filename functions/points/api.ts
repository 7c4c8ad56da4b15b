import { httpApi, route } from '#runtime/http.ts';
import { ok } from '#shared/kernel/result.ts';
import { mine, ofBranch } from '#shared/points/contract.ts';
import { balanceOf, branchTotal } from '#shared/points/rules.ts';
import { entriesOfBranch, entriesOfMember } from './store.ts';

export const handler = httpApi('points', [
  route(mine, async ({ input: { month }, actor }) =>
    ok(balanceOf(month, await entriesOfMember(actor.memberId, month))),
  ),

  route(ofBranch, async ({ input: { unitId, month } }) =>
    ok({ month, total: branchTotal(month, await entriesOfBranch(unitId, month)) }),
  ),
]);
