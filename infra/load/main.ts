import { parseArgs } from 'node:util';
import { arrivals, chance } from './arrivals.ts';
import { compare, type Hall, newSteps, nothingThanked, openHall, playEvening } from './evening.ts';
import { table } from './measure.ts';
import { startCopy } from './own-copy.ts';
import { populate } from './population.ts';

/**
 * `npm run load -- --members 2000 --minutes 2 [--json]`: starts a copy of everything, brings members in, and plays the
 * meeting hour against it: arrivals with a peak, a third of them cold, every check-in sent twice, an opinion, a vote.
 * It stops by itself; it only ever speaks to the copy it started on this machine.
 */
const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    members: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '2' },
    peak: { type: 'string', default: '3' },
    cold: { type: 'string', default: '0.33' },
    branch: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const numberFrom = (name: keyof typeof values, least: number, most: number): number => {
  const number = Number(values[name]);
  if (Number.isFinite(number) && number >= least && number <= most) return number;
  console.error(`--${name} takes a number from ${least} to ${most}.`);
  process.exit(1);
};
const members = numberFrom('members', 1, 100_000);
const minutes = numberFrom('minutes', 0.1, 60);
const peak = numberFrom('peak', 1, 6);
const cold = numberFrom('cold', 0, 1);
const perBranch = numberFrom('branch', 3, 100);
const random = chance(numberFrom('seed', 0, 2 ** 31));
const tell = (line: string) => console.error(line);

interface Counters {
  readonly functions: Readonly<Record<string, { readonly invocations: number }>>;
  readonly capacity: Readonly<Record<string, number>>;
}
const counters = async (url: string): Promise<Counters> =>
  (await (await fetch(`${url}/_local/counters`)).json()) as Counters;

const copy = await startCopy({ seed: 'empty', metered: true }, tell);
try {
  const branches = await populate(copy.url, copy.dataDir, { count: members, perBranch, tell });
  const halls: Hall[] = [];
  for (const branch of branches) halls.push(await openHall(branch, Date.now()));
  tell(`${halls.length} halls are open; ${members} members arrive in ${minutes} minutes`);

  const people = halls.flatMap((hall) => hall.members.map((member) => ({ hall, member })));
  // neighbours do not arrive together: the order of arrival mixes the branches
  const order = people
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
  const times = arrivals(members, minutes * 60_000, peak, random);
  const steps = newSteps();
  const thanked = new Map(halls.map((hall) => [hall.meetingId, nothingThanked()]));
  let requests = 0;
  let bytes = 0;
  const before = await counters(copy.url);
  const begun = performance.now();
  await Promise.all(
    order.map(async ({ hall, member }, index) => {
      const startedMs = begun + (times[index] ?? 0);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, startedMs - performance.now())));
      await playEvening(hall, member, {
        cold: random() < cold,
        startedMs,
        steps,
        thanked: thanked.get(hall.meetingId) ?? nothingThanked(),
        count: (size) => {
          requests++;
          bytes += size;
        },
      });
    }),
  );
  // what follows from the acts by streams and queues belongs to their cost
  await settled(copy.url);
  const after = await counters(copy.url);
  const seconds = (performance.now() - begun) / 1000;

  const sum = { acknowledged: 0, stored: 0, lost: 0, doubled: 0 };
  for (const hall of halls) {
    const found = await compare(hall, thanked.get(hall.meetingId) ?? nothingThanked());
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += found[key];
  }
  const runsOf = ({ functions }: Counters, name: string) => functions[name]?.invocations ?? 0;
  const runs = Object.keys(after.functions)
    .map((name) => ({ name, runs: runsOf(after, name) - runsOf(before, name) }))
    .filter((row) => row.runs > 0)
    .sort((a, b) => b.runs - a.runs);
  const each = (value: number) => Math.round((value / members) * 100) / 100;
  const perMember = {
    requests: each(requests),
    bytes: Math.round(bytes / members),
    functionRuns: each(runs.reduce((all, row) => all + row.runs, 0)),
    capacityUnits: each(total(after.capacity) - total(before.capacity)),
  };
  const figures = Object.values(steps).map((step) => step.figures());
  if (values.json) {
    console.log(
      JSON.stringify({
        members,
        minutes,
        peak,
        cold,
        seconds: Math.round(seconds),
        steps: figures,
        perMember,
        runs,
        ...sum,
      }),
    );
  } else {
    console.log(
      table(
        ['step', 'count', 'failed', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'],
        figures.map(({ step, count, failed, p50, p95, p99, max }) => [step, count, failed, p50, p95, p99, max]),
      ),
    );
    console.log(
      `\nper member: ${Object.entries(perMember)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}`,
    );
    console.log(
      table(
        ['function', 'runs', 'per member'],
        runs.map((row) => [row.name, row.runs, each(row.runs)]),
      ),
    );
    console.log(`acknowledged ${sum.acknowledged}, stored ${sum.stored}, lost ${sum.lost}, doubled ${sum.doubled}`);
  }
  if (sum.lost > 0 || sum.doubled > 0) process.exitCode = 1;
} finally {
  await copy.end();
}

async function settled(url: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (performance.now() < end) {
    const { streams, queues } = (await (await fetch(`${url}/_local/lag`)).json()) as {
      streams: readonly { pending: number }[];
      queues: readonly { waiting: number; inFlight: number }[];
    };
    const left =
      streams.reduce((sum, { pending }) => sum + pending, 0) +
      queues.reduce((sum, it) => sum + it.waiting + it.inFlight, 0);
    if (left === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function total(runs: Readonly<Record<string, number>>): number {
  return Object.values(runs).reduce((all, one) => all + one, 0);
}
