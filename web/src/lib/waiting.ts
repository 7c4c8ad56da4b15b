/** A wait drawn evenly between nothing and a bound that doubles with each try, so that a hall does not come back as one. */
export const fullJitter = (attempt: number, firstMs: number, longestMs: number, random: () => number): number =>
  Math.round(random() * Math.min(longestMs, firstMs * 2 ** attempt));

/** Milliseconds the server asked to wait for, or 0. It sends whole seconds, a proxy may send a date. */
export const retryAfterMs = (header: string | null, nowMs: number): number => {
  if (header === null || header.trim() === '') return 0;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, at - nowMs);
};

/** Resolves after the time, or at once when the signal ends it. */
export const wait = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
