import { type Route, route } from '#runtime/http.ts';
import { ok } from '#shared/kernel/result.ts';
import { addDays, dayOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import { unsettledOf } from '#shared/meetings/handover.ts';
import { meetingsOf } from './store/meetings.ts';
import { papersOf } from './store/papers.ts';

/** Older meetings belong to the archive and not to the desk. */
const DAYS_BACK = 2 * 365;
const MOST_MEETINGS = 60;

/** When a secretary hands over: what the branch's meetings leave to be done. */
export const handoverRows: readonly Route[] = [
  route(contract.handover, async ({ input, now }) => {
    const since = addDays(dayOf(now), -DAYS_BACK);
    const rows = (await meetingsOf(input.unitId))
      .filter(({ state, startsAt }) => state === 'closed' && dayOf(startsAt) >= since)
      .slice(0, MOST_MEETINGS);
    const held = await Promise.all(
      rows.map(async (row) => {
        const { minutes, words } = await papersOf({ unitId: input.unitId, meetingId: row.meetingId });
        return { row, minutes, words };
      }),
    );
    return ok({ unsettled: unsettledOf(held) });
  }),
];
