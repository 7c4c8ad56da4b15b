import * as v from 'valibot';
import { Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { ask } from './api.ts';

/** Days on which this person saw a page: the last one the server knows of, and those it was not told yet. */
const Seen = v.object({ told: v.optional(Day), waiting: v.array(Day) });
type Seen = v.InferOutput<typeof Seen>;

/** Days kept for later at most; older ones would not count on their own day any more. */
const KEPT_DAYS = 4;

/**
 * Tells once a day that a page was seen, so that accesses can be reported although files are read without a function.
 * Only while somebody looks; never from the service worker. Source: floor plan §5.9.
 */
export const tellOpened = (memberId: string): (() => void) => {
  const under = `opened:${memberId}`;
  let telling = false;
  const seen = async (): Promise<void> => {
    if (document.visibilityState !== 'visible' || telling) return;
    const today = dayOf(instantOf(Date.now()));
    const known = read(under);
    if (known.told === today && known.waiting.length === 0) return;
    const days = new Set([...known.waiting, ...(known.told === today ? [] : [today])]);
    write(under, { told: today, waiting: [...days].toSorted().slice(-KEPT_DAYS) });
    telling = true;
    await tell(under);
    telling = false;
  };
  const look = () => void seen();
  look();
  document.addEventListener('visibilitychange', look);
  window.addEventListener('online', look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    window.removeEventListener('online', look);
  };
};

/** Tells the days that wait, in order, until one cannot be told now. */
const tell = async (under: string): Promise<void> => {
  const opened = await operation();
  if (!opened) return;
  for (const day of read(under).waiting) {
    if (!(await ask(opened, { day })).ok) return;
    const now = read(under);
    write(under, { ...now, waiting: now.waiting.filter((other) => other !== day) });
  }
};

/** The operation comes after the page, since nothing on it needs it; without a network it may not come at all. */
const operation = async () => {
  try {
    return (await import('#shared/reports/own-contract.ts')).opened;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
};

const read = (under: string): Seen => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Seen), localStorage.getItem(under));
  return parsed.success ? parsed.output : { waiting: [] };
};

const write = (under: string, seen: Seen): void => localStorage.setItem(under, JSON.stringify(seen));
