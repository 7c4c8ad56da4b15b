import type { MemberId } from '#shared/kernel/ids.ts';
import { type Result, refuse } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import type { Member } from '#shared/members/model.ts';
import { decideMemberChange, type MemberChange } from '#shared/members/record.ts';
import { followMember } from './following.ts';
import { loadUnit, recordMember } from './store.ts';

/**
 * Makes a change of a record, unless somebody else has changed it since it was on the screen; the guard of every function
 * then knows of it. A change that is in the record already was sent again.
 */
export const changeRecord = async (
  member: Member,
  change: MemberChange,
  { version, by, now }: { readonly version: number; readonly by: MemberId; readonly now: Instant },
): Promise<
  Result<
    Member,
    | 'changed-meanwhile'
    | 'card-held-by-other'
    | 'citizen-id-held-by-other'
    | Extract<ReturnType<typeof decideMemberChange>, { ok: false }>['code']
  >
> => {
  const target =
    change.change === 'move'
      ? change.toUnitId
      : change.change === 'begin' && change.condition.kind === 'elsewhere'
        ? change.condition.hostUnitId
        : undefined;
  const unitKind = target === undefined ? undefined : (await loadUnit(target))?.kind;
  const decided = decideMemberChange(member, change, { today: dayOf(now), unitKind });
  if (!decided.ok) return decided;
  // a change that is in the record already needs no version: it was sent again
  if (decided.value !== member) {
    if (version !== member.version) return refuse('changed-meanwhile');
    const written = await recordMember(decided.value, member, { now, memberId: by });
    if (written !== 'done') return refuse(written);
  }
  await followMember(member.memberId, now);
  return decided;
};
