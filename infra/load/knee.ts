import { type Hour, type HourOptions, playHour } from './hour.ts';
import type { Branch } from './population.ts';

/** Every step's p95 within this many milliseconds, and fewer errors than this share: the mark of R1. */
export const mark = { p95: 1_500, errors: 0.001 } as const;

export const holds = ({ steps, errors, lost }: Pick<Hour, 'steps' | 'errors' | 'lost'>): boolean =>
  lost === 0 && errors < mark.errors && steps.every(({ p95 }) => p95 <= mark.p95);

/** Seconds of one try. */
const TRY_SECONDS = 20;

interface Try {
  readonly rate: number;
  readonly held: boolean;
  readonly p95: number;
  readonly errors: number;
}

/** The highest even rate of members a second that holds: doubled until one does not, then halved towards it. */
export const findKnee = async (
  url: string,
  branches: readonly Branch[],
  options: HourOptions,
): Promise<{ knee: number; tries: readonly Try[] }> => {
  const tries: Try[] = [];
  const most = branches.reduce((sum, { members }) => sum + members.length, 0) / TRY_SECONDS;
  const attempt = async (rate: number): Promise<boolean> => {
    let left = Math.round(rate * TRY_SECONDS);
    const some = branches.filter(({ members }) => {
      const taken = left > 0;
      left -= members.length;
      return taken;
    });
    const hour = await playHour(url, some, { ...options, peak: 1, minutes: TRY_SECONDS / 60 });
    const held = holds(hour);
    const p95 = Math.max(...hour.steps.map((step) => step.p95));
    tries.push({ rate, held, p95, errors: hour.errors });
    options.tell(`${rate} members a second: p95 ${p95} ms, errors ${hour.errors * 100} %`);
    return held;
  };
  let low = 0;
  let high = Math.min(10, most);
  while (high <= most && (await attempt(high))) {
    low = high;
    if (high === most) return { knee: low, tries };
    high = Math.min(high * 2, most);
  }
  // between rates less than two apart lies no other that is worth a try
  for (let round = 0; round < 3 && high - low >= 2; round++) {
    const middle = Math.round((low + high) / 2);
    if (await attempt(middle)) low = middle;
    else high = middle;
  }
  return { knee: low, tries };
};
