/** Each phone waits a little less or more than it is told, so that a hall does not ask as one. */
const JITTER = 0.2;

/**
 * Looks again and again while the page is visible, when it becomes so, and when the network returns; `seconds` says how soon,
 * 0 that nothing more will come. Until the returned function is called.
 */
export const follow = (seconds: () => number, look: () => Promise<void>): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const later = () => {
    clearTimeout(timer);
    if (ended || seconds() === 0 || document.visibilityState !== 'visible') return;
    timer = setTimeout(now, seconds() * 1000 * (1 + JITTER * (2 * Math.random() - 1)));
  };
  const now = async () => {
    await look();
    later();
  };
  const seen = () => (document.visibilityState === 'visible' ? void now() : clearTimeout(timer));
  document.addEventListener('visibilitychange', seen);
  window.addEventListener('online', now);
  later();
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seen);
    window.removeEventListener('online', now);
  };
};
