import { eachFact } from '#runtime/queue.ts';
import { MemberChanged } from '#shared/members/model.ts';
import { recordRosterMember } from './store/attendance.ts';

/** A member was added or changed: every branch whose roll he stands or stood on keeps what its meetings need of him. */
export const handler = eachFact(MemberChanged, async (fact) => {
  const { memberId, name, hasPhone, version, admissionDate, officialDate, placements, conditions } = fact;
  const standing = { admissionDate, officialDate, placements, conditions };
  await Promise.all(
    fact.unitIds.map((unitId) => recordRosterMember({ memberId, unitId, name, hasPhone, standing, version })),
  );
});
