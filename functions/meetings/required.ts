import { abreast } from '#runtime/abreast.ts';
import { type Route, route } from '#runtime/http.ts';
import { unitOf } from '#runtime/identity.ts';
import { ok, refuse } from '#shared/kernel/result.ts';
import { monthOf } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import { preparationOf } from '#shared/meetings/progress.ts';
import { decideRequired, requiredIdOf } from '#shared/meetings/required.ts';
import { placedBelow } from './below.ts';
import { requiredAbove } from './required-above.ts';
import { meetingsOf } from './store/meetings.ts';
import { recordRequired, recordTakenBack, requiredOf } from './store/required.ts';

/** What an organisation asks of the branches below it, and how far they are. */
export const requiredRows: readonly Route[] = [
  route(contract.sendDown, async ({ input, actor, now }) => {
    const { unitId, actionId, ...content } = input;
    const unit = await unitOf(unitId, now);
    if (!unit) return refuse('not-found');
    const by = { requiredId: requiredIdOf(actionId), unitId, unitName: unit.name, sentBy: actor.memberId, sentAt: now };
    const decided = decideRequired(content, by);
    return decided.ok ? ok(await recordRequired(decided.value)) : decided;
  }),

  route(contract.takeBack, async ({ input, now }) => {
    const item = await recordTakenBack(input.unitId, input.requiredId, now);
    return item ? ok(item) : refuse('not-found');
  }),

  route(contract.preparations, async ({ input, now }) => {
    const { unitId, month } = input;
    const [region, own, above] = await Promise.all([
      placedBelow(unitId, now),
      requiredOf(unitId),
      requiredAbove(unitId, now),
    ]);
    if (!region) return refuse('not-found');
    const branches = region.filter((placed) => placed.unit.kind === 'branch');
    // between this organisation and the branch others may ask for something too
    const asking = region.filter((placed) => placed.unit.kind !== 'branch' && placed.unit.unitId !== unitId);
    const between = new Map(
      await abreast(asking, async (placed) => [placed.name, await requiredOf(placed.unit.unitId)] as const),
    );
    const rows = await abreast(branches, async ({ unit: branch, name, above: superior }) => {
      const asked = [...above, ...own, ...(between.get(superior) ?? [])];
      return preparationOf(
        { unitId: branch.unitId, name, above: superior },
        await meetingsOf(branch.unitId),
        asked,
        month,
      );
    });
    const items = own.filter(({ from, until }) => monthOf(from) <= month && month <= monthOf(until));
    return ok({ items, rows });
  }),
];
