import { type Route, route } from '#runtime/http.ts';
import { mayAt } from '#runtime/identity.ts';
import type { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import * as contract from '#shared/members/contract.ts';
import { branchOn, type Member } from '#shared/members/model.ts';
import { checkSummary } from '#shared/members/record.ts';
import { changeRecord } from './changing.ts';
import { followMember } from './following.ts';
import { fullRecord, memberRows, rollRows } from './showing.ts';
import { loadMember, loadUnit, membersListed, recordMember } from './store.ts';

/** Members: lists, whole records, and their changes. */
export const recordRows: readonly Route[] = [
  route(contract.listMembers, async ({ input, now }) =>
    ok({ members: memberRows(await membersListed(input.unitId), input.unitId, now) }),
  ),

  route(contract.names, async ({ input, now }) => {
    const rows = memberRows(await membersListed(input.unitId), input.unitId, now);
    const own = rows.filter(({ state }) => state !== 'guest');
    return ok({ members: own.map(({ memberId, name }) => ({ memberId, name })) });
  }),

  route(contract.rollOf, async ({ input, now }) => {
    const day = input.day ?? dayOf(now);
    return ok({ day, roll: rollRows(await membersListed(input.unitId), input.unitId, day, now) });
  }),

  route(contract.memberRecord, async ({ input, now }) => {
    const member = await memberOf(input, now);
    return member ? ok(await fullRecord(member, now)) : refuse('not-found');
  }),

  route(contract.branchRecords, async ({ input, now }) => {
    const members = await membersListed(input.unitId);
    const shown = new Set(memberRows(members, input.unitId, now).map(({ memberId }) => memberId));
    const records = await Promise.all(
      members.filter(({ memberId }) => shown.has(memberId)).map((member) => fullRecord(member, now)),
    );
    return ok({
      records: records.map(
        ({ memberId, name, birthDate, sex, admissionDate, officialDate, cardNumber, citizenId, phone, unitName }) => ({
          memberId,
          name,
          birthDate,
          sex,
          admissionDate,
          ...(officialDate && { officialDate }),
          ...(cardNumber && { cardNumber }),
          ...(citizenId && { citizenId }),
          ...(phone && { phone }),
          unitName,
        }),
      ),
    });
  }),

  route(contract.addMember, async ({ input, actor, now }) => {
    const { unitId, actionId, from, ...summary } = input;
    const memberId = actionId as string as MemberId; // the act's own id: sent again, it finds the member it made
    const known = await loadMember(memberId);
    if (known) {
      await followMember(memberId, now);
      return ok({ memberId });
    }
    if ((await loadUnit(unitId))?.kind !== 'branch') return refuse('not-a-branch');
    const checked = checkSummary(summary, dayOf(now));
    if (!checked.ok) return checked;
    const placed = from ?? summary.admissionDate;
    if (placed > dayOf(now)) return refuse('date-wrong');
    const member: Member = {
      memberId,
      ...summary,
      placements: [{ from: placed, unitId }],
      conditions: [],
      roles: [],
      version: 1,
    };
    const written = await recordMember(member, undefined, { now, memberId: actor.memberId });
    if (written !== 'done' && written !== 'changed-meanwhile') return refuse(written);
    await followMember(memberId, now);
    return ok({ memberId });
  }),

  route(contract.changeMember, async ({ input, actor, now }) => {
    const member = await memberOf(input, now);
    if (!member) return refuse('not-found');
    const { change } = input;
    const other = change.change === 'move' ? change.toUnitId : undefined;
    if (other !== undefined && !(await mayAt(actor, 'members.manage', other, now))) return refuse('not-allowed');
    const changed = await changeRecord(member, change, { version: input.version, by: actor.memberId, now });
    return changed.ok ? ok(await fullRecord(changed.value, now)) : changed;
  }),
];

/** The member, if he belongs to the unit of the path today: the permission was asked there. */
const memberOf = async (
  { unitId, memberId }: { readonly unitId: UnitId; readonly memberId: MemberId },
  now: Instant,
): Promise<Member | undefined> => {
  const member = await loadMember(memberId);
  return member && branchOn(member, dayOf(now)) === unitId ? member : undefined;
};
