/** What the local cloud has counted, as far as a measurement asks. */
export interface Counters {
  readonly functions: Readonly<
    Record<string, { readonly invocations: number; readonly operations: Readonly<Record<string, Counted>> }>
  >;
}

interface Counted {
  readonly runs: number;
  readonly calls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly puts: number;
}

/** What one operation, or the stream and queue work of one function, cost in all. */
export interface Cost extends Counted {
  readonly function: string;
  /** Empty for work that follows from streams and queues. */
  readonly operation: string;
}

export const countersOf = async (url: string): Promise<Counters> =>
  (await (await fetch(`${url}/_local/counters`)).json()) as Counters;

/** Processor time of the copy, in milliseconds, by who took it; of this program too. */
export interface ProcessorTime {
  readonly phones: number;
  readonly cloud: number;
  readonly beside: number;
  readonly tables: number;
  readonly functions: Readonly<Record<string, number>>;
}

export const processorTimeOf = async (url: string): Promise<ProcessorTime> => {
  const { user, system } = process.cpuUsage();
  const copy = (await (await fetch(`${url}/_local/processor`)).json()) as Omit<ProcessorTime, 'phones'>;
  return { ...copy, phones: (user + system) / 1_000 };
};

/** Who took how much of a member's processor time between two looks, in milliseconds, the most first. */
export const processorBetween = (
  before: ProcessorTime,
  after: ProcessorTime,
  members: number,
): Readonly<Record<string, number>> => {
  const parts = ({ functions, ...rest }: ProcessorTime) =>
    Object.entries({ ...rest, ...functions }).map(([name, time]) => [shortName(name), time] as const);
  const then = new Map(parts(before));
  return Object.fromEntries(
    parts(after)
      .map(([name, time]) => [name, Math.round(((time - (then.get(name) ?? 0)) / members) * 100) / 100] as const)
      .filter(([, time]) => time > 0)
      .sort(([, a], [, b]) => b - a),
  );
};

const nothing: Counted = { runs: 0, calls: 0, readUnits: 0, writeUnits: 0, puts: 0 };

/** What was counted between two moments, the dearest first. */
export const costsBetween = (before: Counters, after: Counters): Cost[] =>
  Object.entries(after.functions)
    .flatMap(([name, { operations }]) =>
      Object.entries(operations).map(([operation, now]) => {
        const then = before.functions[name]?.operations[operation] ?? nothing;
        return {
          function: shortName(name),
          operation,
          runs: now.runs - then.runs,
          calls: now.calls - then.calls,
          readUnits: now.readUnits - then.readUnits,
          writeUnits: now.writeUnits - then.writeUnits,
          puts: now.puts - then.puts,
        };
      }),
    )
    .filter(({ runs }) => runs > 0)
    .sort((a, b) => b.readUnits + b.writeUnits - a.readUnits - a.writeUnits);

/** The name that infra gave, without the hash that the template adds. */
const shortName = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

/** What members ask themselves, and what follows from it without being asked. The rest is the staff's. */
export const ofMembers = /^(|access\.renewSession|meetings\.(mine|checkIn|giveOpinion|vote))$/;

export const sumOf = (costs: readonly Cost[], whose: 'members' | 'staff'): Counted =>
  costs
    .filter(({ operation }) => ofMembers.test(operation) === (whose === 'members'))
    .reduce(
      (sum, cost) => ({
        runs: sum.runs + cost.runs,
        calls: sum.calls + cost.calls,
        readUnits: sum.readUnits + cost.readUnits,
        writeUnits: sum.writeUnits + cost.writeUnits,
        puts: sum.puts + cost.puts,
      }),
      nothing,
    );
