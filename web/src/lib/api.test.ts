import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endSession, renewSession } from '#shared/access/contract.ts';
import { operation } from '#shared/kernel/operation.ts';
import { ask, content } from './api.ts';
import { passEvents, renewPass, signOut } from './renewal.ts';
import { useServer } from './testing.ts';
import { fullJitter, retryAfterMs } from './waiting.ts';

const checkIn = operation({
  id: 'meetings.checkIn',
  summary: 'Check in',
  method: 'POST',
  path: '/api/meetings/{unitId}/{meetingId}/check-in',
  allow: 'meetings.attend',
  input: v.object({ unitId: v.string(), meetingId: v.string(), code: v.optional(v.string()) }),
  output: v.object({ at: v.string() }),
  refusals: { 'meeting-closed': 409 },
});
const find = operation({
  id: 'documents.find',
  summary: 'Find',
  method: 'GET',
  path: '/api/documents/find',
  allow: 'signed-in',
  input: v.object({ text: v.string(), kind: v.optional(v.string()) }),
  output: v.object({ count: v.number() }),
  refusals: {},
});

type Said = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>];
let asked: { method: string; url: string; type: string | undefined; body: string }[];
let answers: Said[];

const server = useServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { method = '', url = '' } = request;
  asked.push({ method, url, type: request.headers['content-type'], body });
  const [status, said, headers] = answers.shift() ?? [500, 'nothing more to say'];
  response.writeHead(status, headers).end(typeof said === 'string' ? said : JSON.stringify(said));
});
beforeEach(() => {
  [asked, answers] = [[], []];
});

const at = { unitId: 'chi-bo-1', meetingId: 'thang 11', code: 'AB12' };

describe('asking', () => {
  it('fills the path, sends the rest as JSON and parses the answer', async () => {
    answers = [[200, { at: '2026-11-21', more: true }]];
    expect(await ask(checkIn, at)).toEqual({ ok: true, value: { at: '2026-11-21' } });
    expect(asked).toEqual([
      {
        method: 'POST',
        url: '/api/meetings/chi-bo-1/thang%2011/check-in',
        type: 'application/json',
        body: '{"code":"AB12"}',
      },
    ]);
  });

  it('puts the input of a reading into the query and leaves out what is not given', async () => {
    answers = [[200, { count: 2 }]];
    await ask(find, { text: 'đảng phí & quỹ', kind: undefined });
    expect(asked[0]?.url).toBe(`/api/documents/find?${new URLSearchParams({ text: 'đảng phí & quỹ' })}`);
  });

  it('hands on a refusal with what is wrong where', async () => {
    answers = [[422, { code: 'malformed', requestId: 'r1', issues: [{ at: 'code', code: 'regex' }] }]];
    expect(await ask(checkIn, at)).toEqual({
      ok: false,
      code: 'malformed',
      issues: [{ at: 'code', code: 'regex' }],
    });
  });

  it('calls an answer that is not of the contract a fault', async () => {
    answers = [
      [200, { at: 7 }],
      [200, '<html>'],
      [500, '<html>'],
    ];
    for (let i = 0; i < 3; i++) expect(await ask(checkIn, at)).toEqual({ ok: false, code: 'fault' });
  });

  it('says offline when nobody answers, and when it is called off', async () => {
    const before = AbortSignal.abort();
    expect(await ask(checkIn, at, { signal: before })).toEqual({ ok: false, code: 'offline' });
    await server.end();
    expect(await ask(checkIn, at)).toEqual({ ok: false, code: 'offline' });
  });

  it('asks a busy server again and then gives its refusal', async () => {
    answers = [
      [503, { code: 'busy' }, { 'retry-after': '0' }],
      [200, { at: 'now' }],
    ];
    expect(await ask(checkIn, at)).toEqual({ ok: true, value: { at: 'now' } });
    answers = [[429, { code: 'too-many' }, { 'retry-after': '3600' }]];
    expect(await ask(checkIn, at)).toEqual({ ok: false, code: 'too-many' });
    expect(asked).toHaveLength(3);
  });
});

describe('a pass that ran out', () => {
  it('is renewed at the door that the contract names', async () => {
    answers = [
      [401, {}],
      [401, {}],
    ];
    await renewPass();
    await signOut();
    expect(asked.map(({ method, url }) => [method, url])).toEqual(
      [renewSession, endSession].map(({ method, path }) => [method, path]),
    );
  });

  it('is renewed once in silence and the act is sent again', async () => {
    answers = [
      [401, { code: 'not-signed-in' }],
      [200, { name: 'me' }],
      [200, { at: 'now' }],
    ];
    expect(await ask(checkIn, at)).toEqual({ ok: true, value: { at: 'now' } });
    expect(asked.map(({ url }) => url)[1]).toBe('/api/session/renew');
    expect(asked[2]?.body).toBe('{"code":"AB12"}');
  });

  it('is renewed once for many askers', async () => {
    answers = [[200, { name: 'me' }]];
    const renewals = await Promise.all([renewPass(), renewPass(), renewPass()]);
    expect(renewals.every(({ ok }) => ok)).toBe(true);
    expect(asked.map(({ url }) => url)).toEqual(['/api/session/renew']);
  });

  it('ends the session when the session itself is refused, and only then', async () => {
    let ended = 0;
    const count = () => ended++;
    passEvents.addEventListener('ended', count);
    answers = [
      [401, { code: 'not-signed-in' }],
      [503, { code: 'busy' }],
    ];
    expect(await ask(checkIn, at)).toEqual({ ok: false, code: 'offline' });
    expect(ended).toBe(0);
    answers = [
      [401, { code: 'not-signed-in' }],
      [401, { code: 'session-ended' }],
    ];
    expect(await ask(checkIn, at)).toMatchObject({ ok: false, code: 'not-signed-in' });
    expect(ended).toBe(1);
    passEvents.removeEventListener('ended', count);
  });
});

describe('reading a content file', () => {
  const State = v.object({ version: v.number() });

  it('tells since when a copy is kept on the phone', async () => {
    answers = [[200, { version: 3 }, { 'x-kept-at': '2026-11-21T12:00:00.000Z' }]];
    expect(await content('/content/live/b1/m1.json', State)).toEqual({
      ok: true,
      value: { value: { version: 3 }, at: '2026-11-21T12:00:00.000Z', kept: true },
    });
  });

  it('renews the pass once when the edge refuses it', async () => {
    answers = [
      [403, ''],
      [200, {}],
      [200, { version: 4 }],
    ];
    expect(await content('/content/live/b1/m1.json', State)).toMatchObject({ ok: true, value: { kept: false } });
    answers = [
      [403, ''],
      [200, {}],
      [403, ''],
    ];
    expect(await content('/content/docs/b2/x.json', State)).toEqual({ ok: false, code: 'not-allowed' });
  });

  it('says what is gone and what is broken', async () => {
    answers = [
      [404, ''],
      [200, '{"version":'],
    ];
    expect(await content('/content/docs/b2/x.json', State)).toEqual({ ok: false, code: 'not-found' });
    expect(await content('/content/docs/b2/x.json', State)).toEqual({ ok: false, code: 'fault' });
  });
});

describe('the network as reading finds it', () => {
  const heard: string[] = [];
  const page = new EventTarget();
  beforeEach(() => {
    heard.length = 0;
    for (const name of ['online', 'offline']) page.addEventListener(name, ({ type }) => heard.push(type));
    globalThis.dispatchEvent = (event) => page.dispatchEvent(event);
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'dispatchEvent');
  });

  it('is told once when it goes and once when it comes back, whatever the phone believes', async () => {
    const kept: Said = [200, { seq: 1 }, { 'x-kept-at': '2026-11-03T12:30:00.000Z' }];
    const fresh: Said = [200, { seq: 2 }];
    answers = [fresh, kept, fresh, kept, fresh, fresh];
    for (const file of ['live', 'live', 'pack', 'live', 'live', 'live'])
      await content(`/content/${file}/u1/m1.json`, v.object({ seq: v.number() }));
    expect(heard).toEqual(['offline', 'online']);
  });
});

describe('waiting', () => {
  it('draws a wait between nothing and a doubling bound', () => {
    expect(fullJitter(0, 1000, 60_000, () => 1)).toBe(1000);
    expect(fullJitter(3, 1000, 60_000, () => 0.5)).toBe(4000);
    expect(fullJitter(30, 1000, 60_000, () => 1)).toBe(60_000);
    expect(fullJitter(5, 1000, 60_000, () => 0)).toBe(0);
  });

  it('reads seconds and dates of Retry-After', () => {
    expect(retryAfterMs('3', 0)).toBe(3000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:10 GMT', 4000)).toBe(6000);
    expect(retryAfterMs(null, 0)).toBe(0);
    expect(retryAfterMs('soon', 0)).toBe(0);
  });
});
