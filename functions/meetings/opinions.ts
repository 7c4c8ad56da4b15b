import { type Asked, type Route, route, routeAhead } from '#runtime/http.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { doneAt } from '#shared/meetings/later.ts';
import { mayRecord } from '#shared/meetings/leading.ts';
import { decideOpinion } from '#shared/meetings/opinions.ts';
import { CHEAPLY, lightly } from './changing.ts';
import { rosterOf } from './store/attendance.ts';
import { ownRecordOf } from './store/evening.ts';
import { meetingOf } from './store/meetings.ts';
import { recordAnswer, recordOpinion } from './store/opinions.ts';
import { minutesOf } from './store/papers.ts';

/** The meeting, and what he for whom it is said has said there before. */
const lookAt = ({ input, memberId }: Asked<typeof contract.giveOpinion>, how = CHEAPLY) =>
  Promise.all([meetingOf(input, how), ownRecordOf(input, input.memberId ?? memberId, how)]);

/** What members say, typed by themselves or written down for them, and what they are answered. */
export const opinionRows: readonly Route[] = [
  routeAhead(contract.giveOpinion, lookAt, async ({ input, actor, now, actedAt }, ahead) => {
    const memberId = input.memberId ?? actor.memberId;
    const lookAgain = () => lookAt({ input, memberId }, {});
    const decided = await lightly(ahead, lookAgain, async ([meeting, own]) => {
      if (!meeting) return refuse('not-found');
      if (memberId !== actor.memberId) {
        if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
        const members = rollOf(meeting, await rosterOf(input.unitId));
        if (!members.some((member) => member.memberId === memberId)) return refuse('not-on-roster');
      }
      const before = own.opinions.find((opinion) => opinion.opinionId === input.actionId);
      if (before) return ok({ meeting, opinion: before });
      const said = { opinionId: input.actionId, memberId, text: input.text };
      const adopted = meeting.state === 'closed' && (await minutesOf(input))?.state === 'adopted';
      const done = doneAt(actedAt, now);
      const by = { recordedBy: actor.memberId, given: own.opinions.length, adopted, now, done };
      const opinion = decideOpinion(meeting, said, by);
      return opinion.ok ? ok({ meeting, opinion: opinion.value }) : opinion;
    });
    // the same act again finds its opinion here, if not above
    return decided.ok ? ok(await recordOpinion(decided.value.meeting, decided.value.opinion)) : decided;
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
