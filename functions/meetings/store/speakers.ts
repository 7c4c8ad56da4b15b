import * as v from 'valibot';
import { type Item, isNew, type OnlyIf, type Part } from '#runtime/table.ts';
import type { Instant } from '#shared/kernel/time.ts';
import type { TurnChanged } from '#shared/meetings/model.ts';
import { Speaker } from '#shared/meetings/speakers.ts';
import { evening, key, type MeetingRef, refOf, table } from './keys.ts';

/** All turns of a meeting, in no particular order. */
export const speakersOf = async (ref: MeetingRef): Promise<readonly Speaker[]> =>
  (await table.query(evening(ref), { prefix: 'TURN#' })).map((item) => v.parse(Speaker, item));

const turnItem = (ref: MeetingRef, speaker: Speaker, now: Instant): Item => {
  const fact: TurnChanged = { type: 'turn-changed', ...refOf(ref), at: now };
  return { ...key.turn(ref, speaker.speakerId), ...speaker, fact };
};

/** A new turn; the same id again answers the first. */
export const recordTurn = async (ref: MeetingRef, speaker: Speaker, now: Instant): Promise<Speaker> => {
  const written = await table.put(turnItem(ref, speaker, now), isNew);
  return written.done || !written.existing ? speaker : v.parse(Speaker, written.existing);
};

/** Gives up a turn that has not begun; false when it has begun meanwhile. */
export const recordGivenUp = async (ref: MeetingRef, speaker: Speaker, now: Instant): Promise<boolean> =>
  (await table.put(turnItem(ref, speaker, now), waits)).done;

const waits: OnlyIf = {
  expression: 'attribute_exists(#pk) AND attribute_not_exists(#startedAt) AND attribute_not_exists(#gaveUpAt)',
};

/**
 * Passes the floor from one turn to another, from or to nobody as well. It is held in one item, so that of two hands that
 * pass it at once one is told to look again: false.
 */
export const recordFloor = async (
  ref: MeetingRef,
  { ended, begun }: { readonly ended?: Speaker | undefined; readonly begun?: Speaker | undefined },
  now: Instant,
): Promise<boolean> => {
  const parts: Part[] = [
    {
      put: { ...key.floor(ref), holder: begun?.speakerId ?? '' },
      onlyIf: ended
        ? { expression: '#holder = :ended', values: { ended: ended.speakerId } }
        : { expression: 'attribute_not_exists(#pk) OR #holder = :nobody', values: { nobody: '' } },
    },
    ...(ended ? [{ put: turnItem(ref, ended, now) }] : []),
    ...(begun ? [{ put: turnItem(ref, begun, now), onlyIf: waits }] : []),
  ];
  return (await table.together(parts)).done;
};
