import * as v from 'valibot';
import { POLL_SECONDS } from '#shared/meetings/looks.ts';
import { arrivals, chance } from './arrivals.ts';
import { ofMembers } from './counts.ts';
import { PLAN } from './member.ts';
import { gatheredRuns, lanesFrom, quantile, sharedTimes } from './simulate-model.ts';

const Figures = v.object({
  requests: v.number(),
  bytesCold: v.number(),
  bytesPrepared: v.number(),
  bytesAfternoon: v.number(),
  functionRuns: v.number(),
  readUnits: v.number(),
  writeUnits: v.number(),
  puts: v.number(),
  bytesOfNinetyMinutes: v.number(),
});

/** What `npm run load -- --json` tells, as far as a prediction is made from it or compared with it. */
export const LoadRun = v.pipe(
  v.object({
    members: v.number(),
    halls: v.number(),
    minutes: v.number(),
    peak: v.number(),
    cold: v.number(),
    steps: v.array(v.object({ step: v.string(), count: v.number(), p50: v.number(), p95: v.number() })),
    perMember: Figures,
    perHall: v.object({ functionRuns: v.number(), readUnits: v.number(), writeUnits: v.number() }),
    costs: v.array(v.object({ function: v.string(), operation: v.string(), runs: v.number() })),
    processorInTheHour: v.number(),
  }),
  v.transform(({ perMember, costs, ...run }) => {
    const { bytesCold, bytesPrepared, bytesAfternoon, ...figures } = perMember;
    const bytes = run.cold * bytesCold + (1 - run.cold) * (bytesPrepared + bytesAfternoon);
    return {
      ...run,
      perMember: { ...figures, bytes: Math.round(bytes) },
      runs: costs
        .filter(({ operation }) => ofMembers.test(operation))
        .map(({ function: name, operation, runs }) => ({ name, runs, asked: operation !== '' })),
    };
  }),
);
/** One run, with the bytes of a mean phone and its members' own runs. */
export type LoadRun = v.InferOutput<typeof LoadRun>;

/** One figure of a run, as it was measured and as the model gives it. */
export interface Compared {
  readonly figure: string;
  readonly measured: number;
  readonly predicted: number;
  /** Share by which the prediction may be off. */
  readonly within: number;
}

export const isWithin = ({ measured, predicted, within }: Compared): boolean =>
  Math.abs(predicted - measured) <= within * measured;

/** Runs that a phone asked for, and those that followed by streams and queues. */
export const askedRuns = ({ runs, members }: LoadRun): number =>
  runs.filter(({ asked }) => asked).reduce((sum, { runs: count }) => sum + count, 0) / members;
export const followingRuns = ({ runs, members }: LoadRun): number =>
  runs.filter(({ asked }) => !asked).reduce((sum, { runs: count }) => sum + count, 0) / members;

/** Acts of a member that are news to others: attendance, opinion, ballot. */
const FACTS = 3;
const WINDOW_SECONDS = 1;
const PROCESSORS = 2;
const SECOND = 1_000;

/** What the rates of this run say of another one: learnt from `learnt`, foretold for the size and rate of `other`. */
export const predict = (learnt: LoadRun, other: Pick<LoadRun, 'members' | 'minutes' | 'peak' | 'cold'>) => {
  const perMember = (figure: 'requests' | 'bytes' | 'readUnits' | 'writeUnits'): number => learnt.perMember[figure];
  const rateOf = ({ members, minutes }: Pick<LoadRun, 'members' | 'minutes'>) => (members * FACTS) / (minutes * 60);
  const following = learnt.runs
    .filter(({ asked }) => !asked)
    .reduce((sum, { runs }) => {
      const each = runs / (learnt.minutes * 60);
      const lanes = lanesFrom(rateOf(learnt), each, WINDOW_SECONDS);
      const gathered = Number.isFinite(lanes)
        ? gatheredRuns(rateOf(other), { window: WINDOW_SECONDS, lanes })
        : (each / rateOf(learnt)) * rateOf(other);
      return sum + gathered * other.minutes * 60;
    }, 0);
  return {
    requests: perMember('requests') * other.members,
    bytes: perMember('bytes') * other.members,
    functionRuns: askedRuns(learnt) * other.members + following,
    readUnits: perMember('readUnits') * other.members,
    writeUnits: perMember('writeUnits') * other.members,
    // a request also waits for others' locks and for the disk, which the model knows only as a factor
    p95: (played95(learnt, other) * weighed95(learnt.steps)) / played95(learnt, learnt),
  };
};

/** All steps' p95 in one figure: each weighs as often as it was played. */
const weighed95 = (steps: readonly { readonly count: number; readonly p95: number }[]): number =>
  steps.reduce((sum, { count, p95 }) => sum + p95 * count, 0) / steps.reduce((sum, { count }) => sum + count, 0);

/**
 * Plays the requests of a run through a machine of two processors that all of them share. Together they take the processor
 * time that was measured for a member, each as its usual time says.
 */
const played95 = (learnt: LoadRun, run: Pick<LoadRun, 'members' | 'minutes' | 'peak'>): number => {
  const random = chance(11);
  const milliseconds = run.minutes * 60 * SECOND;
  const steps = learnt.steps
    .filter(({ count }) => count > 0)
    .map(({ step, count, p50, p95 }) => {
      const usual = Math.max(1, p50);
      // times of one kind are spread as a bell on a logarithmic ruler: its width is what p95 says beside p50
      const width = Math.log(Math.max(1.05, p95 / usual)) / 1.645;
      return { step, each: count / learnt.members, usual, width };
    });
  const work = learnt.processorInTheHour / steps.reduce((sum, { each, usual }) => sum + each * usual, 0);
  const requests = arrivals(run.members, milliseconds, run.peak, random)
    .flatMap((come) =>
      steps.flatMap(({ step, each, usual, width }) => {
        const times = Math.floor(each) + (random() < each % 1 ? 1 : 0);
        return Array.from({ length: times }, (_, index) => ({
          step,
          at: ofStaff.has(step) ? random() * milliseconds : come + afterArrival(step, index),
          // the mean of such a bell is wider than its middle by half the square of its width
          work: work * usual * Math.exp(width * bell(random) - width ** 2 / 2),
        }));
      }),
    )
    .sort((a, b) => a.at - b.at);
  const times = sharedTimes(
    requests.map(({ at }) => at),
    requests.map((request) => request.work),
    PROCESSORS,
  );
  const byStep = Map.groupBy(requests.keys(), (at) => (requests[at] as (typeof requests)[number]).step);
  return weighed95(
    [...byStep.values()].map((own) => {
      const sorted = own.map((at) => times[at] as number).toSorted((a, b) => a - b);
      return { count: sorted.length, p95: quantile(sorted, 0.95) };
    }),
  );
};

const ofStaff: ReadonlySet<string> = new Set(['desk', 'lead']);

/** Milliseconds from the arrival until a member's step begins, as the load run plays it. */
const afterArrival = (step: string, index: number): number => {
  if (step === 'look') return (PLAN.vote + (index + 1) * POLL_SECONDS.open) * SECOND;
  return step in PLAN ? PLAN[step as keyof typeof PLAN] * SECOND : 0;
};

const bell = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(Math.max(1e-12, random()))) * Math.cos(2 * Math.PI * random());

/** The run that was held out beside what is foretold of it. */
export const compareRuns = (learnt: LoadRun, heldOut: LoadRun): Compared[] => {
  const predicted = predict(learnt, heldOut);
  const of = (figure: 'requests' | 'bytes' | 'functionRuns' | 'readUnits' | 'writeUnits'): Compared => ({
    figure,
    measured: heldOut.perMember[figure] * heldOut.members,
    predicted: predicted[figure],
    within: 0.2,
  });
  return [
    of('requests'),
    of('bytes'),
    of('functionRuns'),
    of('readUnits'),
    of('writeUnits'),
    { figure: 'p95 of all steps, ms', measured: weighed95(heldOut.steps), predicted: predicted.p95, within: 0.5 },
  ];
};
