import * as v from 'valibot';
import { MemberId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { Instant, MINUTE_MS, millisecondsOf } from '#shared/kernel/time.ts';
import { isInvited } from './attendance.ts';
import type { Meeting } from './model.ts';
import { StepId } from './shown.ts';

export const GuestName = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100));

/** One turn to speak: asked for, begun, ended. A member or a guest, never both. */
export const Speaker = v.object({
  speakerId: v.string(),
  memberId: v.optional(MemberId),
  guest: v.optional(GuestName),
  /** The step of the agenda in which it was asked for. */
  stepId: StepId,
  askedAt: Instant,
  recordedBy: MemberId,
  startedAt: v.optional(Instant),
  endedAt: v.optional(Instant),
  gaveUpAt: v.optional(Instant),
});
export type Speaker = v.InferOutput<typeof Speaker>;

/** A speaker is reminded after this; nobody is cut off. The handbook's own start value: no rule names one. */
export const SPEAKING_MS = 5 * MINUTE_MS;
/** Turns of one evening at most. */
export const MOST_TURNS = 300;

export type Standing = 'waiting' | 'speaking' | 'spoke' | 'gave-up';
export const standingOf = ({ startedAt, endedAt, gaveUpAt }: Speaker): Standing =>
  gaveUpAt !== undefined
    ? 'gave-up'
    : endedAt !== undefined
      ? 'spoke'
      : startedAt !== undefined
        ? 'speaking'
        : 'waiting';

const inOrder = (a: Speaker, b: Speaker): number =>
  a.askedAt.localeCompare(b.askedAt) || a.speakerId.localeCompare(b.speakerId);

/** Who waits to speak, in the order of asking. */
export const waiting = (speakers: readonly Speaker[]): readonly Speaker[] =>
  speakers.filter((one) => standingOf(one) === 'waiting').toSorted(inOrder);

export const speaking = (speakers: readonly Speaker[]): Speaker | undefined =>
  speakers.find((one) => standingOf(one) === 'speaking');

/** How many speak before this member; nothing when he does not wait. */
export const aheadOf = (speakers: readonly Speaker[], memberId: MemberId): number | undefined => {
  const queue = waiting(speakers);
  const at = queue.findIndex((one) => one.memberId === memberId);
  return at < 0 ? undefined : at + (speaking(speakers) ? 1 : 0);
};

/** Time spoken so far, in milliseconds. */
export const spokenFor = ({ startedAt, endedAt }: Speaker, now: Instant): number =>
  startedAt === undefined ? 0 : Math.max(0, millisecondsOf(endedAt ?? now) - millisecondsOf(startedAt));

/**
 * A member asks to speak, or the scribe puts a member or a guest on the list. Who already waits or speaks keeps his place.
 * Refusals: wrong-state outside an open meeting, not-invited, too-many.
 */
export const decideTurn = (
  meeting: Meeting,
  asked: Pick<Speaker, 'speakerId' | 'memberId' | 'guest' | 'recordedBy'>,
  { speakers, now }: { readonly speakers: readonly Speaker[]; readonly now: Instant },
): Result<Speaker, 'not-found' | 'wrong-state' | 'not-invited' | 'too-many'> => {
  if (meeting.state === 'preparing' || meeting.state === 'withdrawn') return refuse('not-found');
  if (meeting.state !== 'open') return refuse('wrong-state');
  if (asked.memberId !== undefined && !isInvited(meeting, asked.memberId)) return refuse('not-invited');
  const before = speakers.find(
    (one) =>
      one.speakerId === asked.speakerId ||
      (one.memberId !== undefined &&
        one.memberId === asked.memberId &&
        ['waiting', 'speaking'].includes(standingOf(one))),
  );
  if (before) return ok(before);
  if (speakers.length >= MOST_TURNS) return refuse('too-many');
  return ok({ ...asked, stepId: meeting.stepId, askedAt: now });
};

/** Gives the floor: whoever speaks has finished, the one asked for (or the first who waits) begins. Nobody waits: nobody speaks. */
export const decideNext = (
  speakers: readonly Speaker[],
  speakerId: string | undefined,
  now: Instant,
): { readonly ended?: Speaker; readonly begun?: Speaker } => {
  const current = speaking(speakers);
  if (current !== undefined && current.speakerId === speakerId) return {};
  const next = waiting(speakers).find((one) => speakerId === undefined || one.speakerId === speakerId);
  return {
    ...(current && { ended: { ...current, endedAt: now } }),
    ...(next && { begun: { ...next, startedAt: now } }),
  };
};

/** The turn is over, or given up before it came; over is over. */
export const decideEnd = (speaker: Speaker, now: Instant): Speaker => {
  const standing = standingOf(speaker);
  if (standing === 'speaking') return { ...speaker, endedAt: now };
  return standing === 'waiting' ? { ...speaker, gaveUpAt: now } : speaker;
};
