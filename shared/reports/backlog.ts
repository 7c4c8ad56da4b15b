import * as v from 'valibot';

/** One way on which facts travel, and how it stands: the stream of a table, or the queue of a consumer. */
export const Way = v.object({
  /** Made of the place in the template, such as `meetings-live`. */
  id: v.string(),
  kind: v.picklist(['stream', 'queue']),
  /** Messages that wait to be taken, and that are being worked on. A stream does not tell. */
  waiting: v.optional(v.number()),
  inWork: v.optional(v.number()),
  /** Age of the oldest that is not done; missing while the measure has nothing to say. */
  lateSeconds: v.optional(v.number()),
  /** Set aside after many tries, with an alarm. */
  aside: v.number(),
});
export type Way = v.InferOutput<typeof Way>;

/** Facts gather up to 20 seconds on purpose; from here on somebody notices. */
export const LATE_SECONDS = 60;

export type Standing = 'aside' | 'late' | 'fine';

export const standingOf = ({ aside, lateSeconds = 0 }: Way): Standing =>
  aside > 0 ? 'aside' : lateSeconds > LATE_SECONDS ? 'late' : 'fine';

const order: readonly Standing[] = ['aside', 'late', 'fine'];

/** What needs somebody first. */
export const inNeed = (ways: readonly Way[]): Way[] =>
  ways.toSorted((a, b) => order.indexOf(standingOf(a)) - order.indexOf(standingOf(b)) || a.id.localeCompare(b.id));
