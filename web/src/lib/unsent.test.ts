import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scriptOf, useBrowser } from './testing.ts';

// Words that are being typed, in a real browser: what a tab keeps of them over a reload.

const entry = `
  import { Unsent } from './unsent.svelte.ts';
  window.begin = (...about) => { window.unsent = new Unsent(...about); };
`;
let script: string;
let page: Page;

const phone = useBrowser((request, response) => {
  if (request.url === '/unsent.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
  return response.writeHead(200, { 'content-type': 'text/html' }).end('<p>phone</p>');
});

beforeAll(async () => {
  script = await scriptOf(entry, import.meta.dirname);
});
beforeEach(async () => {
  page = await phone.context.newPage();
  await look();
});

/** The page anew, as a reload or a step back leaves it, for whoever writes about this. */
const look = async (...about: readonly string[]): Promise<void> => {
  await page.goto(`${phone.origin}/`);
  await page.addScriptTag({ url: `${phone.origin}/unsent.js` });
  await page.evaluate(`begin(...${JSON.stringify(about.length > 0 ? about : ['opinion', 'meeting-1', 'tam'])})`);
};
const type = (text: string) => page.evaluate(`unsent.set('text', ${JSON.stringify(text)})`);
const typed = () => page.evaluate(`unsent.get('text')`);
const id = () => page.evaluate<string>('unsent.id');

describe('words that are not sent yet', () => {
  it('stand again after a reload, and are gone once they are sent', async () => {
    expect(await typed()).toBeUndefined();
    await type('Đề nghị sửa đường.');
    await look();
    expect(await typed()).toBe('Đề nghị sửa đường.');
    await page.evaluate('unsent.sent()');
    expect(await typed()).toBeUndefined();
    await look();
    expect(await typed()).toBeUndefined();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('are one act however often and from whichever reload they are sent; other words are another', async () => {
    await type('Một.');
    const first = await id();
    await look();
    expect(await id()).toBe(first);
    await type('Hai.');
    expect(await id()).not.toBe(first);
  });

  it('are found by nobody else, and not under anything else', async () => {
    await type('Của ông Tám.');
    await look('opinion', 'meeting-1', 'lan');
    expect(await typed()).toBeUndefined();
    await look('opinion', 'meeting-2', 'tam');
    expect(await typed()).toBeUndefined();
  });
});
