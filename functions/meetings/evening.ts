import { type Route, route } from '#runtime/http.ts';
import type { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { Instant } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import type { Meeting } from '#shared/meetings/model.ts';
import {
  type Asker,
  decideCheckIn,
  decideHall,
  decideMark,
  decideOpen,
  decideOpinion,
  decideStep,
  mayRecord,
  rollOf,
} from '#shared/meetings/rules.ts';
import { changing, ofMeeting } from './changing.ts';
import { deskOf } from './record.ts';
import {
  meetingOf,
  minutesOf,
  ownBallotsOf,
  ownRecordOf,
  type Prepared,
  recordAnswer,
  recordCheckIn,
  recordMark,
  recordMeeting,
  recordMove,
  recordOpinion,
  rosterOf,
} from './store.ts';

type Ref = Readonly<{ unitId: UnitId; meetingId: MeetingId }>;

/** The evening: members check in and speak, the secretary leads, the scribe keeps the roll. */
export const eveningRows: readonly Route[] = [
  route(contract.checkIn, async ({ input, actor, now }) => {
    const meeting = await meetingOf(input);
    if (!meeting) return refuse('not-found');
    const decided = decideCheckIn(meeting, actor.memberId, now);
    return decided.ok ? ok(await recordCheckIn(meeting, decided.value)) : decided;
  }),

  route(contract.mine, async ({ input, actor, now }) => {
    const [meeting, own] = await Promise.all([meetingOf(input), ownRecordOf(input, actor.memberId)]);
    if (!meeting || meeting.state === 'preparing') return refuse('not-found');
    const polls = meeting.state === 'open' || meeting.state === 'closed' ? meeting.polls : [];
    return ok({
      attendance: own.attendance,
      opinions: [...own.opinions],
      ballots: await ownBallotsOf(input, polls, actor.memberId),
      records: mayRecord(meeting, actor, now),
    });
  }),

  route(contract.desk, async ({ input, actor, now }) => {
    const desk = await deskOf(input, now);
    if (!desk) return refuse('not-found');
    return mayRecord(desk.meeting, actor, now) ? ok(desk) : refuse('not-allowed');
  }),

  route(contract.open, ({ input, now }) =>
    changing(
      input,
      async ({ meeting, plan }) => {
        const roll = rollOf(meeting, await rosterOf(input.unitId));
        return ofMeeting(decideOpen(meeting, { firstStep: plan.agenda[0]?.id ?? '', roll }, now));
      },
      ({ meeting }, { plan }) => recordMove({ meeting, plan }, now),
    ),
  ),

  route(contract.goToStep, ({ input, actor, now }) =>
    changingTheRecord({ ref: input, actor, now }, ({ meeting, plan }) =>
      decideStep(meeting, plan.agenda, input.stepId, now),
    ),
  ),

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

  route(contract.giveOpinion, async ({ input, actor, now }) => {
    const memberId = input.memberId ?? actor.memberId;
    const [meeting, own] = await Promise.all([meetingOf(input), ownRecordOf(input, memberId)]);
    if (!meeting) return refuse('not-found');
    if (memberId !== actor.memberId) {
      if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
      const members = rollOf(meeting, await rosterOf(input.unitId));
      if (!members.some((member) => member.memberId === memberId)) return refuse('not-on-roster');
    }
    const before = own.opinions.find((opinion) => opinion.opinionId === input.actionId);
    if (before) return ok(before);
    const decided = decideOpinion(
      meeting,
      { opinionId: input.actionId, memberId, text: input.text },
      { recordedBy: actor.memberId, given: own.opinions.length, now },
    );
    return decided.ok ? ok(await recordOpinion(meeting, decided.value)) : decided;
  }),

  route(contract.answerOpinion, async ({ input, actor, now }) => {
    const [meeting, minutes] = await Promise.all([meetingOf(input), minutesOf(input)]);
    if (!meeting) return refuse('not-found');
    if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
    if (minutes?.state === 'adopted') return refuse('already-adopted');
    const answered = await recordAnswer(input, input, {
      answer: input.answer,
      answeredBy: actor.memberId,
      answeredAt: now,
    });
    return answered ? ok(answered) : refuse('not-found');
  }),
];

/** A change that only those who keep the record of the meeting may make. */
const changingTheRecord = <C extends string>(
  by: { readonly ref: Ref; readonly actor: Asker; readonly now: Instant },
  decide: (before: Prepared) => Result<Meeting, C>,
) =>
  changing<{ readonly meeting: Meeting }, C | 'not-allowed'>(
    by.ref,
    (before) => (mayRecord(before.meeting, by.actor, by.now) ? ofMeeting(decide(before)) : refuse('not-allowed')),
    ({ meeting }) => recordMeeting(meeting, by.now),
  );
