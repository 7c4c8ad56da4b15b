import { randomBytes } from 'node:crypto';
import { type Asked, type Route, route, routeAhead } from '#runtime/http.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import {
  decideAbsence,
  decideAskCode,
  decideCheckIn,
  decideGuest,
  decideHeads,
  decideMark,
  decideWaiveCode,
  rollOf,
} from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { whenShown } from '#shared/meetings/door-code.ts';
import { doneAt } from '#shared/meetings/later.ts';
import { mayRecord } from '#shared/meetings/leading.ts';
import { CHEAPLY, changing, changingTheRecord, lightly, ofMeeting } from './changing.ts';
import {
  absenceOf,
  attendanceOf,
  recordAbsence,
  recordAbsenceAnswer,
  recordCheckIn,
  recordMark,
  rosterOf,
} from './store/attendance.ts';
import { doorSecretOf, recordDoorSecret, takeCodeTry } from './store/door.ts';
import { meetingOf, recordMeeting } from './store/meetings.ts';
import { minutesOf } from './store/papers.ts';

/** The meeting; one who has a code to try is decided on as it stands now. */
const lookAt = async ({ input }: Asked<typeof contract.checkIn>) =>
  input.code === undefined ? meetingOf(input, CHEAPLY) : undefined;

/** Who is there: members check in themselves, the scribe keeps the roll, guests and heads are counted. */
export const attendanceRows: readonly Route[] = [
  routeAhead(contract.checkIn, lookAt, async ({ input, actor, now }, ahead) => {
    if (input.code === undefined) {
      const decided = await lightly(
        ahead,
        () => meetingOf(input),
        (meeting) => {
          if (!meeting) return refuse('not-found');
          const mark = decideCheckIn(meeting, actor.memberId, now);
          return mark.ok ? ok({ meeting, mark: mark.value }) : mark;
        },
      );
      return decided.ok ? ok(await recordCheckIn(decided.value.meeting, decided.value.mark)) : decided;
    }
    const meeting = await meetingOf(input);
    if (!meeting) return refuse('not-found');
    if (meeting.state === 'preparing') return decideCheckIn(meeting, actor.memberId, now);
    const [standing, secret, minutes] = await Promise.all([
      attendanceOf(input, actor.memberId),
      doorSecretOf(input),
      minutesOf(input),
    ]);
    // the same act sent again is no second try
    if (standing?.status === 'present' && standing.byCode) return ok(standing);
    if (!(await takeCodeTry(input, actor.memberId))) return refuse('code-blocked');
    const code = secret === undefined ? undefined : await whenShown(meeting, secret, input.code, now);
    const adopted = minutes?.state === 'adopted';
    const decided = decideCheckIn(meeting, actor.memberId, now, { code, adopted });
    return decided.ok ? ok(await recordCheckIn(meeting, decided.value)) : decided;
  }),

  route(contract.takeDoorSecret, async ({ input, now }) => {
    const asking = await changing(
      input,
      ({ meeting }) => ofMeeting(decideAskCode(meeting)),
      ({ meeting }) => recordMeeting(meeting, now),
    );
    if (!asking.ok) return asking;
    const secret = await recordDoorSecret(input, randomBytes(20).toString('base64url'));
    return ok({ secret, now, meeting: asking.value.meeting });
  }),

  route(contract.waiveCode, ({ input, now }) =>
    changing(
      input,
      ({ meeting }) => ofMeeting(decideWaiveCode(meeting)),
      ({ meeting }) => recordMeeting(meeting, now),
    ),
  ),

  route(contract.recordRoll, async ({ input, actor, now, actedAt }) => {
    const [meeting, roster, minutes] = await Promise.all([meetingOf(input), rosterOf(input.unitId), minutesOf(input)]);
    if (!meeting) return refuse('not-found');
    if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
    const members = rollOf(meeting, roster);
    const done = doneAt(actedAt, now);
    const by = { memberId: actor.memberId, adopted: minutes?.state === 'adopted', now, done };
    const decided = input.marks.map((mark) => ({ was: mark.was, mark: decideMark(meeting, mark, members, by) }));
    const roll = [];
    for (const { mark } of decided) if (!mark.ok) return mark;
    for (const { was, mark } of decided) if (mark.ok) roll.push(await recordMark(meeting, mark.value, was));
    return ok({ roll });
  }),

  route(contract.askAbsence, async ({ input, actor, now }) => {
    const meeting = await meetingOf(input);
    if (!meeting) return refuse('not-found');
    const decided = decideAbsence(meeting, { ...input, memberId: actor.memberId }, now);
    if (decided.ok) await recordAbsence(input, decided.value);
    return decided;
  }),

  route(contract.answerAbsence, async ({ input, actor, now }) => {
    const { memberId, excused } = input;
    const [asked, meeting, roster, minutes, standing] = await Promise.all([
      absenceOf(input, memberId),
      meetingOf(input),
      rosterOf(input.unitId),
      minutesOf(input),
      attendanceOf(input, memberId),
    ]);
    if (!asked || !meeting) return refuse('not-found');
    const mark = { memberId, status: excused ? ('excused' as const) : ('unmarked' as const), reason: asked.reason };
    const by = { memberId: actor.memberId, adopted: minutes?.state === 'adopted', now };
    const decided = decideMark(meeting, mark, rollOf(meeting, roster), by);
    if (!decided.ok) return decided;
    const answered = await recordAbsenceAnswer(input, asked, { excused, answeredBy: actor.memberId, answeredAt: now });
    if (!answered) return refuse('not-found');
    // who came after all stays present; only what this answer itself once said gives way to it
    const was = standing?.status ?? 'unmarked';
    if (was === 'excused' || (was === 'unmarked' && excused)) await recordMark(meeting, decided.value, was);
    return ok(answered);
  }),

  route(contract.recordGuest, async ({ input, actor, now }) => {
    const adopted = (await minutesOf(input))?.state === 'adopted';
    const { guestId, name, from, unlisted, gone } = input;
    const guest = { guestId, name, from, ...(unlisted && { unlisted }), gone };
    return changingTheRecord({ ref: input, actor, now }, ({ meeting }) => decideGuest(meeting, guest, adopted));
  }),

  route(contract.countHeads, async ({ input, actor, now, actedAt }) => {
    const adopted = (await minutesOf(input))?.state === 'adopted';
    const heads = { headCount: input.headCount, by: actor.memberId, ...doneAt(actedAt, now) };
    return changingTheRecord({ ref: input, actor, now }, ({ meeting }) => decideHeads(meeting, heads, adopted));
  }),
];
