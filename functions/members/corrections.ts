import { type Route, route } from '#runtime/http.ts';
import { mayAt, personOf } from '#runtime/identity.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { dayOf, type Instant } from '#shared/kernel/time.ts';
import * as contract from '#shared/members/contract.ts';
import { branchOn } from '#shared/members/model.ts';
import { decideAsking, decideCorrection, readItem } from '#shared/members/record.ts';
import { nameOn } from '#shared/members/tree.ts';
import { changeRecord } from './changing.ts';
import { fullRecord } from './showing.ts';
import {
  correctionsOf,
  inTurns,
  loadCorrection,
  loadMember,
  loadUnit,
  ownCorrections,
  recordAsking,
  recordDecision,
} from './store.ts';

/** One's own record, and what members say is wrong in it. */
export const correctionRows: readonly Route[] = [
  route(contract.ownRecord, async ({ actor, now }) => {
    const [member, corrections] = await Promise.all([loadMember(actor.memberId), ownCorrections(actor.memberId)]);
    if (!member) return refuse('not-found');
    return ok({ record: await fullRecord(member, now), corrections: newestFirst(corrections) });
  }),

  route(contract.askCorrection, async ({ input, actor, now }) => {
    const member = await loadMember(actor.memberId);
    if (!member) return refuse('not-found');
    const { item, proposed, note, actionId } = input;
    const unit = await loadUnit(branchOn(member, dayOf(now)));
    const decided = decideAsking(member, input, unit ? nameOn(unit, dayOf(now)) : '');
    if (!decided.ok) return decided;
    const { memberId } = member;
    const unitId = branchOn(member, dayOf(now));
    const asked = { correctionId: actionId, memberId, unitId, item, ...decided.value, proposed, ...(note && { note }) };
    return ok({ correction: await recordAsking({ ...asked, askedAt: now, state: 'asked' }) });
  }),

  route(contract.listCorrections, async ({ input }) => {
    const corrections = newestFirst(await correctionsOf(input.unitId));
    return ok({
      corrections: await inTurns(corrections, 16, async (correction) => ({
        ...correction,
        name: (await personOf(correction.memberId))?.name ?? '',
      })),
    });
  }),

  route(contract.decideCorrection, async ({ input, actor, now }) => {
    const { unitId, correctionId, decision, answer } = input;
    const correction = await loadCorrection(unitId, correctionId);
    if (!correction) return refuse('not-found');
    const mayApply = await mayAt(actor, 'members.manage', unitId, now);
    const decided = decideCorrection(correction, decision, { memberId: actor.memberId, mayApply, now, answer });
    if (!decided.ok) return decided;
    if (decided.value === correction) return ok({ correction });
    if (decision === 'apply') {
      const [member, items] = [await loadMember(correction.memberId), readItem(correction.item, correction.proposed)];
      if (!member) return refuse('not-found');
      if (!items) return refuse('unreadable');
      const change = { change: 'items', items } as const;
      const changed = await changeRecord(member, change, { version: member.version, by: actor.memberId, now });
      if (!changed.ok) {
        const { code } = changed;
        return code === 'has-left' || code === 'no-such-condition' ? refuse('not-found') : refuse(code);
      }
    }
    return (await recordDecision(decided.value, correction))
      ? ok({ correction: decided.value })
      : refuse('changed-meanwhile');
  }),
];

const newestFirst = <T extends { readonly askedAt: Instant }>(all: readonly T[]): T[] =>
  [...all].sort((a, b) => (a.askedAt < b.askedAt ? 1 : -1));
