import { DESK_MS } from '#shared/meetings/looks.ts';
import type { Call, Design, Limit } from './simulate-model.ts';
import quotas from './simulate-quotas.json' with { type: 'json' };

export const limits: readonly Limit[] = quotas.limits;
/** After the tables' warm throughput was raised for the hour. */
export const raisedLimits: readonly Limit[] = quotas.limits.map((limit) => ({
  ...limit,
  ...('raised' in limit && { perSecond: limit.raised, burst: limit.raised }),
}));
export const quotaDay: string = quotas.asOf;

/** What a member's whole evening took, learnt from a load run. */
export interface Measured {
  /** Members of that run. */
  readonly learntFrom: number;
  readonly perMember: {
    /** Requests that reached a function, from the phone. */
    readonly apiRequests: number;
    /** Files read at the edge when opening the meeting. */
    readonly edgeRequests: number;
    /** Runs that follow by streams and queues. */
    readonly followingRuns: number;
    readonly readUnits: number;
    readonly writeUnits: number;
    readonly filePuts: number;
    /** Bytes of opening and of acts. */
    readonly bytes: number;
    /** Bytes of a lit phone's looks through a meeting. */
    readonly bytesOfLooks: number;
  };
  /** A hall's desk: what one look at it reads, and what it writes in an evening. */
  readonly desk: { readonly membersPerHall: number; readonly readUnits: number; readonly writeUnits: number };
}

/** Seconds an own request runs, and a gigabyte's part it has. Source: burst.md §2.2 (512 MB, 8 ms); not measured on AWS. */
const OURS = { runSeconds: 0.008, gigabytes: 0.5, logBytes: 200 };
/** Seconds that members stay, and between two looks at the live file while no vote is open. */
const STAY_SECONDS = 3_600;
const LOOK_EVERY = 20;
/** Looks of a desk: at the whole of it all the time, at what moves while people vote or come and go, a third of it. */
const DESK_LOOKS = STAY_SECONDS * (1_000 / DESK_MS.whole + 1_000 / DESK_MS.moving / 3);

/** Counts of a member's whole evening, by the names that prices have. */
export type Amounts = Readonly<Record<string, number>>;

const wholeSeconds = STAY_SECONDS;

/**
 * The handbook: shared things are files at the edge, own acts are requests with what follows from them by streams; waiting
 * acts stay on the phone and are sent again with full jitter until they are thanked for.
 */
export const handbook = ({ perMember, desk }: Measured): { readonly design: Design; readonly amounts: Amounts } => {
  const { apiRequests, edgeRequests, followingRuns, readUnits, writeUnits, filePuts, bytes, bytesOfLooks } = perMember;
  const deskLooks = DESK_LOOKS / desk.membersPerHall;
  const deskRate = deskLooks / STAY_SECONDS;
  const acts = Math.max(1, Math.round(apiRequests));
  const share = 1 / acts;
  const open: Call = { after: 0, takes: { 'edge requests': edgeRequests } };
  const act = (index: number): Call => ({
    after: index * 2,
    takes: {
      'edge requests': apiRequests * share,
      'api requests': apiRequests * share,
      'function requests': (apiRequests + followingRuns) * share,
      'function concurrency': (apiRequests + followingRuns) * share * OURS.runSeconds,
      'table reads': readUnits * share,
      'table writes': writeUnits * share,
      'file puts': filePuts * share,
    },
  });
  const looks = wholeSeconds / LOOK_EVERY;
  return {
    design: {
      name: 'handbook',
      callsOf: () => [open, ...Array.from({ length: acts }, (_, index) => act(index))],
      background: {
        'edge requests': 1 / LOOK_EVERY + deskRate,
        'api requests': deskRate,
        'function requests': deskRate,
        'function concurrency': deskRate * OURS.runSeconds,
        'table reads': deskRate * desk.readUnits,
        'table writes': desk.writeUnits / desk.membersPerHall / STAY_SECONDS,
      },
      // three tries while the person looks, then the outbox: it never gives up
      waitAfter: (tries, random) =>
        tries <= 3 ? random() * Math.min(4, 2 ** (tries - 1)) : random() * Math.min(300, 5 * 2 ** (tries - 4)),
    },
    amounts: {
      'edge requests': edgeRequests + apiRequests + looks + deskLooks,
      'gigabytes to phones': (bytes + bytesOfLooks) / 1e9,
      'api requests': apiRequests + deskLooks,
      'function requests': apiRequests + followingRuns + deskLooks,
      'gigabyte-seconds': (apiRequests + followingRuns + deskLooks) * OURS.runSeconds * OURS.gigabytes,
      'table reads': readUnits + deskLooks * desk.readUnits,
      'table writes': writeUnits + desk.writeUnits / desk.membersPerHall,
      'file puts': filePuts,
      'queue requests': followingRuns * 2,
      'log gigabytes': (writeUnits * OURS.logBytes) / 1e9,
    },
  };
};

/**
 * What is usually built: a sign-in with device and identity pool at the door, twelve screens of three calls with their
 * preflights, a question every five seconds for an hour, each answered by a function that reads. Source: burst.md §2.2 (a).
 */
const NAIVE = {
  screens: 12,
  runSeconds: 0.04,
  gigabytes: 0.25,
  pollEvery: 5,
  reads: 2,
  writes: 21,
  acts: 7,
  bytes: 5.8e6,
};

export const naive = (): { readonly design: Design; readonly amounts: Amounts } => {
  const ask = (after: number, calls: number, writes = 0): Call => ({
    after,
    takes: {
      'api requests': calls * 1.5,
      'function requests': calls,
      'function concurrency': calls * NAIVE.runSeconds,
      'table reads': calls * NAIVE.reads,
      'table writes': writes,
    },
  });
  const polls = wholeSeconds / NAIVE.pollEvery;
  const runs = polls + NAIVE.screens * 3 + 3;
  const signIn: Call[] = [
    'cognito sign-ins',
    'cognito challenges',
    'cognito user reads',
    'cognito devices',
    'identity pool',
  ].map((name) => ({ after: 0, takes: { [name]: 1 } }));
  const screens = Array.from({ length: NAIVE.screens }, (_, index) =>
    ask(index * 5, 3, index < NAIVE.acts ? NAIVE.writes / NAIVE.acts : 0),
  );
  return {
    design: {
      name: 'naive',
      callsOf: () => [{ after: 0, takes: { 'edge requests': 25 } }, ...signIn, ...screens],
      background: {
        'api requests': 1.5 / NAIVE.pollEvery,
        'function requests': 1 / NAIVE.pollEvery,
        'function concurrency': NAIVE.runSeconds / NAIVE.pollEvery,
        'table reads': NAIVE.reads / NAIVE.pollEvery,
      },
      // three attempts within a second, then an error page. Source: aws-amplify 6.22
      waitAfter: (tries, random) => (tries < 3 ? 0.1 * 2 ** tries + 0.1 * random() : undefined),
    },
    amounts: {
      'edge requests': 25,
      'gigabytes to phones': NAIVE.bytes / 1e9,
      'api requests': runs * 1.5,
      'function requests': runs,
      'gigabyte-seconds': runs * NAIVE.runSeconds * NAIVE.gigabytes,
      'table reads': runs * NAIVE.reads,
      'table writes': NAIVE.writes,
      'file puts': 0,
      'queue requests': 0,
      'log gigabytes': (runs * 1_000) / 1e9,
    },
  };
};

/** Dollars of one evening of so many members, before any free tier; what a month of identity costs is apart. */
export const priceOf = (amounts: Amounts, members: number): number =>
  quotas.prices.reduce((sum, { name, perMillion }) => sum + ((amounts[name] ?? 0) * members * perMillion) / 1e6, 0);
