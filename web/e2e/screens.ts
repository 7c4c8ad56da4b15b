import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const routes = join(import.meta.dirname, '../src/routes');

/** Every page of the site, as its folder says: `/(app)/meetings/[meetingId]`. */
export const allRoutes = (): readonly string[] =>
  readdirSync(routes, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('+page.svelte'))
    .map((path) => `/${path.replace(/\/?\+page\.svelte$/, '')}`)
    .toSorted();

/** Nothing makes the page scroll sideways. Source: product.md §3.2 (WCAG 1.4.10). */
export const fits = async (page: Page, when: string): Promise<void> => {
  const wide = await page.evaluate<string[]>(`(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const over = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > clientWidth + 1);
    return [scrollWidth + ' > ' + clientWidth, ...over.slice(0, 4).map((one) => one.outerHTML.slice(0, 160))];
  })()`);
  expect(wide, `${page.url()} ${when}`).toEqual([]);
};

/** All that is pressed is at least 48 × 48 px, but for links within a sentence. Source: product.md §3.2. */
export const pressable = async (page: Page): Promise<void> => {
  const small = await page.evaluate<string[]>(`(() => {
    const things = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [role=tab]')];
    const shown = things.filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.heard'));
    return shown.flatMap((one) => {
      if (getComputedStyle(one).display === 'inline' && one.tagName === 'A') return [];
      const target = one.matches('[type=checkbox], [type=radio], [type=file]') ? (one.closest('label') ?? one) : one;
      const { width, height } = target.getBoundingClientRect();
      if (width === 0 || (width >= 47.5 && height >= 47.5)) return [];
      return [Math.round(width) + ' × ' + Math.round(height) + ' ' + one.outerHTML.slice(0, 160)];
    });
  })()`);
  expect(small, page.url()).toEqual([]);
};

/** How the person has set his phone; the page follows at once. */
export const looking = async (page: Page, look: { theme: 'light' | 'dark'; text: '100' | '200' }): Promise<void> => {
  await page.evaluate(`Object.assign(document.documentElement.dataset, ${JSON.stringify(look)})`);
};
