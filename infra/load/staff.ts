import { dayOf, instantOf } from '#shared/kernel/time.ts';
import { conclude, countHeads, desk, deskNow, goToStep, rate } from '#shared/meetings/contract.ts';
import { DESK_MS } from '#shared/meetings/looks.ts';
import { rubricOn } from '#shared/meetings/rating.ts';
import type { Hall } from './evening.ts';
import type { Looking } from './looking.ts';
import { act, type Steps } from './member.ts';

/**
 * The secretary, who keeps the record too, at his desk: he looks at it as the screens do, whenever the state has moved on or
 * phones are voting and at the whole of it once a minute, leads from step to step, counts heads, concludes and marks the
 * meeting. The hall's screen is his own look at the live file. Halls do not do all this in the same instant: each is some
 * `behind`, in milliseconds, of the others.
 */
export const keepDesk = async (
  hall: Hall,
  { steps, looking, milliseconds, behind }: { steps: Steps; looking: Looking; milliseconds: number; behind: number },
): Promise<void> => {
  const { secretary, unitId, meetingId } = hall;
  const one = { unitId, meetingId };
  const begun = performance.now() + behind;
  const nothing = () => {};
  const led = async () => {
    const now = () => performance.now();
    const first = await act(steps.desk, begun, () => secretary.ask(desk, one), nothing);
    const agenda = first?.status === 200 ? first.body.plan.agenda : [];
    for (const [index, { id }] of agenda.slice(0, 3).entries())
      await act(
        steps.lead,
        begun + (milliseconds * (index + 1)) / 6,
        () => secretary.ask(goToStep, { ...one, stepId: id }),
        nothing,
      );
    await act(
      steps.lead,
      Math.max(now(), begun + milliseconds * 0.7),
      () => secretary.ask(countHeads, { ...one, headCount: hall.members.length }),
      nothing,
    );
    const conclusion = { information: '', results: '', direction: '', conclusion: 'Chi bộ thống nhất thông qua.' };
    await act(
      steps.lead,
      Math.max(now(), begun + milliseconds * 0.8),
      () => secretary.ask(conclude, { ...one, conclusion }),
      nothing,
    );
    const scores = Object.fromEntries(rubricOn(dayOf(instantOf(Date.now()))).criteria.map(({ id, max }) => [id, max]));
    await act(
      steps.lead,
      Math.max(now(), begun + milliseconds * 0.9),
      () => secretary.ask(rate, { ...one, scores }),
      nothing,
    );
  };
  let wholeAt = begun;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const screen = looking.screen(hall, secretary, steps.look, async () => {
    const now = performance.now();
    if (now - lookedAt < DESK_MS.moving) return false;
    lookedAt = now;
    const whole = now - wholeAt > DESK_MS.whole;
    if (whole) wholeAt = now;
    await act(steps.desk, now, () => secretary.ask(whole ? desk : deskNow, one), nothing);
    return true;
  });
  await Promise.all([led(), screen]);
};
