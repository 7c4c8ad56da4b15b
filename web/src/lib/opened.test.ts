import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dayOf, instantOf } from '#shared/kernel/time.ts';
import { scriptOf, useBrowser } from './testing.ts';

// A page that is seen, in a real browser: what it keeps and when the server is told.

const entry = `
  import { tellOpened } from './opened.ts';
  import { renewPass, passEvents } from './renewal.ts';
  let taken = [];
  passEvents.addEventListener('renewed', ({ detail }) => { taken = detail.opened; });
  window.see = (memberId) => { window.stop = tellOpened(memberId, () => taken); };
  window.renewAndSee = async (memberId) => { await renewPass(); see(memberId); };
`;
let script: string;
let told: string[][];
let status: number;
let pressed: boolean;

const phone = useBrowser(async (request, response) => {
  if (request.url === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end('<p>phone</p>');
  if (request.url === '/opened.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
  if (request.url !== '/api/session/renew') return response.writeHead(404).end();
  let body = '';
  for await (const chunk of request) body += chunk;
  const { opened } = JSON.parse(body) as { opened: string[] };
  if (status === 200) told.push(opened);
  response.writeHead(status, { 'content-type': 'application/json' });
  return response.end(JSON.stringify(status === 200 ? { opened: pressed ? [] : opened } : { code: 'busy' }));
});

beforeAll(async () => {
  script = await scriptOf(entry, import.meta.dirname);
});
beforeEach(() => {
  [told, status, pressed] = [[], 200, false];
});

const visit = async (memberId: string, tab?: Page, how = 'see'): Promise<Page> => {
  const page = tab ?? (await phone.context.newPage());
  await page.goto(`${phone.origin}/`);
  await page.addScriptTag({ url: `${phone.origin}/opened.js` });
  await page.evaluate(`${how}('${memberId}')`);
  return page;
};
const kept = async (page: Page, memberId: string) =>
  JSON.parse((await page.evaluate(`localStorage.getItem('opened:${memberId}')`)) as string) as { waiting: string[] };
const until = (holds: () => boolean | Promise<boolean>) => expect.poll(holds).toBe(true);
const today = () => dayOf(instantOf(Date.now()));

describe('a page that is seen', () => {
  it('is told once a day, over reloads and tabs', async () => {
    const page = await visit('m1');
    await until(async () => (await kept(page, 'm1')).waiting.length === 0);
    await visit('m1', page);
    await visit('m1');
    await visit('m2');
    await until(() => told.length >= 2);
    expect(told).toEqual([[today()], [today()]]);
  });

  it('asks for nothing of its own when the pass was renewed just before', async () => {
    const page = await visit('m5', undefined, 'renewAndSee');
    expect((await kept(page, 'm5')).waiting).toEqual([]);
    await visit('m5', page);
    expect(told).toEqual([[today()]]);
  });

  it('waits on the phone while the server cannot take it, and is told at the next look', async () => {
    status = 503;
    const page = await visit('m3');
    expect((await kept(page, 'm3')).waiting).toEqual([today()]);
    status = 200;
    await until(async () => {
      await page.evaluate('dispatchEvent(new Event("online"))');
      return (await kept(page, 'm3')).waiting.length === 0;
    });
    expect(told).toEqual([[today()]]);
  });

  it('waits for the next visit when the server has more to do than to count', async () => {
    pressed = true;
    const page = await visit('m6');
    await until(() => told.length === 1);
    for (let n = 0; n < 3; n++) await page.evaluate('dispatchEvent(new Event("online"))');
    pressed = false;
    await visit('m6', page);
    await until(async () => (await kept(page, 'm6')).waiting.length === 0);
    expect(told).toEqual([[today()], [today()]]);
  });

  it('of an earlier day counts on its own day', async () => {
    const page = await phone.context.newPage();
    await page.goto(`${phone.origin}/`);
    const before = { told: '2026-11-01', waiting: ['2026-11-01'] };
    await page.evaluate(`localStorage.setItem('opened:m4', '${JSON.stringify(before)}')`);
    await visit('m4', page);
    await until(async () => (await kept(page, 'm4')).waiting.length === 0);
    expect(told).toEqual([['2026-11-01', today()]]);
  });
});
