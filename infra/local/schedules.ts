import { setTimeout as pause } from 'node:timers/promises';
import { dueOf } from './cron.ts';
import type { Functions, Outcome } from './functions.ts';
import type { State } from './state.ts';
import type { ScheduleSpec } from './template-events.ts';

export interface Schedules {
  /** Runs a schedule now, by its logical id or the beginning of it; answers what became of it. */
  run(name: string): Promise<Outcome>;
  readonly names: readonly string[];
  stop(): Promise<void>;
}

const MINUTE = 60_000;

/** How far back a run missed while the machine was off is made up for. */
const madeUpFor = 24 * 60 * MINUTE;

/** Milliseconds between two tries of a run that failed. In the cloud it is longer. */
const retryMs = 1_000;

/** Runs the schedules of the template by the clock: a run missed while the machine was off is made up for once. */
export const startSchedules = (
  specs: readonly ScheduleSpec[],
  options: {
    readonly functions: Pick<Functions, 'invoke'>;
    readonly state: State;
    send(queue: string, body: string): void;
    readonly now?: () => number;
    /** Milliseconds between two looks at the clock. */
    readonly tickMs?: number;
  },
): Schedules => {
  const now = options.now ?? Date.now;
  const closing = new AbortController();
  const seen = (spec: ScheduleSpec): number => {
    const name = `schedule ${spec.logicalId}`;
    const known = options.state.note(name);
    if (known !== undefined) return Number(known);
    options.state.saveNote(name, String(now()));
    return now();
  };

  const run = async (spec: ScheduleSpec, at: number): Promise<Outcome> => {
    const input = inputOf(spec, at);
    if (spec.target.kind === 'queue') {
      options.send(spec.target.name, input);
      return { ok: true, payload: 'null' };
    }
    const event = JSON.parse(input);
    let outcome = await options.functions.invoke(spec.target.name, event);
    for (
      let retry = 0;
      !outcome.ok && retry < Math.min(spec.maximumRetries, 3) && !closing.signal.aborted;
      retry += 1
    ) {
      await pause(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
      outcome = await options.functions.invoke(spec.target.name, event);
    }
    if (!outcome.ok && spec.deadLetterQueue !== undefined) options.send(spec.deadLetterQueue, input);
    return outcome;
  };

  const follow = async (spec: ScheduleSpec): Promise<void> => {
    const due = dueOf(spec.expression, spec.timeZone, seen(spec));
    let looked = Number(options.state.note(`ran ${spec.logicalId}`) ?? seen(spec));
    while (!closing.signal.aborted) {
      const until = now();
      const minute = latestDue(due, Math.max(looked, until - madeUpFor), until);
      looked = Math.max(looked, Math.floor(until / MINUTE) * MINUTE);
      if (minute !== undefined) {
        await run(spec, minute);
        // noted after the run, so that a run cut short is made again
        options.state.saveNote(`ran ${spec.logicalId}`, String(minute));
      }
      await pause(options.tickMs ?? 5_000, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  };
  const following = specs.map(follow);

  return {
    run: async (name) => {
      const spec =
        specs.find(({ logicalId }) => logicalId === name) ?? specs.find(({ logicalId }) => logicalId.startsWith(name));
      if (spec === undefined) return { ok: false, reason: 'unknown', message: `There is no schedule ${name}` };
      return run(spec, now());
    },
    names: specs.map(({ logicalId }) => logicalId),
    stop: async () => {
      closing.abort();
      await Promise.all(following);
    },
  };
};

/** The latest minute after `from` and not after `to` in which the schedule is due. */
const latestDue = (due: (minute: number) => boolean, from: number, to: number): number | undefined => {
  for (let minute = Math.floor(to / MINUTE) * MINUTE; minute > from; minute -= MINUTE) if (due(minute)) return minute;
  return undefined;
};

/** The text a target gets, with the scheduler's own words put in. */
const inputOf = (spec: ScheduleSpec, at: number): string => {
  const time = new Date(at).toISOString();
  if (spec.input !== undefined) return spec.input.replaceAll('<aws.scheduler.scheduled-time>', time);
  return JSON.stringify({
    version: '0',
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    time,
    resources: [spec.logicalId],
    detail: {},
  });
};
