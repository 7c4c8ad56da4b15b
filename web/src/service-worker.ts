import { immutable, prerendered } from '$app/manifest';
import { self } from '$app/service-worker';
import { keepingOf, namesWithdrawn, surplus, toPurge, withdrawnIn } from './lib/keeping.ts';
import { KEPT_AT, type Keep } from './lib/kept-copy.ts';

/** Caches beginning with `content` hold what members read; a sign-out deletes them. */
const SHELL = 'shell';
const CONTENT = 'content';
const LIVE = 'content-live';
/** Packs, texts and page pictures of several meetings: about 40 MB at the very most. */
const CONTENT_LIMIT = 300;
const LIVE_LIMIT = 40;
/** A live file that takes longer is shown from the last copy, with its age. */
const LIVE_PATIENCE_MS = 5_000;

/** One page stands in for every address of the app. */
const APP_PAGE = '/200.html';
const madePages = prerendered
  .map(({ path }) => new URL(path, self.location.origin).pathname)
  // what is made for other systems no phone has to carry
  .filter((path) => !path.startsWith('/api/'));
/** A first visit, which may be in a full hall, carries none of them; a later one does, but for the ways in, which want a network. */
const keptPages = madePages.filter((path) => path !== '/sign-in' && path !== '/slip');
const shellFiles = new Set(immutable.map(({ path }) => `/${path}`));
const FIXED = ['/icon.svg', '/manifest.webmanifest'];

// the shell's scripts come in when they are used: a phone carries the pages its owner opens, not those of staff
self.addEventListener('install', (event) => {
  const fresh = [APP_PAGE, ...FIXED].map((path) => new Request(path, { cache: 'no-cache' }));
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(fresh))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldShell().then(() => self.clients.claim()));
});

self.addEventListener('message', (event) => {
  const { keep } = (event.data ?? {}) as Partial<Keep>; // from our own pages only
  if (Array.isArray(keep)) event.waitUntil(keepShell(keep));
});

/** A reminder says only that something waits: what, stands in the handbook behind the sign-in. */
self.addEventListener('push', (event) => {
  const notice = { body: 'Có việc đang chờ đồng chí. Chạm để xem.', icon: '/icon.svg', tag: 'waiting', lang: 'vi' };
  event.waitUntil(self.registration.showNotification('Sổ tay đảng viên', notice));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openTasks());
});

/** In the window that is open already, or a new one. */
const openTasks = async (): Promise<void> => {
  const [open] = await self.clients.matchAll({ type: 'window' });
  const shown = await open?.navigate('/tasks');
  await (shown ? shown.focus() : self.clients.openWindow('/tasks'));
};

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || request.headers.has('range')) return;
  if (request.mode === 'navigate') {
    if (!url.pathname.startsWith('/api/') && !url.pathname.startsWith('/content/'))
      event.respondWith(page(url.pathname));
    return;
  }
  const keeping = keepingOf(url.pathname);
  if (keeping === 'shell') event.respondWith(once(SHELL, request));
  else if (keeping === 'content') event.respondWith(once(CONTENT, request, CONTENT_LIMIT));
  else if (keeping === 'live') event.respondWith(live(event, request, url.pathname));
  else if (FIXED.includes(url.pathname)) event.respondWith(once(SHELL, request));
});

/** A page made at build time under its own address, the app's one page under every other. */
const page = async (path: string): Promise<Response> => {
  const kept = (shown: string) => caches.match(shown, { cacheName: SHELL }).catch(() => undefined);
  const found = await kept(madePages.includes(path) ? path : APP_PAGE);
  return found ?? fetch(path).catch(async (error) => (await kept(APP_PAGE)) ?? Promise.reject(error));
};

/** From the phone, or once from the network. A refusal is never kept. */
const once = async (cacheName: string, request: Request, limit?: number): Promise<Response> => {
  const kept = await caches.match(request, { cacheName }).catch(() => undefined);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.status === 200) await ifThereIsRoom(() => keep(cacheName, request, response.clone(), limit));
  return response;
};

const keep = async (cacheName: string, request: Request, response: Response, limit?: number): Promise<void> => {
  const cache = await caches.open(cacheName);
  await cache.put(request, response);
  if (limit !== undefined) await makeRoom(cache, limit);
};

/** A phone that is full keeps nothing more, but what came is shown: without this it could not even open the app. */
const ifThereIsRoom = (work: () => Promise<void>): Promise<void> => work().catch(() => undefined);

/** From the network in time, else the last copy with the moment it came. A refusal of the edge is handed on as it is. */
const live = async (event: FetchEvent, request: Request, path: string): Promise<Response> => {
  const coming = fetch(request).then(async (response) => {
    if (response.status === 200) await ifThereIsRoom(() => keepLive(request, response.clone(), path));
    return response;
  });
  const kept = await caches.match(request, { cacheName: LIVE }).catch(() => undefined);
  if (!kept) return coming;
  // the answer that comes too late is still kept for the next look
  event.waitUntil(coming.catch(() => undefined));
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), LIVE_PATIENCE_MS));
  const answer = coming.then((response) => (response.status >= 500 ? kept : response));
  return Promise.race([answer.catch(() => kept), late]);
};

const keepLive = async (request: Request, response: Response, path: string): Promise<void> => {
  const cache = await caches.open(LIVE);
  const body = await response.text();
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.set(KEPT_AT, new Date().toISOString());
  await cache.put(request, new Response(body, { headers }));
  await makeRoom(cache, LIVE_LIMIT);
  if (namesWithdrawn(path)) await purge(body);
};

const purge = async (manifest: string): Promise<void> => {
  const cache = await caches.open(CONTENT);
  const kept = await cache.keys();
  const gone = toPurge(
    kept.map(({ url }) => url),
    withdrawnIn(parsed(manifest)),
  );
  await Promise.all(gone.map((url) => cache.delete(url)));
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** What came first goes first. */
const makeRoom = async (cache: Cache, limit: number): Promise<void> => {
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, surplus(kept.length, limit)).map((request) => cache.delete(request)));
};

/** Files the first visit loaded before this worker was there, which the browser still has, and pages a later one carries along. */
const keepShell = async (urls: readonly string[]): Promise<void> => {
  const cache = await caches.open(SHELL);
  for (const url of urls) {
    const { pathname } = new URL(url);
    const ours = shellFiles.has(pathname) || keptPages.includes(pathname);
    if (ours && !(await cache.match(url))) await cache.add(url);
  }
};

/** Files of earlier builds go; those that did not change stay. A page is kept anew: it names files of its build. */
const dropOldShell = async (): Promise<void> => {
  const cache = await caches.open(SHELL);
  const current = new Set([...shellFiles, ...FIXED, APP_PAGE]);
  const kept = await cache.keys();
  await Promise.all(
    kept.filter(({ url }) => !current.has(new URL(url).pathname)).map((request) => cache.delete(request)),
  );
};
