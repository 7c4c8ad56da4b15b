import { type Route, route } from '#runtime/http.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { decideCheckIn, decideHall, decideMark, rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { mayRecord } from '#shared/meetings/leading.ts';
import { changingTheRecord } from './changing.ts';
import { recordCheckIn, recordMark, rosterOf } from './store/attendance.ts';
import { meetingOf } from './store/meetings.ts';
import { minutesOf } from './store/papers.ts';

/** Who is there: members check in themselves, the scribe keeps the roll, guests and heads are counted. */
export const attendanceRows: readonly Route[] = [
  route(contract.checkIn, async ({ input, actor, now }) => {
    const meeting = await meetingOf(input);
    if (!meeting) return refuse('not-found');
    const decided = decideCheckIn(meeting, actor.memberId, now);
    return decided.ok ? ok(await recordCheckIn(meeting, decided.value)) : decided;
  }),

  route(contract.recordRoll, async ({ input, actor, now }) => {
    const [meeting, roster, minutes] = await Promise.all([meetingOf(input), rosterOf(input.unitId), minutesOf(input)]);
    if (!meeting) return refuse('not-found');
    if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
    const members = rollOf(meeting, roster);
    const by = { memberId: actor.memberId, adopted: minutes?.state === 'adopted', now };
    const decided = input.marks.map((mark) => ({ was: mark.was, mark: decideMark(meeting, mark, members, by) }));
    const roll = [];
    for (const { mark } of decided) if (!mark.ok) return mark;
    for (const { was, mark } of decided) if (mark.ok) roll.push(await recordMark(meeting, mark.value, was));
    return ok({ roll });
  }),

  route(contract.countHall, ({ input, actor, now }) =>
    changingTheRecord({ ref: input, actor, now }, ({ meeting }) => decideHall(meeting, input)),
  ),
];
