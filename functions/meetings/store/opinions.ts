import * as v from 'valibot';
import { exists, type Item, isNew } from '#runtime/table.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { type Meeting, Opinion, type OpinionGiven } from '#shared/meetings/model.ts';
import { key, type MeetingRef, table } from './keys.ts';

export const opinionIn = (item: Item): Opinion => v.parse(Opinion, { ...item, ...(item['fact'] as object) });

/** A new opinion, one with the fact it tells; the same id again answers the first. */
export const recordOpinion = async (meeting: Meeting, opinion: Opinion): Promise<Opinion> => {
  const { unitId, meetingId } = meeting;
  const { memberId, opinionId, at, ...said } = opinion;
  const fact: OpinionGiven = { type: 'opinion-given', meetingId, unitId, memberId, opinionId, at };
  const written = await table.put({ ...key.opinion(meeting, memberId, opinionId), ...said, fact }, isNew);
  return written.done || !written.existing ? opinion : opinionIn(written.existing);
};

/** Sets the answer to an opinion; a later answer replaces an earlier one. Nothing when there is no such opinion. */
export const recordAnswer = async (
  ref: MeetingRef,
  opinion: Readonly<{ memberId: MemberId; opinionId: string }>,
  answer: Readonly<{ answer: string; answeredBy: MemberId; answeredAt: Instant }>,
): Promise<Opinion | undefined> => {
  const written = await table.change(key.opinion(ref, opinion.memberId, opinion.opinionId), {
    set: { ...answer, 'fact.answeredAt': answer.answeredAt },
    onlyIf: exists,
  });
  return written.done ? opinionIn(written.item) : undefined;
};
