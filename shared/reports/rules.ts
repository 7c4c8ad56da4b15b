import type { UnitId } from '#shared/kernel/ids.ts';
import { ok, type Result, refuse } from '#shared/kernel/result.ts';
import { addDays, type Day, dayOf, type Instant, instantAt, instantOf, millisecondsOf } from '#shared/kernel/time.ts';
import type { Closing, Correction, Figure, Period } from './model.ts';

/** Days that a report may span: a year and the days that bring it to the usual cut. */
export const MOST_DAYS = 400;

/** The last instant of a day in Viet Nam. */
const endOf = (day: Day): Instant => instantOf(millisecondsOf(instantAt(addDays(day, 1), '00:00')) - 1);

/**
 * The period of a report. Without a cut-off its figures are as of the end of its last day, or as of now while it runs.
 * A cut-off in the future would move; one before the period says nothing about it.
 */
export const decidePeriod = (
  asked: { readonly from: Day; readonly to: Day; readonly cutOff?: Instant | undefined },
  now: Instant,
): Result<Period, 'period-wrong' | 'cut-off-wrong'> => {
  const { from, to } = asked;
  if (to < from || addDays(from, MOST_DAYS) < to || from > dayOf(now)) return refuse('period-wrong');
  const end = endOf(to);
  const cutOff = asked.cutOff ?? (end < now ? end : now);
  if (cutOff > now || dayOf(cutOff) < from) return refuse('cut-off-wrong');
  return ok({ from, to, cutOff });
};

/**
 * Closes a period once it is over: from then on its figures stand. Closing it again answers the first closing; with
 * another cut-off it is refused, because a period has one.
 */
export const decideClosing = (
  period: Period,
  standing: Closing | undefined,
  { asked, now }: { readonly asked: Instant | undefined; readonly now: Instant },
): Result<void, 'not-over' | 'closed-otherwise'> => {
  if (period.to >= dayOf(now)) return refuse('not-over');
  if (standing && asked !== undefined && standing.period.cutOff !== asked) return refuse('closed-otherwise');
  return ok(undefined);
};

/** The usual period at this day: from the 28th to the 26th, the last one that is over. Source: domain.md §3.12. */
export const usualPeriod = (today: Day): { readonly from: Day; readonly to: Day } => {
  const end = (day: Day) => `${day.slice(0, 7)}-26` as Day; // the 26th stands in every month
  const to = today > end(today) ? end(today) : end(addDays(`${today.slice(0, 7)}-01` as Day, -1));
  return { from: `${addDays(`${to.slice(0, 7)}-01` as Day, -1).slice(0, 7)}-28` as Day, to }; // as does the 28th
};

/** What differs now from the figures of a closed period: shown as corrections, never written over them. */
export const correctionsOf = (closed: readonly Figure[], now: readonly Figure[]): Correction[] =>
  closed.flatMap((was) => {
    const today = now.find(({ id }) => id === was.id);
    return today && !isSame(was, today) ? [{ id: was.id, was, now: today }] : [];
  });

const isSame = (a: Figure, b: Figure): boolean => {
  if (a.state !== 'recorded' || b.state !== 'recorded') return a.state === b.state;
  const parts = (figure: typeof a) => (figure.parts ?? []).map(({ part, value }) => `${part} ${value}`).join();
  return a.value === b.value && a.of === b.of && parts(a) === parts(b);
};

/** Which units a person may open a report of: those of his roles, the widest first. */
export const unitsToReport = (
  units: readonly { readonly unitId: UnitId; readonly name: string }[],
  may: (chain: readonly UnitId[]) => boolean,
): { readonly unitId: UnitId; readonly name: string }[] =>
  units.filter((_, index) => may(units.slice(index).map(({ unitId }) => unitId))).toReversed();
