import type { Plugin } from 'esbuild';
import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scriptOf, useBrowser } from './testing.ts';

// The service worker in a real browser, in front of a server that can fall silent.

let script: string;
let page: Page;
/** Paths that reached the server since the page was ready. */
let asked: string[];
let answers: Record<string, { readonly status?: number; readonly body?: string }>;
let silent: boolean;

/** What SvelteKit tells the worker about the build. */
const app: Plugin = {
  name: 'app',
  setup: (esbuild) => {
    esbuild.onResolve({ filter: /^\$app\// }, ({ path }) => ({ path, namespace: 'app' }));
    esbuild.onLoad({ filter: /manifest/, namespace: 'app' }, () => ({
      contents: `export const immutable = [{ path: '_app/immutable/a.js' }], prerendered = [{ path: '/help' }, { path: '/sign-in' }, { path: '/api/openapi.json' }];`,
    }));
    esbuild.onLoad({ filter: /service-worker/, namespace: 'app' }, () => ({
      contents: 'const own = globalThis; export { own as self };',
    }));
  },
};

const phone = useBrowser((request, response) => {
  const path = request.url ?? '';
  if (silent) return response.destroy();
  asked.push(path);
  if (path === '/service-worker.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
  const { status = 200, body = `the app, ${path}` } = answers[path] ?? {};
  return response.writeHead(status, { 'content-type': 'text/html', 'cache-control': 'no-store' }).end(body);
});

beforeAll(async () => {
  script = await scriptOf(`import '../service-worker.ts';`, import.meta.dirname, [app]);
});
beforeEach(async () => {
  [asked, answers, silent] = [[], {}, false];
  page = await phone.context.newPage();
  await page.goto(`${phone.origin}/meetings`);
  await page.evaluate(async () => {
    const controlled = new Promise((resolve) =>
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    );
    await navigator.serviceWorker.register('/service-worker.js');
    await controlled;
  });
  asked = [];
});

/** What a page gets: status, words, and since when it was kept. */
const get = (path: string): Promise<{ status: number; text: string; keptAt: string | null } | 'nothing'> =>
  page.evaluate(async (url) => {
    const response = await fetch(url).catch(() => undefined);
    if (!response) return 'nothing' as const;
    return { status: response.status, text: await response.text(), keptAt: response.headers.get('x-kept-at') };
  }, path);
const kept = (): Promise<string[]> =>
  page.evaluate(async () => {
    const shell = await caches.open('shell');
    return (await shell.keys()).map(({ url }) => new URL(url).pathname);
  });
const times = (path: string): number => asked.filter((other) => other === path).length;

describe('the service worker', () => {
  it('opens every address of the app without a network, and a page made at build time as itself', async () => {
    silent = true;
    await page.goto(`${phone.origin}/tasks/t1`);
    expect(await page.textContent('body')).toContain('the app, /200.html');
    silent = false;
    await page.evaluate(async () => {
      const { active } = await navigator.serviceWorker.ready;
      active?.postMessage({ keep: [`${location.origin}/help`, `${location.origin}/sign-in`] });
    });
    await expect.poll(() => kept()).toContain('/help');
    silent = true;
    await page.goto(`${phone.origin}/help`);
    expect(await page.textContent('body')).toContain('the app, /help');
    // a way in is of no use then, and is not carried along: the app's own page says what is missing
    await page.goto(`${phone.origin}/sign-in`);
    expect(await page.textContent('body')).toContain('the app, /200.html');
    silent = false;
    await page.goto(`${phone.origin}/sign-in`);
    expect(await page.textContent('body')).toContain('the app, /sign-in');
  });

  it('carries the one page of the app with a first visit, and none that is made at build time', async () => {
    expect((await kept()).sort()).toEqual(['/200.html', '/icon.svg', '/manifest.webmanifest']);
  });

  it('fetches hashed files once', async () => {
    for (const path of ['/_app/immutable/a.js', '/content/docs/b1/0a1b2c3d4e.json']) {
      await get(path);
      await get(path);
      expect(times(path)).toBe(1);
      silent = true;
      expect(await get(path)).toMatchObject({ status: 200 });
      silent = false;
    }
  });

  it('asks the network for what changes, and gives the last copy with its age when there is none', async () => {
    const path = '/content/live/b1/m1.json';
    answers[path] = { body: 'first' };
    expect(await get(path)).toEqual({ status: 200, text: 'first', keptAt: null });
    answers[path] = { body: 'second' };
    expect(await get(path)).toMatchObject({ text: 'second', keptAt: null });
    silent = true;
    expect(await get(path)).toEqual({ status: 200, text: 'second', keptAt: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(await get('/content/live/b1/other.json')).toBe('nothing');
  });

  it('hands on a refusal of the edge, and keeps none', async () => {
    const [live, file] = ['/content/live/b1/m1.json', '/content/docs/b1/0a1b2c3d4e.json'];
    await get(live);
    answers = { [live]: { status: 403 }, [file]: { status: 403 } };
    expect(await get(live)).toMatchObject({ status: 403 });
    expect(await get(file)).toMatchObject({ status: 403 });
    answers = {};
    expect(await get(file)).toMatchObject({ status: 200 });
  });

  it('gives the last copy while the server is broken', async () => {
    const path = '/content/live/b1/m1.json';
    answers[path] = { body: 'good' };
    await get(path);
    answers[path] = { status: 503, body: 'bad' };
    expect(await get(path)).toMatchObject({ status: 200, text: 'good', keptAt: expect.any(String) });
  });

  it('takes withdrawn content off the phone when the branch manifest names it', async () => {
    const [kept, withdrawn] = ['/content/docs/b1/aaaaaaaa11.json', '/content/docs/b1/bbbbbbbb22.json'];
    await get(kept);
    await get(withdrawn);
    answers['/content/live/b1/branch.json'] = { body: JSON.stringify({ withdrawn: ['bbbbbbbb22'] }) };
    await get('/content/live/b1/branch.json');
    silent = true;
    expect(await get(kept)).toMatchObject({ status: 200 });
    expect(await get(withdrawn)).toBe('nothing');
  });

  it('shows what came also on a phone that has no room to keep it', async () => {
    const [file, live] = ['/_app/immutable/a.js', '/content/live/b1/m1.json'];
    const [worker] = phone.context.serviceWorkers();
    await worker?.evaluate(() => {
      Cache.prototype.put = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'));
    });
    for (const path of [file, live]) {
      await get(path);
      expect(await get(path)).toMatchObject({ status: 200, text: `the app, ${path}`, keptAt: null });
      expect(times(path)).toBe(2);
    }
  });

  it('never stands between the phone and an act', async () => {
    await get('/api/meetings/b1/m1');
    await get('/api/meetings/b1/m1');
    expect(times('/api/meetings/b1/m1')).toBe(2);
    silent = true;
    expect(await get('/api/meetings/b1/m1')).toBe('nothing');
    const kept = await page.evaluate(async () => {
      const urls = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
      return urls.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(kept.filter((path) => path.startsWith('/api/'))).toEqual([]);
  });

  it('keeps the files of the first visit when the page names them, and nothing else', async () => {
    await page.evaluate(async () => {
      const { active } = await navigator.serviceWorker.ready;
      active?.postMessage({ keep: [`${location.origin}/_app/immutable/a.js`, `${location.origin}/api/members`] });
    });
    const isKept = () => page.evaluate(async () => (await caches.match('/_app/immutable/a.js')) !== undefined);
    await expect.poll(isKept).toBe(true);
    await get('/_app/immutable/a.js');
    expect(asked).toEqual(['/_app/immutable/a.js']);
  });
});
