import { type Route, route } from '#runtime/http.ts';
import type { OutputOf } from '#shared/kernel/operation.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { rollOf } from '#shared/meetings/attendance.ts';
import * as contract from '#shared/meetings/contract.ts';
import { mayRecord } from '#shared/meetings/leading.ts';
import { aheadOf, decideEnd, decideNext, decideTurn, type Speaker, standingOf } from '#shared/meetings/speakers.ts';
import { rosterOf } from './store/attendance.ts';
import { meetingOf } from './store/meetings.ts';
import { recordFloor, recordGivenUp, recordTurn, speakersOf } from './store/speakers.ts';

type Turns = OutputOf<typeof contract.speakers>;

/** Who wants to speak, in which order, and for how long. */
export const speakerRows: readonly Route[] = [
  route(contract.speakers, async ({ input, actor, now }) => {
    const [meeting, speakers] = await Promise.all([meetingOf(input), speakersOf(input)]);
    if (!meeting) return refuse('not-found');
    return ok(mayRecord(meeting, actor, now) ? { speakers: [...speakers] } : ownTurns(speakers, actor.memberId));
  }),

  route(contract.askToSpeak, async ({ input, actor, now }) => {
    const [meeting, speakers] = await Promise.all([meetingOf(input), speakersOf(input)]);
    if (!meeting) return refuse('not-found');
    const records = mayRecord(meeting, actor, now);
    const memberId = input.guest === undefined ? (input.memberId ?? actor.memberId) : undefined;
    if (memberId !== actor.memberId && !records) return refuse('not-allowed');
    if (memberId !== undefined && memberId !== actor.memberId) {
      const members = rollOf(meeting, await rosterOf(input.unitId));
      if (!members.some((member) => member.memberId === memberId)) return refuse('not-on-roster');
    }
    const decided = decideTurn(
      meeting,
      {
        speakerId: input.actionId,
        recordedBy: actor.memberId,
        ...(memberId === undefined ? { guest: input.guest } : { memberId }),
      },
      { speakers, now },
    );
    if (!decided.ok) return decided;
    if (!speakers.includes(decided.value)) await recordTurn(input, decided.value, now);
    const after = await speakersOf(input);
    return ok(records ? { speakers: [...after] } : ownTurns(after, actor.memberId));
  }),

  route(contract.giveFloor, async ({ input, actor, now }) => {
    const [meeting, speakers] = await Promise.all([meetingOf(input), speakersOf(input)]);
    if (!meeting) return refuse('not-found');
    if (!mayRecord(meeting, actor, now)) return refuse('not-allowed');
    if (meeting.state !== 'open') return refuse('wrong-state');
    const passed = decideNext(speakers, input.speakerId, now);
    if ((passed.ended || passed.begun) && !(await recordFloor(input, passed, now))) return refuse('changed-meanwhile');
    return ok({ speakers: [...(await speakersOf(input))] });
  }),

  route(contract.endTurn, async ({ input, actor, now }) => {
    const [meeting, speakers] = await Promise.all([meetingOf(input), speakersOf(input)]);
    const speaker = speakers.find(({ speakerId }) => speakerId === input.speakerId);
    if (!meeting || !speaker) return refuse('not-found');
    const records = mayRecord(meeting, actor, now);
    if (!records && speaker.memberId !== actor.memberId) return refuse('not-found');
    const ended = decideEnd(speaker, now);
    // whoever was faster has ended it, or given it the floor: what stands is answered
    if (standingOf(ended) === 'spoke' && ended !== speaker) await recordFloor(input, { ended }, now);
    else if (ended !== speaker) await recordGivenUp(input, ended, now);
    const after = await speakersOf(input);
    return ok(records ? { speakers: [...after] } : ownTurns(after, actor.memberId));
  }),
];

/** A member sees his own turns and how many speak before him; names of others are called in the hall. */
const ownTurns = (speakers: readonly Speaker[], memberId: Parameters<typeof aheadOf>[1]): Turns => {
  const ahead = aheadOf(speakers, memberId);
  return {
    speakers: speakers.filter((speaker) => speaker.memberId === memberId),
    ...(ahead !== undefined && { ahead }),
  };
};
