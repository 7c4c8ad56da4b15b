import { setTimeout as pause } from 'node:timers/promises';
import type { Functions, Outcome } from './functions.ts';

/** What goes wrong on purpose, each as a share of the calls from 0 to 1 unless it says otherwise. */
export interface Faults {
  /** Calls of functions to the tables that are refused for lack of capacity. */
  readonly throttle: number;
  /** Writes that meet another transaction. */
  readonly conflict: number;
  /** Milliseconds that each call to the tables takes longer. */
  readonly 'slow-engine': number;
  /** Answers of the API that are thrown away after the function has done its work. */
  readonly 'drop-responses': number;
  /** Batches of records that a function gets twice: from a queue at the same time, from a stream one after the other. */
  readonly 'duplicate-events': number;
  /** Batches from a queue that are shuffled and held back, so that later ones overtake them. */
  readonly 'reorder-events': number;
  /** 1: nobody reaches the staff pool. */
  readonly 'cognito-down': number;
  /** 1: the staff pool takes what is asked and never answers. */
  readonly 'cognito-hangs': number;
}

const none: Faults = {
  throttle: 0,
  conflict: 0,
  'slow-engine': 0,
  'drop-responses': 0,
  'duplicate-events': 0,
  'reorder-events': 0,
  'cognito-down': 0,
  'cognito-hangs': 0,
};

const isFault = (name: string): name is keyof Faults => Object.hasOwn(none, name);

/** `throttle=0.05,slow-engine=300`; throws one sentence for anything else. */
export const readFaults = (text: string): Faults => {
  const given = text.split(',').map((part) => {
    const [, name = '', value = ''] = /^([a-z-]+)=(\d+|\d*\.\d+)$/.exec(part.trim()) ?? [];
    const number = Number(value);
    if (!isFault(name) || (number > 1 && name !== 'slow-engine')) {
      throw new Error(`"${part}" is no fault; known are ${Object.keys(none).join(', ')}, for example throttle=0.05.`);
    }
    return [name, number] as const;
  });
  return { ...none, ...Object.fromEntries(given) };
};

/** The faults of a running cloud; they may change while it runs. */
export interface FaultSwitch {
  now(): Faults;
  set(faults: Faults): void;
  /** Whether it happens this time. */
  happens(fault: keyof Faults): boolean;
}

export const faultSwitch = (first: Faults, random: () => number = Math.random): FaultSwitch => {
  let faults = first;
  return {
    now: () => faults,
    set: (next) => {
      faults = next;
    },
    happens: (fault) => faults[fault] > 0 && random() < faults[fault],
  };
};

/** Milliseconds for which a batch is held back at the most, so that later ones overtake it. */
const heldBackMs = 1_500;

interface Batch {
  readonly Records: readonly { readonly eventSource?: string }[];
}

/** The functions as event sources call them: at least once, and out of order where no order is promised. */
export const disturbed = (
  functions: Pick<Functions, 'invoke'>,
  faults: FaultSwitch,
  random: () => number = Math.random,
): Pick<Functions, 'invoke'> => ({
  invoke: async (name, event): Promise<Outcome> => {
    const { Records } = event as Batch; // what every event source sends
    const fromQueue = Records[0]?.eventSource === 'aws:sqs';
    const held = fromQueue && faults.happens('reorder-events');
    if (held) await pause(random() * heldBackMs);
    const batch = held ? { ...(event as Batch), Records: shuffled(Records, random) } : event;
    if (!faults.happens('duplicate-events')) return functions.invoke(name, batch);
    if (!fromQueue) await functions.invoke(name, batch);
    const again = fromQueue ? functions.invoke(name, batch) : undefined;
    const outcome = await functions.invoke(name, batch);
    await again;
    return outcome;
  },
});

const shuffled = <T>(records: readonly T[], random: () => number): readonly T[] =>
  records
    .map((record) => ({ record, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ record }) => record);
