import type { SQSEvent } from 'aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { chainOf, personOf } from '#runtime/identity.ts';
import { aHouse } from '#runtime/testing.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { instantOf } from '#shared/kernel/time.ts';
import type { Member } from '#shared/members/model.ts';
import { memberChanged } from '#shared/members/rules.ts';
import { aMember, aUnit } from '#shared/members/testing.ts';
import { handler } from './on-record-changed.ts';
import { recordMember, recordUnit } from './store.ts';
import { aProvince, aRecord } from './testing.ts';

const now = () => instantOf(Date.now());
beforeAll(async () => {
  await aHouse();
  await aProvince();
});

const arrive = async (...facts: readonly unknown[]) => {
  const Records = facts.map((fact, index) => ({ messageId: `m${index}`, body: JSON.stringify(fact) }));
  const answer = await handler({ Records } as unknown as SQSEvent, {} as never, () => undefined);
  return answer ? answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) : [];
};

describe('a change whose request was cut off before the guard was told', () => {
  it('reaches the guard by its fact, and twice is once', async () => {
    const member = aMember({
      memberId: 'm-cut' as MemberId,
      cardNumber: '035058777777' as NonNullable<Member['cardNumber']>,
      citizenId: '035058777777' as NonNullable<Member['citizenId']>,
      placements: [{ from: '1985-05-19' as Member['birthDate'], unitId: 'cb-1' as UnitId }],
    });
    await recordMember(member, undefined, { now: now() });
    expect(await personOf(member.memberId)).toBeUndefined();
    const fact = memberChanged(member, now());
    expect(await arrive(fact, fact)).toEqual([]);
    expect(await personOf(member.memberId)).toMatchObject({
      unitId: 'cb-1',
      grants: [{ role: 'member', unitId: 'cb-1' }],
    });
  });

  it('is told as it is now, not as it was when the fact was written', async () => {
    const old = await aRecord();
    const moved: Member = {
      ...old,
      placements: [...old.placements, { from: '2026-01-01' as Member['birthDate'], unitId: 'cb-2' as UnitId }],
      version: 2,
    };
    await recordMember(moved, old, { now: now() });
    await arrive(memberChanged(moved, now()), memberChanged(old, now()));
    expect((await personOf(old.memberId))?.unitId).toBe('cb-2');
  });

  it('gives a new branch its place in the tree', async () => {
    const unit = aUnit({
      unitId: 'cb-cut' as UnitId,
      parents: [{ from: '2026-01-01' as Member['birthDate'], parentId: 'xa-1' as UnitId }],
      names: [{ from: '2026-01-01' as Member['birthDate'], name: 'Chi bộ bến đò' }],
    });
    expect(await recordUnit(unit, undefined, now())).toBe('done');
    await arrive({ type: 'unit-changed', at: now(), unit });
    expect(await chainOf(unit.unitId, now())).toEqual(['cb-cut', 'xa-1', 'tinh']);
  });

  it('goes back to the queue when it is no such fact', async () => {
    expect(await arrive({ type: 'something-else' })).toEqual(['m0']);
  });
});
