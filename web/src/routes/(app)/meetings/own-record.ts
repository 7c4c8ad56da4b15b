import { keepAnswer, keptAnswer } from '#lib/kept-answer.ts';
import type { OutputOf } from '#shared/kernel/operation.ts';
import { mine } from '#shared/meetings/own-contract.ts';

/** All that is one's own at a meeting. */
export type OwnRecord = OutputOf<typeof mine>;

export const keptMine = (meetingId: string): Promise<OwnRecord | undefined> =>
  keptAnswer(`mine/${meetingId}`, mine.output);

export const keepMine = (meetingId: string, record: OwnRecord): Promise<void> =>
  keepAnswer(`mine/${meetingId}`, record);

/** One act of checking in for each meeting on this phone, however often the button is pressed. */
export const checkInActOf = (meetingId: string): string => `check-in:${meetingId}`;
