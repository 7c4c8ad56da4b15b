import type { Page, Route } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '#shared/kernel/time.ts';
import { scriptOf, useBrowser } from './testing.ts';

// The outbox in a real browser: its database, its locks between tabs and its network are Chromium's own.

const entry = `
  import * as v from 'valibot';
  import { operation } from '#shared/kernel/operation.ts';
  import { Outbox } from './outbox.svelte.ts';
  const opinion = operation({
    id: 'meetings.sendOpinion', summary: '', method: 'POST', path: '/api/meetings/{meetingId}/opinions',
    allow: 'signed-in', later: true, input: v.object({ meetingId: v.string(), text: v.string() }),
    output: v.object({ count: v.number() }), refusals: { 'meeting-closed': 409 },
  });
  const come = operation({
    id: 'meetings.come', summary: '', method: 'POST', path: '/api/meetings/{meetingId}/come',
    allow: 'signed-in', later: true, input: v.object({ meetingId: v.string() }),
    output: v.object({}), refusals: {},
  });
  window.come = () => outbox.act(come, { meetingId: 'm1' }, { about: 'Điểm danh' });
  window.openOutbox = async (memberId) => {
    const outbox = new Outbox(memberId);
    await outbox.open();
    window.outbox = outbox;
    window.stop = outbox.start();
  };
  window.say = (text, id) => outbox.act(opinion, { meetingId: 'm1', text }, { about: text, ...(id && { id }) });
  window.sayAll = async (texts) => {
    const states = [];
    for (const text of texts) states.push((await say(text)).state);
    return states;
  };
  window.tell = (text) => outbox.act(opinion, { meetingId: 'm1', text }, { about: text, unasked: true });
  window.left = () => ({ waiting: outbox.waiting.map((i) => i.about), refused: outbox.refused.map((i) => [i.about, i.refused]) });
`;

let script: string;
let page: Page;
/** Bodies that reached the server, in order, and when each was done where it says so. */
let taken: string[];
let actedAt: (string | undefined)[];
/** How often opinions were sent, whatever became of them. */
let asked: number;
let status: number;
let code: string;
let retryAfter: string | undefined;

const phone = useBrowser(async (request, response) => {
  if (request.url === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end('<p>phone</p>');
  if (request.url === '/outbox.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
  if (request.url?.endsWith('/come')) return response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  if (request.url?.endsWith('/opinions')) asked += 1;
  if (!request.url?.endsWith('/opinions'))
    return response.writeHead(request.url?.startsWith('/api/') ? 401 : 404).end();
  let body = '';
  for await (const chunk of request) body += chunk;
  if (status !== 503) {
    taken.push((JSON.parse(body) as { text: string }).text);
    actedAt.push(request.headers['acted-at'] as string | undefined); // sent once
  }
  response.writeHead(status, { 'content-type': 'application/json', ...(retryAfter && { 'retry-after': retryAfter }) });
  return response.end(JSON.stringify(status === 200 ? { count: taken.length } : { code }));
});

beforeAll(async () => {
  script = await scriptOf(entry, import.meta.dirname);
});
beforeEach(async () => {
  [taken, actedAt, asked, status, code, retryAfter] = [[], [], 0, 200, '', undefined];
  page = await visit();
});

const visit = async (memberId = 'm1'): Promise<Page> => {
  const tab = await phone.context.newPage();
  await tab.goto(`${phone.origin}/`);
  await open(tab, memberId);
  return tab;
};
const open = async (tab: Page, memberId = 'm1'): Promise<void> => {
  await tab.addScriptTag({ url: `${phone.origin}/outbox.js` });
  await tab.evaluate(`openOutbox('${memberId}')`);
};
const say = (text: string, tab = page): Promise<{ state: string }> => tab.evaluate(`say('${text}')`);
const left = (tab = page): Promise<unknown> => tab.evaluate('left()');

describe('the outbox', () => {
  it('answers that an act is saved when the server has it', async () => {
    expect(await say('một')).toEqual({ state: 'saved', value: { count: 1 } });
    expect(await left()).toEqual({ waiting: [], refused: [] });
  });

  it('says nothing of what a page tells by itself: neither that it waits, nor saved, nor refused', async () => {
    await phone.context.setOffline(true);
    await page.evaluate(`tell('đã mở')`);
    expect(await left()).toEqual({ waiting: [], refused: [] });
    await phone.context.setOffline(false);
    await expect.poll(() => taken).toEqual(['đã mở']);
    [status, code] = [409, 'meeting-closed'];
    await page.evaluate(`tell('đã mở lần nữa')`);
    await expect.poll(() => taken).toHaveLength(2);
    expect(await left()).toEqual({ waiting: [], refused: [] });
    expect(await page.evaluate('outbox.justSaved')).toBe(false);
    status = 200;
    await say('một');
    expect(await page.evaluate('outbox.justSaved')).toBe(true);
  });

  it('keeps acts without a network, over a reload, and sends them in their order when the network is back', async () => {
    await phone.context.setOffline(true);
    expect((await say('một')).state).toBe('waiting');
    expect((await say('hai')).state).toBe('waiting');
    status = 503;
    await phone.context.setOffline(false);
    await page.reload();
    await open(page);
    expect(await left()).toEqual({ waiting: ['một', 'hai'], refused: [] });
    [status, taken] = [200, []];
    await page.evaluate(`outbox.send('all')`);
    expect(taken).toEqual(['một', 'hai']);
    expect(await left()).toEqual({ waiting: [], refused: [] });
  });

  it('tells a refusal to the page that asked, and keeps it only when nobody was there to hear it', async () => {
    [status, code] = [409, 'meeting-closed'];
    expect(await say('muộn')).toEqual({ state: 'refused', code: 'meeting-closed' });
    expect(await left()).toEqual({ waiting: [], refused: [] });

    await phone.context.setOffline(true);
    await say('muộn hơn');
    await phone.context.setOffline(false);
    await page.evaluate(`outbox.send('all')`);
    expect(await left()).toEqual({ waiting: [], refused: [['muộn hơn', 'meeting-closed']] });
    const sent = taken.length;
    await page.evaluate(`outbox.send('all')`);
    expect(taken).toHaveLength(sent);
    await page.evaluate(`outbox.dismiss(outbox.refused[0].id)`);
    await page.reload();
    await open(page);
    expect(await left()).toEqual({ waiting: [], refused: [] });
  });

  it('waits at least as long as a busy server asks, and looks again at once when somebody looks', async () => {
    [status, code, retryAfter] = [429, 'too-many', '120'];
    const before = Date.now();
    expect((await say('chờ')).state).toBe('waiting');
    await expect.poll(() => page.evaluate('outbox.waiting[0]?.tries')).toBe(1);
    const nextAt = Date.parse(await page.evaluate<string>('outbox.waiting[0].nextAt'));
    expect(nextAt - before).toBeGreaterThanOrEqual(120_000);
    expect(nextAt - before).toBeLessThan(200_000);
    [status, taken, retryAfter] = [200, [], undefined];
    await page.evaluate(`outbox.send('due')`);
    expect(taken).toEqual([]);
    await page.evaluate(`outbox.send('all')`);
    expect(taken).toEqual(['chờ']);
  });

  it('lets a check-in go on before opinions that a pressed server puts off, and sends those in their order later', async () => {
    [status, code, retryAfter] = [503, 'busy', '120'];
    for (const text of ['một', 'hai']) expect((await say(text)).state).toBe('waiting');
    const before = asked;
    expect(await page.evaluate('come()')).toMatchObject({ state: 'saved' });
    // the first is tried again, and none of its kind after it
    expect(asked).toBe(before + 1);
    expect(await left()).toEqual({ waiting: ['một', 'hai'], refused: [] });
    [status, retryAfter] = [200, undefined];
    await page.evaluate(`outbox.send('all')`);
    expect(taken).toEqual(['một', 'hai']);
  });

  it('waits for a sign-in when the session is over', async () => {
    [status, code] = [401, 'session-ended'];
    expect((await say('giữ')).state).toBe('waiting');
    expect(await left()).toEqual({ waiting: ['giữ'], refused: [] });
  });

  it('waits, with all behind it, for the PIN of an act that binds others, and sends both in order then', async () => {
    [status, code] = [403, 'step-up-needed'];
    expect((await say('giơ tay')).state).toBe('waiting');
    expect((await say('bế mạc')).state).toBe('waiting');
    expect(await page.evaluate('outbox.needsPin')).toBe(true);
    [status, taken] = [200, []];
    await page.evaluate(`outbox.send('all')`);
    expect(taken).toEqual(['giơ tay', 'bế mạc']);
    expect(await page.evaluate('outbox.needsPin')).toBe(false);
  });

  it('says when it was done of what waited, by the clock of the server, however wrong that of the phone is', async () => {
    // two days ahead: the first answer tells the phone
    const TWO_DAYS = 2 * DAY_MS;
    await page.clock.setFixedTime(Date.now() + TWO_DAYS);
    await say('một');
    expect(actedAt).toEqual([undefined]);
    await phone.context.setOffline(true);
    const done = Date.now();
    await page.clock.setFixedTime(done + TWO_DAYS);
    await say('hai');
    status = 503;
    await phone.context.setOffline(false);
    await page.clock.setFixedTime(done + TWO_DAYS + HOUR_MS);
    await page.reload();
    await open(page);
    status = 200;
    await page.evaluate(`outbox.send('all')`);
    await expect.poll(() => taken).toEqual(['một', 'hai']);
    // the date of an answer knows whole seconds
    expect(Math.abs(Date.parse(actedAt[1] ?? '') - done)).toBeLessThan(60_000);
  });

  it('is sent by one of two tabs only', async () => {
    await phone.context.setOffline(true);
    for (const text of ['một', 'hai', 'ba']) await say(text);
    const other = await visitOffline();
    await phone.context.setOffline(false);
    await Promise.all([page.evaluate(`outbox.send('all')`), other.evaluate(`outbox.send('all')`)]);
    await expect.poll(() => left(other)).toEqual({ waiting: [], refused: [] });
    expect(taken).toEqual(['một', 'hai', 'ba']);
  });

  it('keeps 200 acts of a day over ten restarts and a clock two days wrong, and sends each in its order', async () => {
    const began = Date.parse('2026-11-21T08:00:00Z');
    const said: string[] = [];
    const cut = (route: Route) => route.abort('internetdisconnected');
    await phone.context.route('**/opinions', cut);
    for (let restart = 0; restart < 10; restart++) {
      await page.close();
      page = await phone.context.newPage();
      // from the fifth to the seventh time the phone believes that it is two days earlier
      const wrong = restart >= 4 && restart < 7 ? 2 * DAY_MS : 0;
      await page.clock.setFixedTime(began + restart * 2.4 * HOUR_MS - wrong);
      await page.goto(`${phone.origin}/`);
      await open(page);
      const texts = Array.from({ length: 20 }, (_, at) => `${restart * 20 + at}`);
      said.push(...texts);
      // the last of each time is cut off in the middle of its sending
      const states = await page.evaluate(`sayAll(${JSON.stringify(texts.slice(0, -1))})`);
      expect(states).toEqual(texts.slice(1).map(() => 'waiting'));
      await page.evaluate(`void say('${texts.at(-1)}')`);
      await expect.poll(() => page.evaluate(`outbox.waiting.at(-1)?.about`)).toBe(texts.at(-1));
    }
    await phone.context.unroute('**/opinions', cut);
    await page.evaluate(`outbox.send('all')`);
    // a request that was cut off may have arrived: it comes again as the same act, which the server counts once
    expect([...new Set(taken)]).toEqual(said);
    expect(await left()).toEqual({ waiting: [], refused: [] });
  });

  it('never sends what another person left on the phone', async () => {
    await phone.context.setOffline(true);
    await say('của m1');
    await page.close();
    await phone.context.setOffline(false);
    const other = await visit('m2');
    await other.evaluate(`outbox.send('all')`);
    expect(taken).toEqual([]);
    expect(await left(other)).toEqual({ waiting: [], refused: [] });
    const own = await visit('m1');
    await expect.poll(() => left(own)).toEqual({ waiting: [], refused: [] });
    expect(taken).toEqual(['của m1']);
  });

  /** A second tab of the same phone, opened just before the network went. */
  const visitOffline = async (): Promise<Page> => {
    status = 503;
    await phone.context.setOffline(false);
    const tab = await visit();
    await expect.poll(() => tab.evaluate(`outbox.waiting.length`)).toBe(3);
    await phone.context.setOffline(true);
    [status, taken] = [200, []];
    return tab;
  };
});
