import { abreast } from '#runtime/abreast.ts';
import { agesOf, asideOf, moveBack, standingOfQueue, waysOf } from '#runtime/backlog.ts';
import { type Route, route } from '#runtime/http.ts';
import { chainOf } from '#runtime/identity.ts';
import type { UnitId } from '#shared/kernel/ids.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { type Instant, millisecondsOf } from '#shared/kernel/time.ts';
import { inNeed, type Way } from '#shared/reports/backlog.ts';
import { backlog, redrive } from '#shared/reports/backlog-contract.ts';

/** What an operator sees and does. It is the house of all, so only who watches at its root may. */
export const backlogRows: readonly Route[] = [
  route(backlog, async ({ input: { unitId }, now }) => {
    if (!(await isRoot(unitId, now))) return refuse('not-found');
    const { queues, streams } = waysOf();
    const ages = await agesOf(millisecondsOf(now));
    const late = (id: string) => (ages.has(id) ? { lateSeconds: ages.get(id) } : {});
    const ways: Way[] = [
      ...(await abreast(queues, async (id) => {
        const [standing, aside] = await Promise.all([standingOfQueue(id), asideOf(id)]);
        return { id, kind: 'queue' as const, ...standing, ...late(id), aside };
      })),
      ...(await abreast(Object.keys(streams), async (id) => {
        return { id, kind: 'stream' as const, ...late(id), aside: await asideOf(id) };
      })),
    ];
    return ok({ at: now, ways: inNeed(ways) });
  }),

  route(redrive, async ({ input: { unitId, wayId }, now }) => {
    if (!(await isRoot(unitId, now))) return refuse('not-found');
    const { queues, streams } = waysOf();
    // a stream's aside holds the places of facts, not the facts: runbook "Something was set aside"
    if (Object.hasOwn(streams, wayId)) return refuse('by-hand');
    if (!queues.includes(wayId)) return refuse('not-found');
    const moving = await asideOf(wayId);
    if (moving === 0) return refuse('nothing-aside');
    await moveBack(wayId);
    return ok({ moving });
  }),
];

const isRoot = async (unitId: UnitId, now: Instant): Promise<boolean> => (await chainOf(unitId, now)).length === 1;
