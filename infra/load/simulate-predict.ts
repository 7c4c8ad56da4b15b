import * as v from 'valibot';
import { arrivals, chance } from './arrivals.ts';
import { ofMembers } from './counts.ts';
import { gatheredRuns, lanesFrom, quantile, queueTimes } from './simulate-model.ts';

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
const SERVERS = 2;
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
  const scale = workFrom(learnt);
  return {
    requests: perMember('requests') * other.members,
    bytes: perMember('bytes') * other.members,
    functionRuns: askedRuns(learnt) * other.members + following,
    readUnits: perMember('readUnits') * other.members,
    writeUnits: perMember('writeUnits') * other.members,
    p95: modelled95(learnt, other, scale),
  };
};

/** All steps' p95 in one figure: each weighs as often as it was played. */
export const measured95 = ({ steps }: LoadRun): number => {
  const played = steps.filter(({ count }) => count > 0);
  const all = played.reduce((sum, { count }) => sum + count, 0);
  return played.reduce((sum, { count, p95 }) => sum + p95 * count, 0) / all;
};

/** By how much a step's work is longer or shorter than its usual time, so that the model shows the p95 that was measured. */
const workFrom = (learnt: LoadRun): number => {
  const wanted = measured95(learnt);
  let [low, high] = [0.01, 10];
  for (let step = 0; step < 24; step++) {
    const middle = (low + high) / 2;
    if (modelled95(learnt, learnt, middle) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** Plays the requests of a run through a machine of two processors that does one after the other. */
const modelled95 = (learnt: LoadRun, run: Pick<LoadRun, 'members' | 'minutes' | 'peak'>, scale: number): number => {
  const random = chance(11);
  const come = arrivals(run.members, run.minutes * 60 * SECOND, run.peak, random);
  const played = learnt.steps.filter(({ count }) => count > 0);
  const requests = come
    .flatMap((at) =>
      played.flatMap(({ step, count, p50, p95 }, index) => {
        if (random() > count / learnt.members) return [];
        // times of one kind are spread as a bell on a logarithmic ruler: its width is what p95 says beside p50
        const width = Math.log(Math.max(1.05, p95 / Math.max(1, p50))) / 1.645;
        const work = scale * Math.max(1, p50) * Math.exp(width * bell(random));
        return [{ step, at: at + index * SECOND, work }];
      }),
    )
    .sort((a, b) => a.at - b.at);
  const times = queueTimes(
    requests.map(({ at }) => at),
    requests.map(({ work }) => work),
    SERVERS,
  );
  const byStep = played.map(({ step }) => {
    const own = requests.flatMap((request, at) => (request.step === step ? [times[at] as number] : []));
    return {
      count: own.length,
      p95: quantile(
        own.toSorted((a, b) => a - b),
        0.95,
      ),
    };
  });
  const all = byStep.reduce((sum, { count }) => sum + count, 0);
  return byStep.reduce((sum, { count, p95 }) => sum + p95 * count, 0) / all;
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
    { figure: 'p95 of all steps, ms', measured: measured95(heldOut), predicted: predicted.p95, within: 0.5 },
  ];
};
