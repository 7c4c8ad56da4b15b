import { randomUUID } from 'node:crypto';
import { issueSlips } from '#shared/access/contract.ts';
import type { ActionId } from '#shared/kernel/ids.ts';
import type { Part } from './people.ts';
import { type Account, must, SEED_PIN, type SeededBranch, type World } from './world.ts';

/** Who of the demonstration has a slip of paper, and what he is called in the list of accounts. */
const withSlips: Readonly<Partial<Record<Part, string>>> = {
  branch_secretary: 'branch_secretary',
  deputy_secretary: 'deputy_secretary',
  scribe: 'scribe',
  member: 'member',
  second_member: 'member',
  probationary: 'probationary_member',
  elder_without_phone: 'elder',
  member_of_another_branch: 'other_branch_member',
};

export const printSlips = async (world: World): Promise<Account[]> => {
  const { unitId: besideId } = beside(world);
  const wanted = world.branches
    .filter(({ unitId }) => unitId === world.tonight.unitId || unitId === besideId)
    .flatMap(({ people, unitId, name }) =>
      people.flatMap((member) => {
        const role = member.part && withSlips[member.part];
        return role && (unitId === world.tonight.unitId || member.part === 'member_of_another_branch')
          ? [{ member, role, branchName: name }]
          : [];
      }),
    );
  const accounts: Account[] = [];
  for (const { member, role, branchName } of wanted) {
    const { memberId, unitId, name, phone, birthYear } = member;
    const { slips } = await must(
      `slip of ${name}`,
      world.admin.ask(issueSlips, { unitId, actionId: randomUUID() as ActionId, memberIds: [memberId] }),
    );
    const slip = slips[0];
    if (!slip) throw new Error(`seed: no slip for ${name}`);
    accounts.push({
      role,
      memberId,
      unitId,
      unitName: branchName,
      name,
      phone,
      slipUrl: slip.url,
      slipCode: slip.code,
      ...(role === 'branch_secretary' && { pin: SEED_PIN }),
      birthYear,
    });
  }
  return accounts;
};

const beside = (world: World): SeededBranch => {
  const found = world.branches.find(({ people }) => people.some(({ part }) => part === 'member_of_another_branch'));
  if (!found) throw new Error('seed: nobody of another branch');
  return found;
};
