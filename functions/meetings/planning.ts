import { isDeepStrictEqual } from 'node:util';
import { type Route, route } from '#runtime/http.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { meetingIdOf } from '#shared/meetings/model.ts';
import { decidePublish, decideRevision, decideWithdraw, prepared } from '#shared/meetings/planning.ts';
import { lastOf, proposePlan } from '#shared/meetings/preparation.ts';
import { requiredFor, withRequired } from '#shared/meetings/required.ts';
import { removePack, writePackOf } from './publication.ts';
import { requiredAbove } from './required-above.ts';
import { rosterOf } from './store/attendance.ts';
import { meetingsOf, preparedOf, recordMove, recordPrepared } from './store/meetings.ts';
import { rhythmOf } from './store/required.ts';

/** Before the meeting: prepare, revise, publish, withdraw. */
export const planningRows: readonly Route[] = [
  route(contract.list, async ({ input }) => ok({ meetings: [...(await meetingsOf(input.unitId))] })),

  route(contract.prepare, async ({ input, now }) => {
    const { unitId, kind } = input;
    const [rows, own, asked] = await Promise.all([meetingsOf(unitId), rhythmOf(unitId), requiredAbove(unitId, now)]);
    const last = lastOf(rows, kind);
    const before = last && (await preparedOf({ unitId, meetingId: last.meetingId }));
    const proposed = proposePlan(kind, before?.plan, now, own);
    const plan = withRequired(proposed, requiredFor({ kind, startsAt: proposed.startsAt }, asked, rows));
    return ok(await recordPrepared({ meeting: prepared(meetingIdOf(input.actionId), unitId, kind, plan), plan }));
  }),

  route(contract.revise, async ({ input, now }) => {
    const before = await preparedOf(input);
    if (!before) return refuse('not-found');
    // the same revision sent again: its answer was lost on the way
    if (before.meeting.version === input.version + 1 && isDeepStrictEqual(before.plan, input.plan)) return ok(before);
    if (before.meeting.version !== input.version) return refuse('changed-meanwhile');
    const named = [input.plan.chairId, input.plan.scribeId, ...(input.plan.invited ?? [])].filter(
      (id) => id !== undefined,
    );
    const roll = rollOf({ ...input.plan, unitId: input.unitId }, await rosterOf(input.unitId));
    if (!named.every((id) => roll.some(({ memberId }) => memberId === id))) return refuse('not-on-roster');
    const decided = decideRevision(before.meeting, input.plan);
    if (!decided.ok) return decided;
    const after = { meeting: decided.value, plan: input.plan };
    return (await recordMove(after, now)) ? ok(after) : refuse('changed-meanwhile');
  }),

  route(contract.publish, async ({ input, now }) => {
    const before = await preparedOf(input);
    if (!before) return refuse('not-found');
    const { meeting, plan } = before;
    const { unitId } = input;
    const [roster, rows, asked] = await Promise.all([rosterOf(unitId), meetingsOf(unitId), requiredAbove(unitId, now)]);
    const roll = rollOf({ ...plan, unitId }, roster);
    const required = requiredFor({ ...meeting, startsAt: plan.startsAt }, asked, rows);
    // decided first with no hash, so that what is refused leaves no file behind
    const allowed = decidePublish(meeting, plan, { hash: '', roll, required }, now);
    if (!allowed.ok) return allowed;
    const hash = await writePackOf(before, roster, now);
    if (meeting.state === 'published' && meeting.pack === hash) return ok(before);
    const after = { meeting: { ...allowed.value, pack: hash }, plan };
    return (await recordMove(after, now)) ? ok(after) : refuse('changed-meanwhile');
  }),

  route(contract.withdraw, async ({ input, now }) => {
    const before = await preparedOf(input);
    if (!before) return refuse('not-found');
    const decided = decideWithdraw(before.meeting, now);
    if (!decided.ok) return decided;
    const meeting = decided.value;
    if (meeting !== before.meeting && !(await recordMove({ meeting, plan: before.plan }, now)))
      return refuse('changed-meanwhile');
    await removePack(input.unitId, meeting.pack);
    return ok({ meeting });
  }),
];
