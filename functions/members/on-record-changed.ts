import * as v from 'valibot';
import { eachFact } from '#runtime/queue.ts';
import { MemberChanged, UnitChanged } from '#shared/members/model.ts';
import { followMember, followUnit } from './following.ts';

/** A record was changed: the guard is told again, in case the request that changed it was cut off before it could. */
export const handler = eachFact(v.variant('type', [MemberChanged, UnitChanged]), async (fact, now) =>
  fact.type === 'member-changed' ? followMember(fact.memberId, now) : followUnit(fact.unit.unitId, now),
);
