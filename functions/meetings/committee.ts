import { type Route, route } from '#runtime/http.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { isInvited, rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { mayRecord } from '#shared/meetings/leading.ts';
import { isForAll, listed, liveOf, turnsOf } from '#shared/meetings/live.ts';
import { packOf } from '#shared/meetings/planning.ts';
import { rosterOf } from './store/attendance.ts';
import { eveningOf } from './store/evening.ts';
import { meetingsOf, preparedOf } from './store/meetings.ts';
import { speakersOf } from './store/speakers.ts';

/** Meetings of a few, the committee's above all: who is not invited does not even learn that there is one. */
export const committeeRows: readonly Route[] = [
  route(contract.circle, async ({ input, actor }) => {
    const rows = await meetingsOf(input.unitId);
    return ok({ meetings: rows.filter((row) => !isForAll(row) && isInvited(row, actor.memberId)).flatMap(listed) });
  }),

  route(contract.room, async ({ input, actor, now }) => {
    const [prepared, evening, speakers, roster] = await Promise.all([
      preparedOf(input),
      eveningOf(input),
      speakersOf(input),
      rosterOf(input.unitId),
    ]);
    if (!prepared || isForAll(prepared.meeting)) return refuse('not-found');
    const { meeting, plan } = prepared;
    if (meeting.state === 'preparing') return refuse('not-found');
    if (!isInvited(meeting, actor.memberId) && !mayRecord(meeting, actor, now)) return refuse('not-found');
    const live = liveOf(meeting, { ...evening, turns: turnsOf(speakers) }, now);
    const pack = packOf(meeting, plan, rollOf(meeting, roster), meeting.publishedAt);
    // asked afresh each time: the moment of the answer orders what a phone has seen
    return ok({ live: { ...live, seq: Date.parse(now), at: now }, pack });
  }),
];
