import type { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { Meeting } from '#shared/meetings/model.ts';
import { type Prepared, preparedOf } from './store.ts';

/** Changes of one meeting that meet at most: the secretary, the scribe and the chair at once. */
const MOST_ROUNDS = 5;

/**
 * Decides on the meeting as it stands and records it on that version; when another change came between, decides again.
 * A decision that leaves the meeting as it is records nothing, so that a repeat gets the same answer.
 */
export const changing = async <D extends { readonly meeting: Meeting }, C extends string>(
  ref: { readonly unitId: UnitId; readonly meetingId: MeetingId },
  decide: (before: Prepared) => Result<D, C> | Promise<Result<D, C>>,
  record: (decided: D, before: Prepared) => Promise<boolean>,
): Promise<Result<{ meeting: Meeting }, C | 'not-found' | 'changed-meanwhile'>> => {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = await preparedOf(ref);
    if (!before) return refuse('not-found');
    const decided = await decide(before);
    if (!decided.ok) return decided;
    const { meeting } = decided.value;
    if (meeting === before.meeting || (await record(decided.value, before))) return ok({ meeting });
  }
  return refuse('changed-meanwhile');
};

/** The same decision in the form that `changing` records. */
export const ofMeeting = <M extends Meeting, C extends string>(
  decided: Result<M, C>,
): Result<{ readonly meeting: M }, C> => (decided.ok ? ok({ meeting: decided.value }) : decided);
