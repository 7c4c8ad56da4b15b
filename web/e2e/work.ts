import type { Page } from 'playwright-core';

/** What a person did on a page since the count began: taps, and letters typed into fields that are no sentences of his own. */
export interface Work {
  taps: number;
  letters: number;
}

/**
 * Counts a person's work on a page, over its reloads. A tap is a finger put down; a field filled is one more tap for getting
 * into it, a choice from a list two. What is written into a large field is a sentence of one's own and counts nothing.
 */
export const countWork = async (page: Page): Promise<Work> => {
  const work: Work = { taps: 0, letters: 0 };
  const listens = counts.has(page);
  counts.set(page, work);
  if (listens) return work;
  await page.exposeFunction('tellWork', (taps: number, letters: number) => {
    const current = counts.get(page) ?? work;
    current.taps += taps;
    current.letters += letters;
  });
  await page.addInitScript(listening);
  await page.evaluate(listening);
  return work;
};

/** The count that is going on; a page is listened to once. */
const counts = new WeakMap<Page, Work>();

const listening = `(() => {
  let last;
  const known = new WeakMap();
  addEventListener('pointerdown', ({ target }) => { last = target; tellWork(1, 0); }, true);
  addEventListener('focusin', ({ target }) => known.set(target, target.value?.length ?? 0), true);
  addEventListener('input', ({ target }) => {
    if (target.matches('textarea, [type=checkbox], [type=radio]')) return;
    const into = last === target ? 0 : 1;
    last = target;
    if (target.matches('select')) return tellWork(2, 0);
    const typed = Math.max(0, target.value.length - (target.type === 'date' || target.type === 'time' ? 0 : known.get(target) ?? 0));
    known.set(target, target.value.length);
    tellWork(into, typed);
  }, true);
})()`;
