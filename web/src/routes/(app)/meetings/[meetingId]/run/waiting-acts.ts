import type { Waiting } from '#lib/outbox.svelte.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { decideGuest, decideHeads } from '#shared/meetings/attendance.ts';
import { answerAbsence, countHeads, recordGuest, recordRoll } from '#shared/meetings/attendance-contract.ts';
import type { Attendance, Guest } from '#shared/meetings/model.ts';
import type { Desk } from '../desk.ts';

/** An act of this phone that the server has not yet thanked for. */
export type WaitingAct = Pick<Waiting, 'operation' | 'sending' | 'at'>;

/** Acts by which the hall is recorded, as they lie in the outbox. */
const HALL_ACTS: readonly string[] = [recordRoll.id, recordGuest.id, countHeads.id, answerAbsence.id];

/** Of all that waits, what records this hall. */
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
  switch (operation) {
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

/** The version stays that of the server: only its own answer is newer. */
const withMeeting = (desk: Desk, decided: ReturnType<typeof decideGuest> | ReturnType<typeof decideHeads>): Desk =>
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
