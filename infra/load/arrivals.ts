/** A source of chance that repeats: the same seed plays the same evening. Mulberry32. */
export const chance = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/**
 * When each of `count` members arrives, in milliseconds from the start, sorted. The rate rises to `peak` times its mean at
 * a third of the time and falls again, never below nothing: the shape of a meeting hour. `peak` 1 is an even rate.
 * Source: burst.md §2.1 (3:1 used).
 */
export const arrivals = (count: number, milliseconds: number, peak: number, random: () => number): number[] => {
  const rate = (at: number): number => {
    if (peak <= 1) return 1;
    // a triangle on a floor: mean 1, highest `peak` at a third of the time; its width shrinks as the peak grows
    const width = Math.min(1, 2 / peak);
    const rise = width / 3;
    const start = Math.max(0, 1 / 3 - rise);
    const along = (at - start) / width;
    if (along <= 0 || along >= 1) return 0;
    const height = 2 / width;
    return along < 1 / 3 ? height * along * 3 : height * (1 - along) * 1.5;
  };
  const most = Math.max(1, peak);
  const drawn: number[] = [];
  while (drawn.length < count) {
    const at = random();
    if (random() * most <= rate(at)) drawn.push(at * milliseconds);
  }
  return drawn.sort((a, b) => a - b);
};
