import * as v from 'valibot';
import { MemberId, UnitId } from '#shared/kernel/ids.ts';
import { Day, Instant, Month } from '#shared/kernel/time.ts';
import schemesOfTheDay from './scheme.json' with { type: 'json' };

/** What points are given for: being at a meeting, a document read and its question answered, an opinion. */
export const PointKind = v.picklist(['attendance', 'study', 'opinion']);
export type PointKind = v.InferOutput<typeof PointKind>;

/** What the fact said. Only some marks earn points; `absent` stands in the ledger to take back what `present` gave. */
export const Mark = v.picklist(['present', 'absent', 'right', 'wrong', 'given']);
export type Mark = v.InferOutput<typeof Mark>;

/** One line of a member's ledger, keyed by what it is about, so that the same fact twice is one line. */
export const Entry = v.object({
  memberId: MemberId,
  unitId: UnitId,
  kind: PointKind,
  /** The meeting, the document or the opinion. */
  subjectId: v.string(),
  mark: Mark,
  /** The day whose month it counts in. */
  day: Day,
  /** When the fact was recorded: of two facts on one subject the later holds. */
  at: Instant,
});
export type Entry = v.InferOutput<typeof Entry>;

const points = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Points for each mark, most points a month for each kind, and most for all together. */
export const Scheme = v.object({
  validFrom: Month,
  monthCap: points,
  kinds: v.record(PointKind, v.object({ cap: points, points: v.record(v.string(), points) })),
});
export type Scheme = v.InferOutput<typeof Scheme>;

/** The schemes by the month from which they hold, the latest last. Source: in the data file. */
export const schemes: readonly Scheme[] = v.parse(v.array(Scheme), schemesOfTheDay.schemes);

/** One line as its member sees it. */
export const Line = v.object({
  kind: PointKind,
  subjectId: v.string(),
  mark: Mark,
  day: Day,
  /** What it is worth, and what of it the caps let through. */
  worth: points,
  counted: points,
});
export type Line = v.InferOutput<typeof Line>;

/** A member's month. The total is the sum of what was counted. */
export const Balance = v.object({
  month: Month,
  total: points,
  monthCap: points,
  kinds: v.array(v.object({ kind: PointKind, total: points, cap: points })),
  lines: v.array(Line),
});
export type Balance = v.InferOutput<typeof Balance>;
