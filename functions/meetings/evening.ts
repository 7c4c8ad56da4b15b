import { type Route, route } from '#runtime/http.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import * as contract from '#shared/meetings/contract.ts';
import {
  decideCheckIn,
  decideMark,
  decideOpen,
  decideOpinion,
  decideStep,
  mayRecord,
  rollOf,
} from '#shared/meetings/rules.ts';
import {
  eveningOf,
  meetingOf,
  ownRecordOf,
  preparedOf,
  recordAnswer,
  recordCheckIn,
  recordMark,
  recordMeeting,
  recordMove,
  recordOpinion,
  rosterOf,
} from './store.ts';

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
    return ok({
      attendance: own.attendance,
      opinions: [...own.opinions],
      records: mayRecord(meeting, actor, now),
    });
  }),

  route(contract.desk, async ({ input, actor, now }) => {
    const [prepared, roster, evening] = await Promise.all([
      preparedOf(input),
      rosterOf(input.unitId),
      eveningOf(input),
    ]);
    if (!prepared) return refuse('not-found');
    if (!mayRecord(prepared.meeting, actor, now)) return refuse('not-allowed');
    const { roll, opinions } = evening;
    const members = [...rollOf(prepared.meeting, roster)];
    return ok({ ...prepared, members, roll: [...roll], opinions: [...opinions] });
  }),

  route(contract.open, async ({ input, now }) => {
    const before = await preparedOf(input);
    if (!before) return refuse('not-found');
    const { meeting, plan } = before;
    const firstStep = plan.agenda[0]?.id ?? '';
    const decided = decideOpen(meeting, { firstStep, roll: rollOf(meeting, await rosterOf(input.unitId)) }, now);
    if (!decided.ok || decided.value === meeting) return decided.ok ? ok({ meeting }) : decided;
    const recorded = await recordMove({ meeting: decided.value, plan }, now);
    return recorded ? ok({ meeting: decided.value }) : refuse('changed-meanwhile');
  }),

  route(contract.goToStep, async ({ input, actor, now }) => {
    const before = await preparedOf(input);
    if (!before) return refuse('not-found');
    const { meeting, plan } = before;
    if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
    const decided = decideStep(meeting, plan.agenda, input.stepId, now);
    if (!decided.ok || decided.value === meeting) return decided.ok ? ok({ meeting }) : decided;
    return (await recordMeeting(decided.value, now)) ? ok({ meeting: decided.value }) : refuse('changed-meanwhile');
  }),

  route(contract.recordRoll, async ({ input, actor, now }) => {
    const [meeting, roster] = await Promise.all([meetingOf(input), rosterOf(input.unitId)]);
    if (!meeting) return refuse('not-found');
    if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
    const members = rollOf(meeting, roster);
    const by = { memberId: actor.memberId, adopted: false, now };
    const decided = input.marks.map((mark) => ({ was: mark.was, mark: decideMark(meeting, mark, members, by) }));
    const roll = [];
    for (const { mark } of decided) if (!mark.ok) return mark;
    for (const { was, mark } of decided) if (mark.ok) roll.push(await recordMark(meeting, mark.value, was));
    return ok({ roll });
  }),

  route(contract.countHall, async ({ input, actor, now }) => {
    const meeting = await meetingOf(input);
    if (!meeting) return refuse('not-found');
    if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
    if (meeting.state !== 'open') return refuse('wrong-state');
    const { guests, headCount } = input;
    const after = { ...meeting, guests, headCount, version: meeting.version + 1 };
    return (await recordMeeting(after, now)) ? ok({ meeting: after }) : refuse('changed-meanwhile');
  }),

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
    const meeting = await meetingOf(input);
    if (!meeting) return refuse('not-found');
    if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
    const answered = await recordAnswer(input, input, {
      answer: input.answer,
      answeredBy: actor.memberId,
      answeredAt: now,
    });
    return answered ? ok(answered) : refuse('not-found');
  }),
];
