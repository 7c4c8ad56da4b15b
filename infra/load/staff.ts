import { dayOf, instantOf } from '#shared/kernel/time.ts';
import { conclude, countHeads, desk, deskNow, goToStep, rate } from '#shared/meetings/contract.ts';
import { DESK_MS } from '#shared/meetings/looks.ts';
import { rubricOn } from '#shared/meetings/rating.ts';
import type { Hall } from './evening.ts';
import type { Looking } from './looking.ts';
import { act, type Steps } from './member.ts';
import type { Answer, Person } from './person.ts';

interface Evening {
  readonly steps: Steps;
  readonly looking: Looking;
  readonly milliseconds: number;
  /** Milliseconds this hall is behind the first: halls do not do all this in the same instant. */
  readonly behind: number;
  /** Whether the hall has a screen on its wall, from the secretary's second device. */
  readonly wall: boolean;
}

/**
 * The secretary leads from step to step and marks the meeting; he, or the scribe on a phone of his own, counts heads and
 * concludes. Each has a desk, which looks as the screens do: whenever the state has moved on or phones are voting, and at
 * the whole of it once a minute. The wall asks how many have voted.
 */
export const keepDesk = async (hall: Hall, evening: Evening): Promise<void> => {
  const { secretary, scribe = secretary } = hall;
  const begun = performance.now() + evening.behind;
  const leaders = new Set([secretary, scribe]);
  await Promise.all([
    lead(hall, evening, begun),
    ...[...leaders].map((person) => lookOn(hall, person, evening, begun)),
    ...(evening.wall ? [lookOn(hall, secretary.via(secretary.base.href), evening)] : []),
  ]);
};

const uncounted = (): void => {};

/** What is led and recorded, each at its part of the hour; nobody does two things at once. */
const lead = async (hall: Hall, { steps, milliseconds }: Evening, begun: number): Promise<void> => {
  const { secretary, scribe = secretary, unitId, meetingId, members } = hall;
  const one = { unitId, meetingId };
  const first = await act(steps.desk, begun, () => secretary.ask(desk, one), uncounted);
  const agenda = first?.status === 200 ? first.body.plan.agenda : [];
  const conclusion = { information: '', results: '', direction: '', conclusion: 'Chi bộ thống nhất thông qua.' };
  const scores = Object.fromEntries(rubricOn(dayOf(instantOf(Date.now()))).criteria.map(({ id, max }) => [id, max]));
  const acts: readonly { at: number; by: Person; send: () => Promise<Answer<unknown>> }[] = [
    ...agenda.slice(0, 3).map(({ id }, index) => ({
      at: (index + 1) / 6,
      by: secretary,
      send: () => secretary.ask(goToStep, { ...one, stepId: id }),
    })),
    { at: 0.7, by: scribe, send: () => scribe.ask(countHeads, { ...one, headCount: members.length }) },
    { at: 0.8, by: scribe, send: () => scribe.ask(conclude, { ...one, conclusion }) },
    { at: 0.9, by: secretary, send: () => secretary.ask(rate, { ...one, scores }) },
  ];
  const done = async (person: Person): Promise<void> => {
    for (const { at, send } of acts.filter(({ by }) => by === person))
      await act(steps.lead, begun + milliseconds * at, send, uncounted);
  };
  await Promise.all([...new Set([secretary, scribe])].map(done));
};

/** Looks until the hour is over; one with a desk sees the whole of it once a minute from `wholeFrom` on. */
const lookOn = (hall: Hall, person: Person, { steps, looking }: Evening, wholeFrom = Infinity): Promise<void> => {
  const { unitId, meetingId } = hall;
  let wholeAt = wholeFrom;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return looking.screen(hall, person, steps.look, async () => {
    const now = performance.now();
    if (now - lookedAt < DESK_MS.moving) return false;
    lookedAt = now;
    const whole = now - wholeAt > DESK_MS.whole;
    if (whole) wholeAt = now;
    await act(steps.desk, now, () => person.ask(whole ? desk : deskNow, { unitId, meetingId }), uncounted);
    return true;
  });
};
