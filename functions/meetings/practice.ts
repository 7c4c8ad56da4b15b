import { type Route, route } from '#runtime/http.ts';
import { personOf } from '#runtime/identity.ts';
import { isPractice } from '#shared/kernel/practice.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { meetingIdOf } from '#shared/meetings/model.ts';
import { decidePublish, prepared } from '#shared/meetings/planning.ts';
import { practiceAbsence, practicePlan, practiceRoster } from '#shared/meetings/practice.ts';
import { proposePlan } from '#shared/meetings/preparation.ts';
import { writePackOf } from './publication.ts';
import { recordAbsence, recordRosterMember } from './store/attendance.ts';
import { recordMove, recordPrepared } from './store/meetings.ts';

/** A meeting to practise on. From here on it is like any other, but that nobody else hears of it and it goes after the day. */
export const practiceRows: readonly Route[] = [
  route(contract.practise, async ({ input, actor, now }) => {
    const { unitId, actionId, papers } = input;
    const person = await personOf(actor.memberId);
    if (!isPractice(unitId) || !person) return refuse('not-found');
    const me = { memberId: actor.memberId, name: person.name };
    const roster = practiceRoster(unitId, me, now);
    const plan = practicePlan(proposePlan('regular', undefined, now, undefined), me, { now, papers });
    const first = prepared(meetingIdOf(actionId), unitId, 'regular', plan);
    const [standing] = await Promise.all([recordPrepared({ meeting: first, plan }), ...roster.map(recordRosterMember)]);
    const { meeting } = standing;
    if (meeting.state !== 'preparing') return ok({ meetingId: meeting.meetingId });
    const decided = decidePublish(meeting, standing.plan, { hash: '', roll: rollOf(meeting, roster) }, now);
    if (!decided.ok) throw new Error(`a practice meeting cannot be published: ${decided.code}`);
    const pack = await writePackOf(standing, roster, now);
    await recordAbsence(meeting, practiceAbsence(now));
    const moved = await recordMove({ meeting: { ...decided.value, pack }, plan: standing.plan }, now);
    return moved ? ok({ meetingId: meeting.meetingId }) : refuse('changed-meanwhile');
  }),
];
