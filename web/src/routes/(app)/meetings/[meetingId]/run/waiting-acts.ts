import * as v from 'valibot';
import type { Waiting } from '#lib/outbox.svelte.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import type { Result } from '#shared/kernel/result.ts';
import { decideGuest, decideHeads } from '#shared/meetings/attendance.ts';
import { answerAbsence, countHeads, recordGuest, recordRoll } from '#shared/meetings/attendance-contract.ts';
import { close, conclude } from '#shared/meetings/closing-contract.ts';
import { decideHandVote, type HandVote } from '#shared/meetings/hands.ts';
import { recordHands } from '#shared/meetings/hands-contract.ts';
import { decideClose, decideOpen, decideStep } from '#shared/meetings/leading.ts';
import { goToStep, open } from '#shared/meetings/leading-contract.ts';
import { Conclusion } from '#shared/meetings/minutes.ts';
import type { Attendance, Guest, Meeting, Opinion } from '#shared/meetings/model.ts';
import { answerOpinion } from '#shared/meetings/opinions-contract.ts';
import { giveOpinion } from '#shared/meetings/own-contract.ts';
import type { Desk } from '../desk.ts';

/** An act of this phone that the server has not yet thanked for. */
export type WaitingAct = Pick<Waiting, 'operation' | 'sending' | 'at'>;

/** Acts by which a meeting is led and recorded, as they lie in the outbox. */
const HALL_ACTS: readonly string[] = [
  recordRoll,
  recordGuest,
  countHeads,
  answerAbsence,
  open,
  goToStep,
  recordHands,
  giveOpinion,
  answerOpinion,
  conclude,
  close,
].map(({ id }) => id);

/** Of all that waits, what records this meeting. */
export const hallActs = <A extends WaitingAct>(
  { meeting }: Pick<Desk, 'meeting'>,
  waiting: readonly A[],
): readonly A[] =>
  waiting.filter(
    ({ operation, sending }) =>
      HALL_ACTS.includes(operation) && sending.url.startsWith(`/api/meetings/${meeting.unitId}/${meeting.meetingId}/`),
  );

/** The desk as it will stand once these acts have come in, in their order: what the next tick must build on. */
export const withWaiting = (desk: Desk, acts: readonly WaitingAct[], me: MemberId): Desk =>
  hallActs(desk, acts).reduce((before, act) => withAct(before, act, me), desk);

const withAct = (desk: Desk, { operation, sending, at }: WaitingAct, by: MemberId): Desk => {
  const body = JSON.parse(sending.body ?? '{}'); // our own sending, parsed when it was made
  const { meeting, plan, members, roll } = desk;
  // what waits comes in later, so it takes its place by its time
  switch (operation) {
    case open.id: {
      const hall = { firstStep: plan.agenda[0]?.id ?? '', roll: members, guests: plan.guests };
      return withMeeting(desk, decideOpen(meeting, hall, at, at));
    }
    case goToStep.id:
      return withMeeting(desk, decideStep(meeting, plan.agenda, body.stepId, at, at));
    case close.id:
      return withMeeting(desk, decideClose(meeting, at, at));
    case recordHands.id: {
      const vote: HandVote = { ...body, pollId: body.actionId };
      const hall = { by, roll: members, attendance: roll, adopted: false, done: { at, sentLater: at } };
      return withMeeting(desk, decideHandVote(meeting, vote, hall));
    }
    case conclude.id:
      // what is said of none of them stays as it stands
      return { ...desk, conclusion: v.parse(Conclusion, { ...desk.conclusion, ...body.conclusion }) };
    case giveOpinion.id:
      return withOpinion(desk, {
        opinionId: body.actionId,
        memberId: body.memberId ?? by,
        text: body.text,
        at,
        recordedBy: by,
        sentLater: at,
      });
    case answerOpinion.id:
      return withOpinion(desk, {
        opinionId: sending.url.split('/').at(-2) ?? '',
        answer: body.answer,
        answeredBy: by,
        answeredAt: at,
      });
    case recordRoll.id:
      return withMarks(
        desk,
        (body.marks as Attendance[]).map((mark) => ({ ...mark, at, recordedBy: by })),
      );
    case recordGuest.id:
      return withMeeting(desk, decideGuest(desk.meeting, body as Guest & { gone?: boolean }, false));
    case countHeads.id:
      return withMeeting(desk, decideHeads(desk.meeting, { headCount: body.headCount, by, at }, false));
    default:
      return withAnswer(desk, sending.url.split('/').at(-1) as MemberId, { excused: body.excused, at, by });
  }
};

export const withMarks = (desk: Desk, marks: readonly Attendance[]): Desk => {
  const known = new Map(desk.roll.map((mark) => [mark.memberId, mark]));
  for (const mark of marks) known.set(mark.memberId, mark);
  return { ...desk, roll: [...known.values()] };
};

/** A new opinion, or one as it was answered. */
const withOpinion = (desk: Desk, said: Partial<Opinion> & Pick<Opinion, 'opinionId'>): Desk => {
  const standing = desk.opinions.find(({ opinionId }) => opinionId === said.opinionId);
  if (!standing) return 'text' in said ? { ...desk, opinions: [...desk.opinions, said as Opinion] } : desk; // a whole one
  // its words are those that the server has, its answer the newest
  const changed = { ...said, ...standing, ...('answer' in said && said) };
  return { ...desk, opinions: desk.opinions.map((each) => (each === standing ? changed : each)) };
};

/** The version stays that of the server: only its own answer is newer. */
const withMeeting = (desk: Desk, decided: Result<Meeting>): Desk =>
  decided.ok ? { ...desk, meeting: { ...decided.value, version: desk.meeting.version } } : desk;

/** An absence excused stands in the roll, unless the member has come after all. */
const withAnswer = (
  desk: Desk,
  memberId: MemberId,
  { excused, at, by }: { readonly excused: boolean; readonly at: Attendance['at']; readonly by: MemberId },
): Desk => {
  const absences = desk.absences.map((each) =>
    each.memberId === memberId ? { ...each, excused, answeredBy: by, answeredAt: at } : each,
  );
  const asked = absences.find((each) => each.memberId === memberId);
  const was = desk.roll.find((mark) => mark.memberId === memberId)?.status ?? 'unmarked';
  const changes = was === 'excused' || (was === 'unmarked' && excused);
  if (!asked || !changes) return { ...desk, absences };
  const status = excused ? 'excused' : 'unmarked';
  return withMarks({ ...desk, absences }, [{ memberId, status, at, recordedBy: by, reason: asked.reason }]);
};
