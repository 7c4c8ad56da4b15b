import { randomUUID } from 'node:crypto';
import type { SQSEvent } from 'aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { aHouse, aUnit, call, type SignedIn, signedIn } from '#runtime/testing.ts';
import type { ActionId, MemberId, UnitId } from '#shared/kernel/ids.ts';
import { type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { assign, below, settle } from '#shared/tasks/contract.ts';
import { aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onUnitChanged } from './on-unit-changed.ts';

const today = dayOf(instantOf(Date.now()));
const commune = 'xa-cong-hai' as UnitId;
const people: Record<string, SignedIn> = {};
const who = (name: string) => people[name] as SignedIn;

const unit = (unitId: string, kind: string, parents: readonly (readonly [string, string])[], version = 1) => ({
  type: 'unit-changed',
  at: instantOf(Date.now()),
  unit: {
    unitId,
    kind,
    names: [{ from: '2025-07-01', name: `Tổ chức ${unitId}` }],
    parents: parents.map(([from, parentId]) => ({ from, parentId })),
    version,
  },
});
const tell = async (...facts: object[]) => {
  const Records = facts.map((fact, at) => ({ messageId: `m${at}`, body: JSON.stringify(fact) }));
  // only these two fields of a record are read
  expect(await onUnitChanged({ Records } as SQSEvent, {} as never, () => {})).toEqual({ batchItemFailures: [] });
};

beforeAll(async () => {
  await Promise.all([aHouse(), aTable('TASKS_TABLE')]);
  await aUnit(commune, 'tinh');
  await aUnit('xa-dong-hai', 'tinh');
  for (const branch of ['cb-nam', 'cb-bac']) await aUnit(branch, commune, 'tinh');
  await aUnit('cb-khac', 'xa-dong-hai', 'tinh');
  for (const branch of ['cb-nam', 'cb-bac', 'cb-khac'])
    people[branch] = await signedIn({
      memberId: `bt-${branch}`,
      unitId: branch,
      name: `Bí thư ${branch}`,
      grants: [{ role: 'member' }, { role: 'branch_secretary' }],
    });
  for (const [name, unitId] of [
    ['officer', commune],
    ['province', 'tinh'],
    ['beside', 'xa-dong-hai'],
  ] as const)
    people[name] = await signedIn({
      memberId: name,
      unitId,
      kind: 'staff',
      grants: [{ role: 'organisation_officer' }],
    });
  const facts = [
    unit('tinh', 'province', []),
    unit(commune, 'grassroots_party_body', [['2025-07-01', 'tinh']]),
    unit('xa-dong-hai', 'grassroots_party_body', [['2025-07-01', 'tinh']]),
    unit('cb-nam', 'branch', [['2025-07-01', commune]]),
    unit('cb-bac', 'branch', [['2025-07-01', commune]]),
    unit('cb-khac', 'branch', [['2025-07-01', 'xa-dong-hai']]),
  ];
  await tell(...facts, ...facts.toReversed());
});

const give = async (branch: string, text: string): Promise<string> => {
  const memberId = `bt-${branch}` as MemberId;
  const gift = { unitId: branch as UnitId, actionId: randomUUID() as ActionId, text, dueOn: today };
  const source = { kind: 'plan' as const, title: 'Kế hoạch năm' };
  const answer = await call(handler, assign, { ...gift, ownerId: memberId, followerId: memberId, source }, who(branch));
  expect(answer.status).toBe(200);
  return answer.body.task.taskId;
};
const look = (unitId: string, name: string) => call(handler, below, { unitId: unitId as UnitId }, who(name));
const textsOf = ({ body }: Awaited<ReturnType<typeof look>>) =>
  body.tasks.map(({ text }: { text: string }) => text).toSorted();

describe('the tasks below an organisation', () => {
  it('are those of its own branches, each with its name; whoever is further above sees them too', async () => {
    await give('cb-nam', 'Việc của thôn Nam');
    const taskId = await give('cb-bac', 'Việc của thôn Bắc');
    await give('cb-khac', 'Việc của xã khác');
    const why = 'Chờ vốn';
    const asked = { unitId: 'cb-bac' as UnitId, taskId: taskId as never, actionId: randomUUID() as ActionId };
    await call(handler, settle, { ...asked, outcome: 'not-yet', why }, who('cb-bac'));

    const seen = await look(commune, 'officer');
    expect(textsOf(seen)).toEqual(['Việc của thôn Bắc', 'Việc của thôn Nam']);
    expect(seen.body).toMatchObject({ name: `Tổ chức ${commune}`, day: today, left: 0 });
    expect(seen.body.branches).toMatchObject([{ open: 1 }, { open: 1 }]);
    const bac = seen.body.tasks.find(({ branchId }: { branchId: string }) => branchId === 'cb-bac');
    expect(bac).toMatchObject({
      branch: 'Tổ chức cb-bac',
      ownerName: 'Bí thư cb-bac',
      said: why,
      standing: 'due-soon',
    });
    expect(textsOf(await look('tinh', 'province'))).toHaveLength(3);
    expect(textsOf(await look(commune, 'province'))).toHaveLength(2);
  });

  it('are refused to who stands beside or below, and to branches', async () => {
    for (const name of ['beside', 'cb-nam', 'cb-khac'])
      expect([name, (await look(commune, name)).status]).toEqual([name, 403]);
    expect((await look('tinh', 'officer')).status).toBe(403);
    expect((await look('khong-co', 'province')).status).toBe(403);
  });

  it('follow a branch that was moved to another organisation, and older news of it changes nothing', async () => {
    const moved = unit(
      'cb-bac',
      'branch',
      [
        ['2025-07-01', commune],
        [today as Day, 'xa-dong-hai'],
      ],
      2,
    );
    await tell(moved, unit('cb-bac', 'branch', [['2025-07-01', commune]]), moved);
    expect(textsOf(await look(commune, 'officer'))).toEqual(['Việc của thôn Nam']);
    expect(textsOf(await look('xa-dong-hai', 'beside'))).toEqual(['Việc của thôn Bắc', 'Việc của xã khác']);
  });
});
