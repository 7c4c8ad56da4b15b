import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scriptOf, useBrowser } from './testing.ts';

const entry = `
  import { Session, keptWho } from './session.svelte.ts';
  window.openSession = async () => {
    window.session = new Session();
    await session.open();
    return session.state;
  };
  window.keptWho = keptWho;
`;

const HOUR = 3_600_000;
let script: string;
let page: Page;
let asked: string[];
let status: number;
let passLives: number;

const own = () => ({
  memberId: 'm1',
  name: 'Phạm Thị Mai',
  unitId: 'b1',
  units: [
    { unitId: 'b1', name: 'Chi bộ thôn Nam' },
    { unitId: 'p1', name: 'Đảng bộ tỉnh' },
  ],
  grants: [
    { role: 'member', unitId: 'b1', from: '2020-01-01T00:00:00.000Z' },
    { role: 'branch_secretary', unitId: 'b1', from: '2020-01-01T00:00:00.000Z', until: '2021-01-01T00:00:00.000Z' },
  ],
  kind: 'member',
  sessionId: 's1',
  passUntil: new Date(Date.now() + passLives).toISOString(),
});

const phone = useBrowser((request, response) => {
  const path = request.url ?? '';
  if (path === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end('<p>phone</p>');
  if (path === '/session.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
  if (!path.startsWith('/api/')) return response.writeHead(404).end();
  asked.push(path);
  response.writeHead(status, { 'content-type': 'application/json' });
  return response.end(JSON.stringify(path === '/api/session/renew' ? own() : {}));
});

beforeAll(async () => {
  script = await scriptOf(entry, import.meta.dirname);
});
beforeEach(async () => {
  [asked, status, passLives] = [[], 200, 12 * HOUR];
  page = await phone.context.newPage();
  await visit();
});

const visit = async (): Promise<void> => {
  await page.goto(phone.origin);
  await page.addScriptTag({ url: `${phone.origin}/session.js` });
};
const open = (): Promise<string> => page.evaluate('openSession()');

describe('the session on a phone', () => {
  it('is known from the session cookie alone, when the phone has forgotten all else', async () => {
    expect(await open()).toBe('in');
    expect(await page.evaluate('session.unitName')).toBe('Chi bộ thôn Nam');
  });

  it('opens the next time without asking, with or without a network', async () => {
    await open();
    await visit();
    asked = [];
    await phone.context.setOffline(true);
    expect(await open()).toBe('in');
    expect(asked).toEqual([]);
  });

  it('opens on a pass that ran out while there is no network', async () => {
    passLives = -HOUR;
    await open();
    await phone.context.setOffline(true);
    expect(await open()).toBe('in');
  });

  it('does not take a missing network for a sign-out, nor the other way round', async () => {
    await phone.context.setOffline(true);
    expect(await open()).toBe('unknown');
    await phone.context.setOffline(false);
    status = 503;
    expect(await open()).toBe('unknown');
    status = 401;
    expect(await open()).toBe('out');
  });

  it('renews well before the pass ends, at a moment drawn for each phone', async () => {
    const moments = new Set<string>();
    for (let i = 0; i < 5; i++) {
      await page.evaluate('localStorage.clear()');
      await open();
      const renewAt = await page.evaluate<string>('keptWho().renewAt');
      const share = (Date.parse(renewAt) - Date.now()) / passLives;
      expect(share).toBeGreaterThan(0.39);
      expect(share).toBeLessThan(0.86);
      moments.add(renewAt);
    }
    expect(moments.size).toBe(5);
  });

  it('shows what the roles of today allow, and where', async () => {
    await open();
    expect(await page.evaluate(`session.may('meetings.attend')`)).toBe(true);
    expect(await page.evaluate(`session.may('meetings.attend', ['p1'])`)).toBe(false);
    expect(await page.evaluate(`session.mayAnywhere('meetings.run')`)).toBe(false);
  });

  it('takes everything that was read off the phone at sign-out, but not the size of the letters', async () => {
    await open();
    await page.evaluate(async () => {
      localStorage.setItem('look', '{"text":"150"}');
      sessionStorage.setItem('unsent:opinion:meeting-1:tam', '{"words":{"text":"Chưa gửi."}}');
      for (const name of ['content', 'content-live', 'shell']) await caches.open(name);
      await new Promise((resolve) => {
        indexedDB.open('outbox').onsuccess = resolve;
      });
    });
    await visit();
    await open();
    expect(await page.evaluate('session.signOut(async () => ({ ok: true, value: {} }))')).toMatchObject({ ok: true });
    expect(await page.evaluate('session.state')).toBe('out');
    expect(await page.evaluate('caches.keys()')).toEqual(['shell']);
    expect(await page.evaluate('Object.keys(localStorage)')).toEqual(['look']);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await expect.poll(() => page.evaluate('indexedDB.databases()')).toEqual([]);
  });

  it('takes nothing off the phone when the server could not be told', async () => {
    await open();
    const left = await page.evaluate(`session.signOut(async () => ({ ok: false, code: 'offline' }))`);
    expect(left).toEqual({ ok: false, code: 'offline' });
    expect(await page.evaluate('session.state')).toBe('in');
    expect(await page.evaluate('keptWho().name')).toBe('Phạm Thị Mai');
  });
});
