import { type Route, route } from '#runtime/http.ts';
import { mayAt } from '#runtime/identity.ts';
import * as contract from '#shared/access/contract.ts';
import type { AccountRepaired, Slip } from '#shared/access/model.ts';
import { isReopenNumber, lives, mayLetIn } from '#shared/access/rules.ts';
import type { MemberId, SessionId, UnitId } from '#shared/kernel/ids.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { addMilliseconds, type Instant } from '#shared/kernel/time.ts';
import { codeShown, codesOf, slipUrl } from './door.ts';
import { grantedAddress, unitName } from './own.ts';
import { phoneOf } from './password-store.ts';
import * as pins from './pin-store.ts';
import { ensureKeys } from './published-keys.ts';
import { forgetPassword } from './secrets.ts';
import * as slips from './slip-store.ts';
import * as store from './store.ts';

/** A member of this very unit; one of another is as good as none here. */
const memberAt = async (unitId: UnitId, memberId: MemberId): Promise<store.KnownPerson | undefined> => {
  const person = await store.personOf(memberId);
  return person?.unitId === unitId ? person : undefined;
};

/** Letting others in and out: slips, phones that wait, lost phones, forgotten PINs. */
export const lettingInRows: readonly Route[] = [
  route(contract.issueSlips, async ({ input, actor, now }) => {
    const slips: SlipForPaper[] = [];
    const left: { memberId: MemberId; code: 'not-here' | 'staff' }[] = [];
    const cause = input.cause ?? 'slip-lost';
    for (const some of inTens([...new Set(input.memberIds)])) {
      const issued = await Promise.all(
        some.map(async (memberId) => {
          const person = await memberAt(input.unitId, memberId);
          if (!person) return { memberId, code: 'not-here' } as const;
          if (store.isStaff(person, now)) return { memberId, code: 'staff' } as const;
          return issueSlip(person, { slipId: `${input.actionId}/${memberId}`, cause, by: actor.memberId }, now);
        }),
      );
      if (issued.includes('issued-before')) return refuse('issued-before');
      for (const one of issued) {
        if (one === 'issued-before') continue;
        if ('url' in one) slips.push(one);
        else left.push(one);
      }
    }
    return ok({ slips, left });
  }),

  route(contract.revokeSlip, async ({ input, now }) => {
    if (!(await memberAt(input.unitId, input.memberId))) return refuse('not-found');
    await slips.voidSlip(input.memberId, now);
    return ok({});
  }),

  route(contract.endSessionsOf, async ({ input, now }) => {
    const person = await memberAt(input.unitId, input.memberId);
    if (!person) return refuse('not-found');
    const ids = Object.keys(person.sessions).filter((id) => id === (input.sessionId ?? id));
    await store.endSessions(person, ids, now);
    return ok({ ended: ids.length });
  }),

  route(contract.openContent, async ({ input, now }) => {
    await ensureKeys(now);
    return ok(await grantedAddress(`/content/${input.kind}/${input.unitId}/${input.name}`, now));
  }),

  route(contract.accountOf, async ({ input, now }) => {
    const person = await memberAt(input.unitId, input.memberId);
    if (!person) return refuse('not-found');
    const { memberId } = person;
    const [pin, phone, slip] = await Promise.all([
      pins.pinStateOf(memberId),
      phoneOf(memberId),
      slips.slipOf(memberId, 'slip'),
    ]);
    const sessions = Object.entries(person.sessions)
      .filter(([, { until }]) => until > now)
      .map(([id, { device, startedAt, seenAt, letInBy }]) => {
        const sessionId = id as SessionId; // written by this context
        return { sessionId, device, startedAt, seenAt, ...(letInBy && { letInBy: letInBy.name }) };
      })
      .sort((a, b) => (a.seenAt > b.seenAt ? -1 : 1));
    const isOut = slip && !slip.used && slip.until > now;
    return ok({ sessions, pin, hasPassword: phone !== undefined, ...(isOut && { slipUntil: slip.until }) });
  }),

  route(contract.clearPin, async ({ input }) => {
    if (!(await memberAt(input.unitId, input.memberId))) return refuse('not-found');
    await pins.clearStoredPin(input.memberId);
    const forgotten = await forgetPassword(input.memberId);
    return forgotten.ok ? ok({}) : forgotten;
  }),

  route(contract.lookAtReopen, async ({ input, now }) => {
    const reopening = isReopenNumber(input.number) ? await slips.reopeningOf(input.number) : undefined;
    if (!reopening || reopening.until <= now || reopening.approved) return refuse('reopening-ended');
    return ok({ device: reopening.device, askedAt: reopening.askedAt });
  }),

  route(contract.approveReopen, async ({ input, actor, now }) => {
    const { unitId, memberId, cause } = input;
    const person = await memberAt(unitId, memberId);
    if (!person) return refuse('not-found');
    if (store.isStaff(person, now)) return refuse('staff-only');
    const admits = await mayAt(actor, 'members.admit', unitId, now);
    if (!mayLetIn(admits, person.grants, now)) return refuse('secretary-only');
    const reopening = isReopenNumber(input.number) ? await slips.reopeningOf(input.number) : undefined;
    if (!reopening || reopening.until <= now) return refuse('reopening-ended');
    if (reopening.approved)
      return reopening.approved.memberId === memberId ? ok({ name: person.name }) : refuse('reopening-ended');
    const repairId = `${reopening.number}-${reopening.askedAt}`;
    const repaired: AccountRepaired = { ...repairOf(repairId, person, cause, actor.memberId), at: now };
    const byName = (await store.personOf(actor.memberId))?.name ?? '';
    const approved = await slips.approveReopening(reopening, repaired, byName, now);
    return approved ? ok({ name: person.name }) : refuse('reopening-ended');
  }),
];

interface SlipForPaper {
  readonly memberId: MemberId;
  readonly name: string;
  readonly unitName: string;
  readonly code: string;
  readonly url: string;
  readonly until: Instant;
}

/** One slip: its codes are told now and, to a repeat of the same act within 10 minutes, once more. */
const issueSlip = async (
  person: store.KnownPerson,
  issue: { readonly slipId: string; readonly cause: AccountRepaired['cause']; readonly by: MemberId },
  now: Instant,
): Promise<SlipForPaper | 'issued-before'> => {
  const { memberId, name } = person;
  const earlier = await slips.slipOf(memberId, 'slip');
  const isRepeat = earlier?.slipId === issue.slipId;
  const issuedAt = earlier && addMilliseconds(earlier.until, -lives.slip);
  if (isRepeat && issuedAt && addMilliseconds(issuedAt, lives.repeat) <= now) return 'issued-before';
  const until = isRepeat ? earlier.until : addMilliseconds(now, lives.slip);
  const { typed, scanned, doors } = await codesOf(issue.slipId);
  if (!isRepeat) {
    const slip: Slip = { slipId: issue.slipId, memberId, way: 'slip', until, wrongYears: 0 };
    // the first slip of a person is no repair
    const isRepair = earlier !== undefined || Object.keys(person.sessions).length > 0;
    const repaired = isRepair && { ...repairOf(issue.slipId, person, issue.cause, issue.by), at: now };
    await slips.putSlip({ slip, doors, ...(repaired && { repaired }) });
  }
  return {
    memberId,
    name,
    unitName: await unitName(person.unitId, now),
    code: codeShown(typed),
    url: slipUrl(scanned),
    until,
  };
};

const repairOf = (
  repairId: string,
  { memberId, unitId }: store.KnownPerson,
  cause: AccountRepaired['cause'],
  by: MemberId,
): Omit<AccountRepaired, 'at'> => ({ type: 'account-repaired', repairId, memberId, unitId, cause, by });

const inTens = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / 10) }, (_, at) => all.slice(at * 10, at * 10 + 10));
