import * as v from 'valibot';
import { MeetingId } from '#shared/kernel/ids.ts';
import { Instant } from '#shared/kernel/time.ts';
import type { Minutes } from './minutes.ts';
import type { MeetingRow, WordFiles } from './model.ts';

/** What a held meeting's papers still want: minutes at all, their adoption, or the scan with both signatures. */
export const Wanting = v.picklist(['minutes', 'adoption', 'signature']);
export type Wanting = v.InferOutput<typeof Wanting>;

/** A meeting that was held and whose papers are not settled, as one who takes the office over must know it. */
export const Unsettled = v.object({ meetingId: MeetingId, title: v.string(), startsAt: Instant, wanting: Wanting });
export type Unsettled = v.InferOutput<typeof Unsettled>;

/** What is known of the papers of one meeting. */
export interface Held {
  readonly row: MeetingRow;
  readonly minutes?: Pick<Minutes, 'state'> | undefined;
  readonly words?: WordFiles | undefined;
}

/** Held meetings whose papers are not settled, the newest first. Source: domain.md §3.2 (two signatures, adopted by the meeting). */
export const unsettledOf = (held: readonly Held[]): Unsettled[] =>
  held
    .flatMap(({ row: { meetingId, title, startsAt, state }, minutes, words }) => {
      const wanting = state === 'closed' ? wantingOf(minutes, words) : undefined;
      return wanting ? [{ meetingId, title, startsAt, wanting }] : [];
    })
    .sort((a, b) => b.startsAt.localeCompare(a.startsAt));

const wantingOf = (minutes: Held['minutes'], words: Held['words']): Wanting | undefined => {
  if (!minutes) return 'minutes';
  if (minutes.state !== 'adopted') return 'adoption';
  return words?.minutesScan === undefined ? 'signature' : undefined;
};
