import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scriptOf, useBrowser } from '#lib/testing.ts';

// The minutes on the screens of two who write them, in a real browser.

const entry = `
  import { Unsent } from '#lib/unsent.svelte.ts';
  import { MinutesText } from './minutes-text.svelte.ts';
  let standing = { state: 'draft', version: 1, sections: [{ heading: 'Kết luận', lines: ['Nhất trí.'] }] };
  window.begin = () => { window.text = new MinutesText(() => standing, new Unsent('minutes', 'meeting-1', 'lan')); };
  window.another = (line) => {
    standing = { ...standing, version: standing.version + 1, sections: [{ heading: 'Kết luận', lines: [line] }] };
    begin();
  };
  window.shown = () => text.sections.map((section) => section.text);
`;
let script: string;
let page: Page;

const phone = useBrowser((request, response) => {
  if (request.url === '/text.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
  return response.writeHead(200, { 'content-type': 'text/html' }).end('<p>phone</p>');
});

beforeAll(async () => {
  script = await scriptOf(entry, import.meta.dirname);
});
beforeEach(async () => {
  page = await phone.context.newPage();
  await page.goto(`${phone.origin}/`);
  await page.addScriptTag({ url: `${phone.origin}/text.js` });
  await page.evaluate('begin()');
});
const see = (what: string) => page.evaluate(what);

describe('a paragraph that is too long for the minutes', () => {
  it('is found in its section before it is sent', async () => {
    await see(`text.write(0, 'Một.\\n' + 'a'.repeat(4000))`);
    expect(await see('text.tooLong(0) ?? null')).toBeNull();
    await see(`text.write(0, 'Một.\\n' + 'a'.repeat(4001))`);
    expect(await see('text.tooLong(0)')).toBe(2);
  });
});

describe('minutes that two write', () => {
  it('show to whoever changes nothing what the other has saved, and are adopted as that version', async () => {
    await see(`another('Nhất trí cao.')`);
    expect(await see('shown()')).toEqual(['Nhất trí cao.']);
    expect(await see('[text.changed, text.overtaken, text.basedOn]')).toEqual([false, false, 2]);
  });

  it('never put what is typed over what the other has saved, until the person has said so', async () => {
    await see(`text.write(0, 'Nhất trí, giao chi ủy.')`);
    await see(`another('Nhất trí cao.')`);
    expect(await see('shown()')).toEqual(['Nhất trí, giao chi ủy.']);
    expect(await see('[text.changed, text.overtaken, text.basedOn]')).toEqual([true, true, 1]);
    await see('text.holdOwn()');
    expect(await see('[text.overtaken, text.basedOn]')).toEqual([false, 2]);
  });

  it('let go of what is typed, or of what a fresh draft took away, and bring it back', async () => {
    await see(`text.write(0, 'Của tôi.')`);
    await see(`another('Của thư ký.')`);
    await see('text.takeTheirs()');
    expect(await see('shown()')).toEqual(['Của thư ký.']);
    await see('text.undo()');
    expect(await see('[...shown(), text.overtaken, text.undoable]')).toEqual(['Của tôi.', true, false]);
    await see(`text.draft([{ heading: 'Kết luận', lines: ['Soạn lại.'] }])`);
    expect(await see('[...shown(), text.typing, text.undoable]')).toEqual(['Soạn lại.', false, true]);
    await see('text.undo()');
    expect(await see('shown()')).toEqual(['Của tôi.']);
    await see('text.saved()');
    expect(await see('[...shown(), text.undoable]')).toEqual(['Của thư ký.', false]);
  });
});
