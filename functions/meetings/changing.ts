import type { HowRead } from '#runtime/table.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import type { Instant } from '#shared/kernel/time.ts';
import { type Asker, mayRecord } from '#shared/meetings/leading.ts';
import type { Meeting } from '#shared/meetings/model.ts';
import type { MeetingRef } from './store/keys.ts';
import { type Prepared, preparedOf, recordMeeting } from './store/meetings.ts';

/** Changes of one meeting that meet at most: the secretary, the scribe and the chair at once. */
const MOST_ROUNDS = 5;

/**
 * Decides on the meeting as it stands and records it on that version; when another change came between, decides again.
 * A decision that leaves the meeting as it is records nothing, so that a repeat gets the same answer.
 */
export const changing = async <D extends { readonly meeting: Meeting }, C extends string>(
  ref: MeetingRef,
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

/** A look that may be a second old, at half the price. */
export const CHEAPLY: HowRead = { eventually: true };

/**
 * Decides on what a cheap look has shown, which may be a second old; a refusal is decided again on what stands now. For acts
 * whose own write holds what matters, so that a yes that comes a second late does no harm.
 */
export const lightly = async <L, R extends Result<unknown>>(
  cheap: Promise<L>,
  lookAgain: () => Promise<L>,
  decide: (look: L) => R | Promise<R>,
): Promise<R> => {
  const decided = await decide(await cheap);
  return decided.ok ? decided : decide(await lookAgain());
};

/** The same decision in the form that `changing` records. */
export const ofMeeting = <M extends Meeting, C extends string>(
  decided: Result<M, C>,
): Result<{ readonly meeting: M }, C> => (decided.ok ? ok({ meeting: decided.value }) : decided);

/** A change that only those who keep the record of the meeting may make. */
export const changingTheRecord = <C extends string>(
  by: { readonly ref: MeetingRef; readonly actor: Asker; readonly now: Instant },
  decide: (before: Prepared) => Result<Meeting, C>,
) =>
  changing<{ readonly meeting: Meeting }, C | 'not-allowed'>(
    by.ref,
    (before) => (mayRecord(before.meeting, by.actor, by.now) ? ofMeeting(decide(before)) : refuse('not-allowed')),
    ({ meeting }) => recordMeeting(meeting, by.now),
  );
