import { arrivals } from './arrivals.ts';

/** A limit that fills like a bucket: so many units a second, and so many at once. */
export interface Limit {
  readonly name: string;
  readonly perSecond: number;
  readonly burst: number;
}

/** Something a member's phone asks for, and what it takes of each limit. */
export interface Call {
  /** Seconds after the arrival at which it is meant to begin; it waits for the one before. */
  readonly after: number;
  readonly takes: Readonly<Record<string, number>>;
}

/** How a way of building behaves, as far as limits and money see it. */
export interface Design {
  readonly name: string;
  /** The calls of one member, in order. */
  readonly callsOf: (random: () => number) => readonly Call[];
  /** What each present member takes of the limits in every second, without being asked: polls. */
  readonly background: Readonly<Record<string, number>>;
  /** Seconds until the next try after so many failed ones; nothing when it gives up and shows an error. */
  readonly waitAfter: (tries: number, random: () => number) => number | undefined;
}

export interface Evening {
  readonly members: number;
  /** All arrive within it. */
  readonly seconds: number;
  /** Highest rate of arrival over its mean. */
  readonly peak: number;
  readonly limits: readonly Limit[];
  readonly random: () => number;
  /** Members played one by one; more than these are played as so many times these, with limits scaled alike. */
  readonly most?: number;
}

export interface Played {
  /** Seconds that members waited beyond what they meant to, sorted. */
  readonly waits: readonly number[];
  readonly done: number;
  readonly givenUp: number;
  readonly tries: number;
  readonly refused: Readonly<Record<string, number>>;
  /** The first limit that refused, and when, in seconds from the first arrival. */
  readonly broke: { readonly limit: string; readonly at: number } | undefined;
  /** Most that was asked of each limit in ten seconds, as a share of what it gives in ten seconds. */
  readonly use: Readonly<Record<string, number>>;
}

/** Seconds over which use is looked at: shorter peaks are what buckets are for. */
const LOOK = 10;

/** Plays one evening call by call: each either gets what it takes of every limit at once, or is refused and tries again. */
export const play = (design: Design, evening: Evening): Played => {
  const { members, seconds, peak, random } = evening;
  const count = Math.min(members, evening.most ?? 4_000);
  const scale = members / count;
  const buckets = evening.limits.map((limit) => bucketOf(limit, scale));
  const byName = new Map(buckets.map((bucket) => [bucket.name, bucket]));
  const come = arrivals(count, seconds, peak, random);
  const queue = timeline<Person>();
  for (const at of come) {
    const calls = design.callsOf(random);
    if (calls.length > 0) queue.add(at, { arrived: at, calls, next: 0, tries: 0, waited: 0, meant: at });
  }
  let present = 0;
  let lastPolls = 0;
  const waits: number[] = [];
  let givenUp = 0;
  let tries = 0;
  let broke: Played['broke'];

  /** Those who are there take what their polls take, whoever else comes. */
  const poll = (now: number): void => {
    while (present < come.length && (come[present] as number) <= now) present++;
    const passed = now - lastPolls;
    if (passed < 1) return;
    for (const [name, each] of Object.entries(design.background)) {
      byName.get(name)?.drain(each * present * passed, now);
    }
    lastPolls = now;
  };

  for (let event = queue.take(); event; event = queue.take()) {
    const { at: now, what: person } = event;
    poll(now);
    const call = person.calls[person.next] as Call; // a person without calls left is not in the queue
    tries++;
    const asked = Object.entries(call.takes).flatMap(([name, units]) => {
      const bucket = byName.get(name);
      return bucket ? [{ bucket, units }] : [];
    });
    for (const { bucket, units } of asked) bucket.note(units, now);
    const lacking = asked.find(({ bucket, units }) => !bucket.has(units, now));
    if (lacking) {
      lacking.bucket.refused += 1;
      broke ??= { limit: lacking.bucket.name, at: now };
      person.tries++;
      const wait = design.waitAfter(person.tries, random);
      if (wait === undefined) givenUp++;
      else queue.add(now + wait, person);
      continue;
    }
    for (const { bucket, units } of asked) bucket.take(units);
    person.waited += now - person.meant;
    person.next++;
    person.tries = 0;
    const following = person.calls[person.next];
    if (following === undefined) waits.push(person.waited);
    else {
      person.meant = Math.max(now, person.arrived + following.after);
      queue.add(person.meant, person);
    }
  }
  return {
    waits: waits.sort((a, b) => a - b),
    done: Math.round(waits.length * scale),
    givenUp: Math.round(givenUp * scale),
    tries: Math.round(tries * scale),
    refused: Object.fromEntries(buckets.map(({ name, refused }) => [name, Math.round(refused * scale)])),
    broke,
    use: Object.fromEntries(buckets.map((bucket) => [bucket.name, bucket.use()])),
  };
};

interface Person {
  readonly arrived: number;
  readonly calls: readonly Call[];
  next: number;
  tries: number;
  waited: number;
  meant: number;
}

const bucketOf = ({ name, perSecond, burst }: Limit, scale: number) => {
  const rate = perSecond / scale;
  // one call must fit, however many members it stands for
  const most = Math.max(burst / scale, 1);
  const asked: number[] = [];
  let tokens = most;
  let filledAt = 0;
  const fill = (now: number): void => {
    tokens = Math.min(most, tokens + (now - filledAt) * rate);
    filledAt = now;
  };
  const note = (units: number, now: number): void => {
    const at = Math.floor(now / LOOK);
    asked[at] = (asked[at] ?? 0) + units;
  };
  return {
    name,
    refused: 0,
    note,
    has: (units: number, now: number): boolean => {
      fill(now);
      return tokens >= Math.min(units, most);
    },
    take: (units: number): void => {
      tokens = Math.max(0, tokens - units);
    },
    drain: (units: number, now: number): void => {
      fill(now);
      note(units, now);
      tokens = Math.max(0, tokens - units);
    },
    // seconds in which nothing was asked are holes; a long evening has more seconds than a call takes arguments
    use: (): number => asked.reduce((most, units) => Math.max(most, units), 0) / (rate * LOOK),
  };
};

/** What is to happen, taken out in the order of its time: a binary heap. */
const timeline = <T>() => {
  const heap: { at: number; what: T }[] = [];
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b] as { at: number; what: T }, heap[a] as { at: number; what: T }];
  };
  const before = (a: number, b: number): boolean => (heap[a]?.at ?? Infinity) < (heap[b]?.at ?? Infinity);
  return {
    size: (): number => heap.length,
    soonest: (): number | undefined => heap[0]?.at,
    add: (at: number, what: T): void => {
      heap.push({ at, what });
      for (let here = heap.length - 1; here > 0; ) {
        const up = (here - 1) >> 1;
        if (!before(here, up)) return;
        swap(here, up);
        here = up;
      }
    },
    take: (): { at: number; what: T } | undefined => {
      if (heap.length === 0) return undefined;
      swap(0, heap.length - 1);
      const first = heap.pop();
      for (let here = 0; ; ) {
        const left = 2 * here + 1;
        const least = before(left + 1, left) ? left + 1 : left;
        if (!before(least, here)) return first;
        swap(here, least);
        here = least;
      }
    },
  };
};

/** The value that so large a share of a sorted list does not exceed. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

/**
 * Runs of a function a second that gathers records for `window` seconds before it begins, when `rate` records a second are
 * dealt to `lanes` readers: each run begins with a first record and takes what comes within the window.
 */
export const gatheredRuns = (
  rate: number,
  { window, lanes }: { readonly window: number; readonly lanes: number },
): number => (rate <= 0 ? 0 : rate / (1 + (rate / lanes) * window));

/** How many readers share the work, so that `rate` records a second make so many runs a second. The inverse of the above. */
export const lanesFrom = (rate: number, runs: number, window: number): number =>
  runs >= rate ? Number.POSITIVE_INFINITY : (rate * window) / (rate / runs - 1);

/**
 * Milliseconds that requests are under way at a machine whose processors are shared by all that are, none getting more than
 * one: with `works` milliseconds of a processor each, in the order of their coming; nothing is dropped. What the local copy
 * is, when all of it stands on one machine.
 */
export const sharedTimes = (comes: readonly number[], works: readonly number[], processors: number): number[] => {
  const times = comes.map(() => 0);
  // each gets as much as any other, so what one that was there from the start would have got tells who is done next
  const underWay = timeline<number>();
  let [now, got] = [0, 0];
  const pass = (until: number): void => {
    got += (until - now) * Math.min(1, processors / Math.max(1, underWay.size()));
    now = until;
  };
  const doneNext = (): number =>
    now + ((underWay.soonest() ?? Infinity) - got) * Math.max(1, underWay.size() / processors);
  const endUntil = (moment: number): void => {
    while (underWay.size() > 0 && doneNext() <= moment) {
      pass(doneNext());
      const index = underWay.take()?.what as number; // one is under way
      times[index] = now - (comes[index] as number);
    }
  };
  for (const [index, at] of comes.entries()) {
    endUntil(at);
    pass(at);
    underWay.add(got + (works[index] ?? 0), index);
  }
  endUntil(Infinity);
  return times;
};
