import * as v from 'valibot';
import { Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { renewPass } from './renewal.ts';

/** Days on which this person saw a page: the last one that was noted, and those the server does not know of yet. */
const Seen = v.object({ told: v.optional(Day), waiting: v.array(Day) });
type Seen = v.InferOutput<typeof Seen>;

/** What a renewal answers about the days that it told. */
const Taken = v.object({ opened: v.optional(v.array(Day), []) });

/** Days kept for later at most; older ones would not count on their own day any more. */
const KEPT_DAYS = 4;

/**
 * Tells once a day that a page was seen, so that accesses can be reported although files are read without a function.
 * It is told with the renewal of the pass, which a first look on a day mostly asks for anyway: `taken` are the days that
 * the last one told. Only while somebody looks; never from the service worker. Source: floor plan §5.9.
 */
export const tellOpened = (memberId: string, taken: () => readonly Day[]): (() => void) => {
  const under = `opened:${memberId}`;
  let telling = false;
  const seen = async (): Promise<void> => {
    if (document.visibilityState !== 'visible' || telling) return;
    const today = dayOf(instantOf(Date.now()));
    const known = read(under);
    const days = new Set([...known.waiting, ...(known.told === today ? [] : [today])]);
    const waiting = [...days]
      .filter((day) => !taken().includes(day))
      .toSorted()
      .slice(-KEPT_DAYS);
    if (known.told !== today || days.size > waiting.length) write(under, { told: today, waiting });
    if (waiting.length === 0) return;
    telling = true;
    telling = (await tell(under, waiting)) === 'not now';
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

/** A server that is pressed takes none, and is not asked again before the page is opened anew. What is not taken waits. */
const tell = async (under: string, days: readonly Day[]): Promise<'told' | 'not now' | 'offline'> => {
  const answer = await renewPass(days);
  if (!answer.ok) return 'offline';
  const parsed = v.safeParse(Taken, answer.value);
  const opened = parsed.success ? parsed.output.opened : [];
  const now = read(under);
  write(under, { ...now, waiting: now.waiting.filter((day) => !opened.includes(day)) });
  return opened.length > 0 ? 'told' : 'not now';
};

const read = (under: string): Seen => {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Seen), localStorage.getItem(under));
  return parsed.success ? parsed.output : { waiting: [] };
};

const write = (under: string, seen: Seen): void => localStorage.setItem(under, JSON.stringify(seen));
