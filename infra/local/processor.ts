import { readFileSync } from 'node:fs';

/** Processor time since the start, in milliseconds, by who took it. */
export interface ProcessorTime {
  /** The thread that is the edge, the API's door, buckets, queues, streams and schedules. */
  readonly cloud: number;
  /** Each function's thread, by logical id. */
  readonly functions: Readonly<Record<string, number>>;
  /** Compression, files, names and memory cleaned up beside the threads. */
  readonly beside: number;
  /** The tables' engine; nothing where its system does not tell. */
  readonly tables: number;
}

/** Clock ticks of a second in `/proc`: 100 on every Linux that Node runs on. */
const TICKS = 100;

/** What a process of this system has taken so far; 0 where there is no `/proc`. */
const millisecondsOf = (pid: number | undefined): number => {
  try {
    // after the name in brackets: state is the first field, user and system time the 12th and 13th. Source: proc(5)
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
};

const sum = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000;

/** Takes the time of all: what a run took is the difference of two looks. */
export const processorTime = async (
  functions: Promise<Readonly<Record<string, number>>>,
  enginePid: number | undefined,
): Promise<ProcessorTime> => {
  const threads = await functions;
  const cloud = 'threadCpuUsage' in process ? sum(process.threadCpuUsage()) : 0;
  const all = sum(process.cpuUsage());
  const beside = all - cloud - Object.values(threads).reduce((total, one) => total + one, 0);
  return { cloud, functions: threads, beside, tables: millisecondsOf(enginePid) };
};
