import { setTimeout as until } from 'node:timers/promises';
import { renewSession } from '#shared/access/contract.ts';
import { dayOf, instantOf } from '#shared/kernel/time.ts';
import { checkIn, giveOpinion, mine, vote } from '#shared/meetings/contract.ts';
import type { BranchManifest, Pack } from '#shared/meetings/model.ts';
import type { Hall, Thanked } from './evening.ts';
import type { Looking } from './looking.ts';
import { Step } from './measure.ts';
import type { Answer, Person } from './person.ts';
import { type Branch, newAction } from './population.ts';

export const stepNames = [
  'renew',
  'manifest',
  'pack',
  'live',
  'mine',
  'check-in',
  'again',
  'opinion',
  'vote',
  'look',
  'desk',
  'lead',
] as const;
export type StepName = (typeof stepNames)[number];
export type Steps = Readonly<Record<StepName, Step>>;

export const newSteps = (): Steps =>
  Object.fromEntries(stepNames.map((name) => [name, new Step(name)])) as unknown as Steps; // one for each name

/** Seconds after the arrival at which each act begins, however slow the one before was. */
export const PLAN = { 'check-in': 2, again: 2, opinion: 5, vote: 8 } as const;

/** What is special about one member's phone this evening. */
export interface Habit {
  /** Opened this afternoon: pass, list and pack are on the phone. */
  readonly prepared: boolean;
  /** Sends the check-in twice: a second tap, or an answer that was slow. */
  readonly twice: boolean;
  /** The connection breaks after the check-in was sent; the phone sends it again. */
  readonly brokenOff: boolean;
  /** A slow phone on a slow line: waits before it sends, and is not measured for that. */
  readonly slow: boolean;
}

export interface Evening {
  readonly hall: Hall;
  readonly member: Branch['members'][number];
  readonly habit: Habit;
  readonly startedMs: number;
  readonly steps: Steps;
  readonly thanked: Thanked;
  readonly looking: Looking;
  /** Bytes of one answered request, by the hour's part it belongs to. */
  readonly count: (bytes: number) => void;
}

/** One act, its time counted from when it was meant to begin. A broken connection is an outcome; other faults are this program's. */
export const act = async <T>(
  step: Step,
  meant: number,
  ask: () => Promise<Answer<T>>,
  count: (bytes: number) => void,
): Promise<Answer<T> | undefined> => {
  const wait = meant - performance.now();
  if (wait > 0) await until(wait);
  try {
    const answer = await ask();
    count(answer.bytes);
    step.add(performance.now() - meant);
    if (answer.status >= 400) step.fail(answer.status);
    return answer;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    step.add(performance.now() - meant);
    step.fail(0);
    return undefined;
  }
};

/**
 * What a phone fetches once, in the afternoon or at the door: its pass, with which it tells that a page was seen today, the
 * branch's list, what is read this evening.
 */
export const prepare = async (
  { hall, person }: { hall: Hall; person: Person },
  steps: Steps,
  count: (bytes: number) => void,
  from = performance.now(),
): Promise<void> => {
  const { unitId, meetingId } = hall;
  await act(steps.renew, from, () => person.ask(renewSession, { opened: [dayOf(instantOf(Date.now()))] }), count);
  const list = await act(
    steps.manifest,
    from,
    () => person.read<BranchManifest>(`/content/live/${unitId}/branch.json`),
    count,
  );
  const row = list?.body?.meetings?.find((meeting) => meeting.meetingId === meetingId);
  if (row) await act(steps.pack, from, () => person.read<Pack>(`/${row.pack}`), count);
};

/** One member's evening, from opening the page to the last look at it. */
export const playEvening = async (evening: Evening): Promise<void> => {
  const { hall, member, habit, startedMs, steps, thanked, looking, count } = evening;
  const { unitId, meetingId, pollId } = hall;
  const { person, memberId } = member;
  const one = { unitId, meetingId };
  const slowness = habit.slow ? 1_500 : 0;
  const at = (name: keyof typeof PLAN) => startedMs + PLAN[name] * 1000 + slowness;

  if (!habit.prepared) await prepare({ hall, person }, steps, count, startedMs);
  await looking.look(hall, person, steps.live, startedMs, count);
  await act(steps.mine, startedMs, () => person.ask(mine, one), count);

  if (habit.brokenOff)
    // the phone never learns what became of it
    await person.ask(checkIn, one, { abortAfterSend: true }).catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
    });
  const arrived = await act(steps['check-in'], at('check-in'), () => person.ask(checkIn, one), count);
  const again = habit.twice ? await act(steps.again, at('again'), () => person.ask(checkIn, one), count) : undefined;
  if (arrived?.status === 200 || again?.status === 200) {
    thanked.attendance.add(memberId);
    looking.thanked(hall);
  }

  const actionId = newAction();
  const text = `Tôi nhất trí với dự thảo nghị quyết (${actionId.slice(0, 8)})`;
  const opinion = await act(
    steps.opinion,
    at('opinion'),
    () => person.ask(giveOpinion, { ...one, actionId, text }),
    count,
  );
  if (opinion?.status === 200) thanked.opinions.set(opinion.body.opinionId, memberId);

  const ballot = await act(steps.vote, at('vote'), () => person.ask(vote, { ...one, pollId, choice: 'agree' }), count);
  if (ballot?.status === 200) thanked.ballots.set(memberId, 'agree');
  await looking.follow(hall, person, steps.look);
};
