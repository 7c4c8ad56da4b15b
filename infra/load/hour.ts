import { arrivals, chance } from './arrivals.ts';
import { type Cost, costsBetween, countersOf, processorBetween, processorTimeOf, sumOf } from './counts.ts';
import { compare, type Hall, nothingThanked, openHall } from './evening.ts';
import { bytesOfLooks } from './long-evening.ts';
import { startLooking } from './looking.ts';
import type { StepFigures } from './measure.ts';
import { type Habit, newSteps, playEvening, prepare } from './member.ts';
import type { Branch } from './population.ts';
import { keepDesk } from './staff.ts';

export interface HourOptions {
  readonly minutes: number;
  /** How many times its mean the rate of arrivals rises to; 1 is an even rate. */
  readonly peak: number;
  /** Share of phones that nobody opened this afternoon. */
  readonly cold: number;
  /** Looks of a lit phone after its last act. */
  readonly looks: number;
  readonly seed: number;
  readonly tell: (line: string) => void;
}

/** What one meeting hour took and cost. Units, runs and puts are per member and hold all that follows by streams and queues. */
export interface Hour {
  readonly members: number;
  readonly halls: number;
  readonly minutes: number;
  readonly peak: number;
  readonly cold: number;
  /** From the first arrival until all that follows was done. */
  readonly seconds: number;
  readonly steps: readonly StepFigures[];
  readonly perMember: {
    readonly requests: number;
    /** Bytes of the hour itself, of a phone that came cold (without the site's own files) and of a prepared one. */
    readonly bytesCold: number;
    readonly bytesPrepared: number;
    /** Bytes of the afternoon's preparation. */
    readonly bytesAfternoon: number;
    readonly polls: number;
    readonly bytesOfAPoll: number;
    /** Looks of a phone that is lit for all of a meeting of 90 minutes, at the sizes of this run (long-evening.ts). */
    readonly bytesOfNinetyMinutes: number;
    readonly functionRuns: number;
    readonly readUnits: number;
    readonly writeUnits: number;
    readonly tableCalls: number;
    readonly puts: number;
  };
  /** What staff's own acts and looks cost, for one hall. */
  readonly perHall: { readonly functionRuns: number; readonly readUnits: number; readonly writeUnits: number };
  readonly costs: readonly Cost[];
  /** Milliseconds of processor time per member by who took them: the phones of this program, the edge and engines, each function. */
  readonly processor: Readonly<Record<string, number>>;
  /** The same of all together from the first arrival on, without the afternoon. */
  readonly processorInTheHour: number;
  /** Seconds since the oldest check-in thanked for that a phone does not show yet, over all looks. */
  readonly liveAge: { readonly p50: number; readonly p95: number; readonly max: number };
  readonly errors: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  readonly stored: number;
  readonly lost: number;
  readonly doubled: number;
}

/** Part of the hour within which the secretaries of all halls open their desks. */
const STAFF_SPREAD = 12;

/** Of three halls one has its secretary alone, one a scribe at a desk of his own, one a screen on its wall. */
const [SCRIBE, WALL] = [1, 2];

/** Plays the hour in branches that are signed in, against the copy at this address, and compares what is stored. */
export const playHour = async (url: string, branches: readonly Branch[], options: HourOptions): Promise<Hour> => {
  const { minutes, peak, tell } = options;
  const random = chance(options.seed);
  const halls: Hall[] = [];
  await inTurns(4, [...branches.entries()], async ([at, branch]) => {
    halls[at] = await openHall(branch, Date.now(), at % 3 === SCRIBE ? branch.members[1] : undefined);
  });
  const people = shuffled(
    halls.flatMap((hall) => hall.members.map((member) => ({ hall, member }))),
    random,
  ).map((one, index, all) => ({ ...one, habit: habitOf(index, all.length, options.cold) }));
  const members = people.length;
  await settled(url);
  const before = await countersOf(url);
  const processorBefore = await processorTimeOf(url);

  const bytes = { cold: 0, prepared: 0, afternoon: 0 };
  let requests = 0;
  const counting = (part: keyof typeof bytes) => (size: number) => {
    requests++;
    bytes[part] += size;
  };
  const afternoon = newSteps();
  const ready = people.filter(({ habit }) => habit.prepared);
  await inTurns(16, ready, ({ hall, member }) =>
    prepare({ hall, person: member.person }, afternoon, counting('afternoon')),
  );
  await settled(url);

  tell(`${halls.length} halls are open; ${members} members arrive in ${minutes} minutes, ${ready.length} prepared`);
  const steps = newSteps();
  const looking = startLooking({ looks: options.looks, random });
  const thanked = new Map(halls.map((hall) => [hall.meetingId, nothingThanked()]));
  const times = arrivals(members, minutes * 60_000, peak, random);
  const processorAtTheDoor = await processorTimeOf(url);
  const begun = performance.now();
  const milliseconds = minutes * 60_000;
  const staff = halls.map((hall, at) => {
    const behind = (random() * milliseconds) / STAFF_SPREAD;
    return keepDesk(hall, { steps, looking, milliseconds, behind, wall: at % 3 === WALL });
  });
  await Promise.all(
    people.map(async ({ hall, member, habit }, index) => {
      const startedMs = begun + (times[index] ?? 0);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, startedMs - performance.now())));
      await playEvening({
        hall,
        member,
        habit,
        startedMs,
        steps,
        looking,
        thanked: thanked.get(hall.meetingId) ?? nothingThanked(),
        count: counting(habit.prepared ? 'prepared' : 'cold'),
      });
    }),
  );
  looking.stop();
  await Promise.all(staff);
  // what follows from the acts by streams and queues belongs to their cost
  await settled(url);
  const costs = costsBetween(before, await countersOf(url));
  const processorAfter = await processorTimeOf(url);
  const processor = processorBetween(processorBefore, processorAfter, members);
  const inTheHour = Object.values(processorBetween(processorAtTheDoor, processorAfter, members));
  const seconds = (performance.now() - begun) / 1000;

  const found = { acknowledged: 0, stored: 0, lost: 0, doubled: 0 };
  await inTurns(4, halls, async (hall) => {
    const one = await compare(hall, thanked.get(hall.meetingId) ?? nothingThanked());
    for (const key of Object.keys(found) as (keyof typeof found)[]) found[key] += one[key];
  });
  const [firstHall] = halls;
  const bytesOfNinetyMinutes = firstHall ? await bytesOfLooks(firstHall) : 0;
  const own = sumOf(costs, 'members');
  const staffs = sumOf(costs, 'staff');
  const all = Object.values(steps);
  const asked = all.reduce((sum, step) => sum + step.figures().count, 0);
  const failed = all.reduce((sum, step) => sum + step.failed, 0);
  const ages = looking.ages.figures();
  const each = (value: number, count = members) => Math.round((value / Math.max(1, count)) * 100) / 100;
  return {
    members,
    halls: halls.length,
    minutes,
    peak,
    cold: options.cold,
    seconds: Math.round(seconds),
    steps: all.map((step) => step.figures()).filter(({ count }) => count > 0),
    perMember: {
      requests: each(requests),
      bytesCold: Math.round(bytes.cold / Math.max(1, members - ready.length)),
      bytesPrepared: Math.round(bytes.prepared / Math.max(1, ready.length)),
      bytesAfternoon: Math.round(bytes.afternoon / Math.max(1, ready.length)),
      polls: each(looking.polls.count),
      bytesOfAPoll: Math.round(looking.polls.bytes / Math.max(1, looking.polls.count)),
      bytesOfNinetyMinutes,
      functionRuns: each(own.runs),
      readUnits: each(own.readUnits),
      writeUnits: each(own.writeUnits),
      tableCalls: each(own.calls),
      puts: each(own.puts),
    },
    perHall: {
      functionRuns: each(staffs.runs, halls.length),
      readUnits: each(staffs.readUnits, halls.length),
      writeUnits: each(staffs.writeUnits, halls.length),
    },
    costs,
    processor,
    processorInTheHour: Math.round(inTheHour.reduce((sum, time) => sum + time, 0) * 100) / 100,
    liveAge: { p50: ages.p50 / 1000, p95: ages.p95 / 1000, max: ages.max / 1000 },
    errors: Math.round((failed / Math.max(1, asked)) * 100_000) / 100_000,
    failures: Object.fromEntries(
      all.flatMap((step) => [...step.failures].map(([status, count]) => [`${step.name} ${status}`, count])),
    ),
    ...found,
  };
};

/** Every habit by its place in a mixed row, so that their numbers are exact and repeat. */
const habitOf = (index: number, of: number, cold: number): Habit => ({
  prepared: index >= Math.round(of * cold),
  twice: index % 20 === 3,
  brokenOff: index % 40 === 7,
  slow: index % 10 === 9,
});

/** Neighbours do not arrive together: the order mixes the branches. */
const shuffled = <T>(all: readonly T[], random: () => number): T[] =>
  all
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);

const inTurns = async <T>(atOnce: number, all: readonly T[], work: (one: T) => Promise<void>): Promise<void> => {
  const next = all.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const one of next) await work(one);
    }),
  );
};

/** Waits until streams and queues have nothing left. */
export const settled = async (url: string): Promise<void> => {
  await (await fetch(`${url}/_local/lag?settle=120`)).json();
};
