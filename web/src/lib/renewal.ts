import { type Result, refuse } from '#shared/kernel/result.ts';
import { type Day, dayOf, instantOf } from '#shared/kernel/time.ts';
import { hearServer } from './server-clock.ts';

/** Told when a pass was renewed (`detail` is the answer, not yet parsed) or when the session is over. */
export const passEvents = new EventTarget();

/** Path of `access.renewSession`: the only place the session cookie is sent to. */
const RENEWAL_PATH = '/api/session/renew';
/** Path of `access.endSession`. */
const SIGN_OUT_PATH = '/api/session/end';
const PATIENCE_MS = 15_000;

let underWay: Promise<Result<unknown>> | undefined;

/**
 * Exchanges the session cookie for a fresh pass, and tells in the same request on which days somebody looked: today, where
 * nothing else is said. Many askers at once share one request; it never throws.
 */
export const renewPass = (opened = today()): Promise<Result<unknown>> => {
  underWay ??= renew(opened).finally(() => {
    underWay = undefined;
  });
  return underWay;
};

const today = (): readonly Day[] =>
  globalThis.document?.visibilityState === 'visible' ? [dayOf(instantOf(Date.now()))] : [];

const renew = async (opened: readonly Day[]): Promise<Result<unknown>> => {
  const renewal = await knock(RENEWAL_PATH, { opened });
  if (renewal.ok) passEvents.dispatchEvent(new CustomEvent('renewed', { detail: renewal.value }));
  else if (renewal.code === 'session-ended') passEvents.dispatchEvent(new Event('ended'));
  return renewal;
};

/** Ends the session at the server. */
export const signOut = (): Promise<Result<unknown>> => knock(SIGN_OUT_PATH, {});

/** At the session's own door: 401 is the only answer that sends a person away, all else is the network's fault. */
const knock = async (path: string, said: object): Promise<Result<unknown>> => {
  try {
    const response = await fetch(path, {
      method: 'POST',
      cache: 'no-store',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(said),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    hearServer(response.headers.get('date'));
    if (response.status === 401) return refuse('session-ended');
    if (!response.ok) return refuse('offline');
    const value: unknown = await response.json();
    return { ok: true, value };
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException || error instanceof SyntaxError)
      return refuse('offline');
    throw error;
  }
};
