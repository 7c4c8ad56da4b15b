import { instantOf, MINUTE_MS } from '#shared/kernel/time.ts';

const KEPT_UNDER = 'server-ahead';
/** Less than this is the way of the answer and the whole seconds of its date, not a clock that is wrong. */
const MATTERS_MS = MINUTE_MS;

/** How far the server is ahead of this phone. It stays over a reload without a network. */
let aheadMs = Number(kept()?.getItem(KEPT_UNDER)) || 0;

/** The moment it is, in milliseconds, by the server's clock as far as this phone knows it: phones of elders are days off. */
export const rightNow = (): number => Date.now() + aheadMs;

/** Hears the server's clock from the date of an answer that came fresh from it. */
export const hearServer = (date: string | null): void => {
  const said = Date.parse(date ?? '');
  if (Number.isNaN(said)) return;
  const ahead = said - Date.now();
  const heard = Math.abs(ahead) < MATTERS_MS ? 0 : ahead;
  if (Math.abs(heard - aheadMs) < MATTERS_MS) return;
  aheadMs = heard;
  kept()?.setItem(KEPT_UNDER, String(heard));
};

/** What a page is told in the phone's own time, in the server's. */
export const inServerTime = (own: string) => instantOf(Date.parse(own) + aheadMs);

function kept(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch (error) {
    // a browser that keeps nothing
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
