import { auditOn } from '#runtime/audit.ts';
import { type Route, route } from '#runtime/http.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { addDays, type Day } from '#shared/kernel/time.ts';
import * as contract from '#shared/members/contract.ts';
import { isAsSealed } from './sealing.ts';
import { auditRows } from './showing.ts';
import { inTurns } from './store.ts';

/** Days of the log that one look covers at most. */
const AUDIT_DAYS = 31;

/** What was done at an organisation. */
export const logRows: readonly Route[] = [
  route(contract.auditOf, async ({ input }) => {
    const days: Day[] = [];
    for (let day = input.from; day <= input.until && days.length <= AUDIT_DAYS; day = addDays(day, 1)) days.push(day);
    if (days.length > AUDIT_DAYS) return refuse('span-too-long');
    const logs = await inTurns(days, 8, async (day) => {
      const entries = await auditOn(input.unitId, day);
      return { day, entries, asSealed: await isAsSealed(input.unitId, day, entries) };
    });
    const sealedUntil = logs.findLast(({ asSealed }) => asSealed !== undefined)?.day;
    return ok({
      acts: await auditRows(logs.flatMap(({ entries }) => entries).reverse()),
      ...(sealedUntil && { sealedUntil }),
      broken: logs.filter(({ asSealed }) => asSealed === false).map(({ day }) => day),
    });
  }),
];
