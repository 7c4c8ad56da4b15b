import type { BadLine } from './bad-line.ts';
import type { Trouble } from './fault-evening.ts';

/** What can go wrong in a fault run, by the name that `--fault` takes. */
export const troubleNames = [
  'kill-engine',
  'kill-functions',
  'drop-responses',
  'slow-engine',
  'throttle',
  'conflict',
  'duplicate-events',
  'reorder-events',
  'cognito-down',
  'cognito-hangs',
  'buffering-proxy',
] as const;
export type TroubleName = (typeof troubleNames)[number];

export const isTrouble = (name: string): name is TroubleName => troubleNames.some((known) => known === name);

/** How hard each strikes: harder than anything expected, so that a run of a minute shows what years would. */
const strength: Partial<Record<TroubleName, string>> = {
  'drop-responses': 'drop-responses=0.3',
  'slow-engine': 'slow-engine=400',
  throttle: 'throttle=0.3',
  conflict: 'conflict=0.3',
  'duplicate-events': 'duplicate-events=0.7',
  'reorder-events': 'reorder-events=0.7',
  'cognito-down': 'cognito-down=1',
  'cognito-hangs': 'cognito-hangs=1',
};

/** Milliseconds between two kills, and for which the hall's Wi-Fi answers with its own sign-in page. */
const KILL_EVERY_MS = { 'kill-engine': 3_000, 'kill-functions': 1_500 } as const;
const PORTAL_MS = 3_000;

/** The trouble of this name at a copy started with `metered`; the line is the one its phones speak through. */
export const troubleOf = (name: TroubleName, url: string, line: BadLine | undefined): Trouble => {
  const tell = async (path: string, body = ''): Promise<void> => {
    const { ok, status } = await fetch(`${url}/_local/${path}`, { method: 'POST', body });
    if (!ok) throw new Error(`/_local/${path} answered ${status}`);
  };
  if (name === 'kill-engine' || name === 'kill-functions') {
    const strike = () => tell(name.replace('-', '/'));
    return { begin: async () => {}, again: { everyMs: KILL_EVERY_MS[name], strike }, end: async () => {} };
  }
  if (name === 'buffering-proxy') {
    return {
      begin: async () => {
        line?.be('portal');
        setTimeout(() => line?.be('bad'), PORTAL_MS).unref();
      },
      end: async () => line?.be('clear'),
    };
  }
  return { begin: () => tell('faults', strength[name]), end: () => tell('faults', 'throttle=0') };
};
