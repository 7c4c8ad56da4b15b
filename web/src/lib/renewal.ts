import { type Result, refuse } from '#shared/kernel/result.ts';

/** Told when a pass was renewed (`detail` is the answer, not yet parsed) or when the session is over. */
export const passEvents = new EventTarget();

/** Path of `renewSession` of the members' contract: the only place the session cookie is sent to. */
const RENEWAL_PATH = '/api/session/renew';
const PATIENCE_MS = 15_000;

let underWay: Promise<Result<unknown>> | undefined;

/** Exchanges the session cookie for a fresh pass. Many askers at once share one request; it never throws. */
export const renewPass = (): Promise<Result<unknown>> => {
  underWay ??= renew().finally(() => {
    underWay = undefined;
  });
  return underWay;
};

const renew = async (): Promise<Result<unknown>> => {
  try {
    const response = await fetch(RENEWAL_PATH, {
      method: 'POST',
      cache: 'no-store',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const body: unknown = await response.json();
    if (response.ok) {
      passEvents.dispatchEvent(new CustomEvent('renewed', { detail: body }));
      return { ok: true, value: body };
    }
    if (response.status !== 401) return refuse('offline'); // busy or broken is no reason to send anyone away
    passEvents.dispatchEvent(new Event('ended'));
    return refuse('session-ended');
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException || error instanceof SyntaxError)
      return refuse('offline');
    throw error;
  }
};
