import { checkIn, desk } from '#shared/meetings/contract.ts';
import { arrivals, chance } from './arrivals.ts';
import { openHall } from './evening.ts';
import { Step, type StepFigures } from './measure.ts';
import { act } from './member.ts';
import { type Branch, must } from './population.ts';

/** R3: every member checks in within the time, each act sent so many times. All that are thanked for stand once. */
export const storm = async (
  branches: readonly Branch[],
  { seconds, times }: { readonly seconds: number; readonly times: number },
): Promise<{ members: number; sent: StepFigures; acknowledged: number; stored: number; doubled: number }> => {
  const halls = [];
  for (const branch of branches) halls.push(await openHall(branch, Date.now()));
  const people = halls.flatMap((hall) => hall.members.map((member) => ({ hall, ...member })));
  const sent = new Step('check-in');
  const acknowledged = new Set<string>();
  const begun = performance.now();
  const moments = arrivals(people.length, seconds * 1000, 1, chance(3));
  await Promise.all(
    people.map(async ({ hall: { unitId, meetingId }, memberId, person }, index) => {
      const answers = Array.from({ length: times }, () =>
        act(
          sent,
          begun + (moments[index] ?? 0),
          () => person.ask(checkIn, { unitId, meetingId }),
          () => {},
        ),
      );
      if ((await Promise.all(answers)).some((answer) => answer?.status === 200)) acknowledged.add(memberId);
    }),
  );
  const present: string[] = [];
  for (const { secretary, unitId, meetingId } of halls) {
    const { roll } = await must('the desk', secretary.ask(desk, { unitId, meetingId }));
    present.push(...roll.filter(({ status }) => status === 'present').map(({ memberId }) => memberId));
  }
  return {
    members: people.length,
    sent: sent.figures(),
    acknowledged: acknowledged.size,
    stored: new Set(present).size,
    doubled: present.length - new Set(present).size,
  };
};
