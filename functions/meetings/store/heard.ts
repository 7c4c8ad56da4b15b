import * as v from 'valibot';
import { type HowRead, type Item, isNew } from '#runtime/table.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { Absence, Suggestion } from '#shared/meetings/model.ts';
import { type Heard, Receipt } from '#shared/meetings/reminders.ts';
import { markIn } from './attendance.ts';
import { evening, key, type MeetingRef, table } from './keys.ts';
import { meetingPart, type Prepared, rowPart } from './meetings.ts';
import { opinionIn } from './opinions.ts';

/** What members did about a meeting since it was announced: by member, those who did anything at all. */
export const heardOf = async (ref: MeetingRef): Promise<ReadonlyMap<string, Heard>> => {
  const items = await table.query(evening(ref), { prefix: 'MEMBER#' });
  const by = Map.groupBy(items, ({ sk }) => sk.split('#')[1] ?? '');
  return new Map([...by].map(([memberId, own]) => [memberId, heardIn(own)]));
};

/** The same of one member. */
export const ownHeardOf = async (ref: MeetingRef, memberId: MemberId, how?: HowRead): Promise<Heard> =>
  heardIn(await table.query(evening(ref), { prefix: `MEMBER#${memberId}#`, ...how }));

const heardIn = (items: readonly Item[]): Heard => {
  const of = (word: string) => items.filter(({ sk }) => sk.split('#')[2] === word);
  return {
    receipt: of('RECEIPT').map((item) => v.parse(Receipt, item))[0],
    attendance: of('ATTENDANCE').map(markIn)[0],
    absence: of('ABSENCE').map((item) => v.parse(Absence, item))[0],
    opinions: of('OPINION')
      .map(opinionIn)
      .toSorted((a, b) => a.at.localeCompare(b.at)),
    suggestions: of('SUGGESTION')
      .map((item) => v.parse(Suggestion, item))
      .toSorted((a, b) => a.at.localeCompare(b.at)),
  };
};

/** Keeps that a member knows of the meeting as announced; a repeat answers the first time, a moved meeting is confirmed anew. */
export const recordReceipt = async (ref: MeetingRef, receipt: Receipt): Promise<Receipt> => {
  const written = await table.put(
    { ...key.receipt(ref, receipt.memberId), ...receipt },
    { expression: 'attribute_not_exists(#pk) OR #startsAt <> :startsAt', values: { startsAt: receipt.startsAt } },
  );
  return written.done || !written.existing ? receipt : v.parse(Receipt, written.existing);
};

/** A new suggestion; the same id again answers the first. */
export const recordSuggestion = async (ref: MeetingRef, suggestion: Suggestion): Promise<Suggestion> => {
  const { memberId, suggestionId } = suggestion;
  const written = await table.put({ ...key.suggestion(ref, memberId, suggestionId), ...suggestion }, isNew);
  return written.done || !written.existing ? suggestion : v.parse(Suggestion, written.existing);
};

/** All suggestions to a meeting, the oldest first. */
export const suggestionsOf = async (ref: MeetingRef): Promise<readonly Suggestion[]> =>
  [...(await heardOf(ref)).values()]
    .flatMap(({ suggestions }) => suggestions)
    .toSorted((a, b) => a.at.localeCompare(b.at));

/** Records the answer together with the agenda it changed; false when the meeting was changed meanwhile. */
export const recordVerdict = async (
  { meeting, plan }: Prepared,
  suggestion: Suggestion,
  now: Instant,
): Promise<boolean> => {
  const kept = { put: { ...key.suggestion(meeting, suggestion.memberId, suggestion.suggestionId), ...suggestion } };
  const parts = [meetingPart(meeting, now), { put: { ...key.plan(meeting), ...plan } }, rowPart(meeting, plan), kept];
  return (await table.together(parts)).done;
};

/** Records an answer that leaves the agenda as it was; one that was taken meanwhile stays taken. */
export const recordDeclined = async (ref: MeetingRef, suggestion: Suggestion): Promise<boolean> => {
  const { memberId, suggestionId } = suggestion;
  const written = await table.put(
    { ...key.suggestion(ref, memberId, suggestionId), ...suggestion },
    { expression: 'attribute_not_exists(#answer) OR #answer.#taken = :no', values: { no: false } },
  );
  return written.done;
};
