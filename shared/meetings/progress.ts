import * as v from 'valibot';
import { MeetingId, UnitId } from '#shared/kernel/ids.ts';
import { addMilliseconds, DAY_MS, dayOf, Instant, type Month, monthOf } from '#shared/kernel/time.ts';
import { Declined, type MeetingRow } from './model.ts';
import type { RequiredItem } from './required.ts';

/** How far one branch is with the regular meeting of a month. */
export const PreparationRow = v.object({
  unitId: UnitId,
  name: v.string(),
  above: v.string(),
  state: v.picklist(['none', 'preparing', 'published', 'open', 'closed']),
  meetingId: v.optional(MeetingId),
  startsAt: v.optional(Instant),
  publishedAt: v.optional(Instant),
  /** `none`: no papers yet. Source: domain.md §3.2, papers stand on the handbook at least one day before. */
  papers: v.picklist(['in-time', 'late', 'none']),
  /** Of the items asked for: on the agenda of a published meeting, declined with a reason, still left. */
  taken: v.number(),
  declined: v.array(Declined),
  left: v.number(),
});
export type PreparationRow = v.InferOutput<typeof PreparationRow>;

/** Papers are in time when they stood there this long before the beginning. */
const PAPERS_BEFORE_MS = DAY_MS;

/** The branch's preparation as the organisation above sees it; of several regular meetings of a month the one that is furthest. */
export const preparationOf = (
  branch: Pick<PreparationRow, 'unitId' | 'name' | 'above'>,
  rows: readonly MeetingRow[],
  items: readonly RequiredItem[],
  month: Month,
): PreparationRow => {
  const row = rows
    .filter(
      ({ kind, state, startsAt }) => kind === 'regular' && state !== 'withdrawn' && monthOf(dayOf(startsAt)) === month,
    )
    .toSorted((a, b) => order.indexOf(b.state) - order.indexOf(a.state))[0];
  const asked = itemsOf(rows, items, month);
  if (!row) return { ...branch, state: 'none', papers: 'none', taken: 0, declined: [], left: asked.length };
  const told = rows.filter(({ state }) => state !== 'preparing' && state !== 'withdrawn');
  const taken = asked.filter(({ requiredId }) => told.some((one) => one.taken?.includes(requiredId)));
  const declined = told
    .flatMap((one) => one.declined ?? [])
    .filter((one) => asked.some(({ requiredId }) => requiredId === one.requiredId));
  return {
    ...branch,
    state: row.state === 'withdrawn' ? 'none' : row.state,
    meetingId: row.meetingId,
    startsAt: row.startsAt,
    ...(row.publishedAt !== undefined && { publishedAt: row.publishedAt }),
    papers: papersOf(row),
    taken: taken.length,
    declined,
    left: asked.length - taken.length - declined.length,
  };
};

const order: readonly MeetingRow['state'][] = ['preparing', 'published', 'open', 'closed'];

const papersOf = ({ papersAt, startsAt }: MeetingRow): PreparationRow['papers'] => {
  if (papersAt === undefined) return 'none';
  return papersAt <= addMilliseconds(startsAt, -PAPERS_BEFORE_MS) ? 'in-time' : 'late';
};

/** Items that could be taken in this month, wherever they were settled. */
const itemsOf = (rows: readonly MeetingRow[], items: readonly RequiredItem[], month: Month): readonly RequiredItem[] =>
  items.filter((item) => {
    const settled = rows.some(
      ({ state, taken, declined }) =>
        state !== 'preparing' &&
        state !== 'withdrawn' &&
        (taken?.includes(item.requiredId) || declined?.some(({ requiredId }) => requiredId === item.requiredId)),
    );
    const during = monthOf(item.from) <= month && month <= monthOf(item.until);
    return during && (settled || item.withdrawnAt === undefined);
  });
