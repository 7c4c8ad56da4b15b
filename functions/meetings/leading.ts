import { type Asked, type Route, route, routeAhead } from '#runtime/http.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { isInvited, rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { doneAt } from '#shared/meetings/later.ts';
import { decideOpen, decideStep, mayRecord } from '#shared/meetings/leading.ts';
import { CHEAPLY, changing, changingTheRecord, ofMeeting } from './changing.ts';
import { deskNowOf, deskOf } from './record.ts';
import { rosterOf } from './store/attendance.ts';
import { ownBallotsOf } from './store/ballots.ts';
import { ownHeardOf } from './store/heard.ts';
import { meetingOf, recordMove } from './store/meetings.ts';

/** The meeting and his own part in it. What he has just done his phone knows itself, and nothing of it is ever taken away. */
const lookAt = ({ input, memberId }: Asked<typeof contract.mine>) =>
  Promise.all([meetingOf(input, CHEAPLY), ownHeardOf(input, memberId, CHEAPLY)]);

/** The evening: the secretary opens it and leads from step to step; everyone sees what is his own. */
export const leadingRows: readonly Route[] = [
  routeAhead(contract.mine, lookAt, async ({ input, actor, now }, ahead) => {
    const [meeting, own] = await ahead;
    if (!meeting || meeting.state === 'preparing') return refuse('not-found');
    const records = mayRecord(meeting, actor, now);
    if (!records && !isInvited(meeting, actor.memberId)) return refuse('not-found');
    const polls = meeting.state === 'open' || meeting.state === 'closed' ? meeting.polls : [];
    return ok({
      attendance: own.attendance,
      opinions: [...own.opinions],
      absence: own.absence,
      suggestions: [...own.suggestions],
      ballots: await ownBallotsOf(input, polls, actor.memberId),
      records,
    });
  }),

  route(contract.desk, async ({ input, actor, now }) => {
    const desk = await deskOf(input, now);
    if (!desk) return refuse('not-found');
    return mayRecord(desk.meeting, actor, now) ? ok(desk) : refuse('not-allowed');
  }),

  route(contract.deskNow, async ({ input, actor, now }) => {
    const moved = await deskNowOf(input);
    if (!moved) return refuse('not-found');
    return mayRecord(moved.meeting, actor, now) ? ok(moved) : refuse('not-allowed');
  }),

  route(contract.open, ({ input, now, actedAt }) =>
    changing(
      input,
      async ({ meeting, plan }) => {
        const roll = rollOf(meeting, await rosterOf(input.unitId));
        const hall = { firstStep: plan.agenda[0]?.id ?? '', roll, guests: plan.guests };
        const { at, sentLater } = doneAt(actedAt, now);
        return ofMeeting(decideOpen(meeting, hall, at, sentLater));
      },
      ({ meeting }, { plan }) => recordMove({ meeting, plan }, now),
    ),
  ),

  route(contract.goToStep, ({ input, actor, now, actedAt }) =>
    changingTheRecord({ ref: input, actor, now }, ({ meeting, plan }) => {
      const { at, sentLater } = doneAt(actedAt, now);
      return decideStep(meeting, plan.agenda, input.stepId, at, sentLater);
    }),
  ),
];
