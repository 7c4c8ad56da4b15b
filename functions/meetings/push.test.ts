import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aHouse, call } from '#runtime/testing.ts';
import type { MemberId } from '#shared/kernel/ids.ts';
import { dayOf, HOUR_MS, instantOf, MINUTE_MS } from '#shared/kernel/time.ts';
import * as contract from '#shared/meetings/contract.ts';
import { aBucket, aSecret, aTable } from '../../infra/local/testing.ts';
import { handler } from './api.ts';
import { handler as onReminderDue } from './on-reminder-due.ts';
import { browsersOf, recordBrowser, releaseReminder } from './store/reminders.ts';
import { aBranch, aPublished, deliver, type Ref, unitId, who } from './testing.ts';

/** A browser's subscription as its push service keeps it. */
interface Subscription {
  /** The key that the browser subscribed with: nobody else may send. */
  readonly key: string;
  /** Told to come again after so many seconds, or on a date. */
  busy?: string | undefined;
  gone?: 404 | 410;
  readonly taken: string[];
}

const DAY_SECONDS = 24 * 3600;

/**
 * A push service on this machine that holds its callers to the standards: what the request must carry (RFC 8030), whose word it is
 * and for how long (RFC 8292). Messages of this handbook are empty, so nothing is there to be encrypted (RFC 8291): a body is refused.
 */
class PushService {
  readonly subscriptions = new Map<string, Subscription>();
  /** What was wrong with requests that were refused as such. */
  readonly wrong: string[] = [];
  readonly #server = createServer(async (request, response) => {
    let octets = 0;
    for await (const chunk of request) octets += (chunk as Buffer).length;
    const subscription = this.subscriptions.get(request.url ?? '');
    const objection = this.#objection(request, octets, subscription);
    if (objection) {
      this.wrong.push(objection.why);
      return response.writeHead(objection.status).end();
    }
    if (!subscription || subscription.gone) return response.writeHead(subscription?.gone ?? 404).end();
    if (subscription.busy) return response.writeHead(429, { 'retry-after': subscription.busy }).end();
    subscription.taken.push(String(request.headers['topic'] ?? ''));
    return response.writeHead(201, { location: `${this.origin}/message/${crypto.randomUUID()}` }).end();
  });
  origin = '';

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  end(): void {
    this.#server.close();
  }

  /** As a browser does it for a page: the address at which it is reached from then on. */
  subscribe(key: string): { readonly address: string; readonly subscription: Subscription } {
    const path = `/push/${crypto.randomUUID()}`;
    const subscription: Subscription = { key, taken: [] };
    this.subscriptions.set(path, subscription);
    return { address: `${this.origin}${path}`, subscription };
  }

  #objection(request: IncomingMessage, octets: number, subscription: Subscription | undefined) {
    const { headers, method } = request;
    if (method !== 'POST') return { status: 405, why: 'no POST' };
    if (!/^\d+$/.test(String(headers['ttl']))) return { status: 400, why: 'no TTL' };
    if (headers['urgency'] && !/^(very-low|low|normal|high)$/.test(String(headers['urgency'])))
      return { status: 400, why: 'an urgency that is none' };
    if (headers['topic'] && !/^[A-Za-z0-9_-]{1,32}$/.test(String(headers['topic'])))
      return { status: 400, why: 'a topic that is none' };
    if (octets > 0 || headers['content-encoding']) return { status: 400, why: 'a body nobody can read' };
    const [, word = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(headers.authorization ?? '') ?? [];
    const claims = claimsOf(word, key);
    if (!claims) return { status: 401, why: 'a word that its key has not signed' };
    const seconds = Date.now() / 1000;
    if (claims.aud !== this.origin) return { status: 403, why: 'a word for another service' };
    if (!(claims.exp > seconds && claims.exp <= seconds + DAY_SECONDS))
      return { status: 403, why: 'a word out of its time' };
    if (!/^(mailto|https):/.test(claims.sub)) return { status: 400, why: 'nobody to be asked about it' };
    if (subscription && subscription.key !== key)
      return { status: 403, why: 'another key than the browser subscribed with' };
    return undefined;
  }
}

/** What a word says, if it was signed with ES256 by this key; nothing if not. Source: RFC 8292 §2, RFC 7515. */
const claimsOf = (word: string, key: string): { aud: string; exp: number; sub: string } | undefined => {
  const [head = '', claims = '', signature = ''] = word.split('.');
  const point = Buffer.from(key, 'base64url');
  if (point.length !== 65 || point[0] !== 4) return undefined;
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url')) as [
    string,
    string,
  ];
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
  const how = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  const signed = verify('sha256', Buffer.from(`${head}.${claims}`), how, Buffer.from(signature, 'base64url'));
  const told = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return signed && told(head).alg === 'ES256' ? told(claims) : undefined;
};

const service = new PushService();
beforeAll(async () => {
  await Promise.all([
    aHouse(),
    aTable('MEETINGS_TABLE'),
    aBucket('CONTENT_BUCKET'),
    aSecret('PUSH_SECRET', 'for tests of at least some length'),
  ]);
  await Promise.all([aBranch(), service.start()]);
});
afterAll(() => service.end());
beforeEach(() => {
  service.subscriptions.clear();
  service.wrong.length = 0;
});

const asks = async (name: string): Promise<Subscription & { readonly address: string }> => {
  const { body } = await call(handler, contract.pushKey, { unitId }, who(name));
  const { address, subscription } = service.subscribe(body.key);
  // an address of this machine is none of a browser maker, so it is not taken by the door for members
  await recordBrowser(unitId, { memberId: name as MemberId, address });
  return Object.assign(subscription, { address });
};
const startsAt = async (ref: Ref) => (await call(handler, contract.desk, ref, who('lan'))).body.meeting.startsAt;
const remind = async (ref: Ref, stage: 'day-before' | 'same-day' = 'same-day') => {
  const day = dayOf(await startsAt(ref));
  return deliver(onReminderDue, [{ type: 'reminder-due', ...ref, day, stage, at: instantOf(Date.now()) }]);
};

describe('a push service that holds to the standards', () => {
  it('takes the reminder of those who asked for it and have not acted, and of nobody else', async () => {
    const ref = await aPublished(5);
    const [tam, an, tu] = [await asks('tam'), await asks('an'), await asks('tu')];
    await call(handler, contract.confirm, { ...ref, startsAt: await startsAt(ref) }, who('an'));
    await call(handler, contract.askAbsence, { ...ref, reason: 'Đi viện' }, who('tu'));
    expect(await remind(ref)).toEqual([]);
    expect(await remind(ref)).toEqual([]);
    expect([tam.taken.length, an.taken.length, tu.taken.length]).toEqual([1, 0, 0]);
    expect(service.wrong).toEqual([]);
  });

  it.each([404, 410] as const)(
    'has said %d of a browser, and it is forgotten: nobody knocks there again',
    async (gone) => {
      const ref = await aPublished(5);
      const tam = await asks('tam');
      tam.gone = gone;
      expect(await remind(ref)).toEqual([]);
      expect((await browsersOf(unitId)).map(({ address }) => address)).not.toContain(tam.address);
      delete tam.gone;
      expect(await remind(ref, 'day-before')).toEqual([]);
      expect(tam.taken).toEqual([]);
    },
  );

  it.each(['120', 'a date'])(
    'wants to be left alone for two minutes (%s), and is; then it gets the reminder once',
    async (said) => {
      const ref = await aPublished(5);
      const tam = await asks('tam');
      const until = Date.now() + 2 * MINUTE_MS;
      tam.busy = said === '120' ? said : new Date(until).toUTCString();
      expect(await remind(ref)).toEqual(['m0']);
      tam.busy = undefined;
      expect(await remind(ref)).toEqual(['m0']);
      expect(tam.taken).toEqual([]);
      const browser = (await browsersOf(unitId)).find(({ address }) => address === tam.address);
      // a date knows whole seconds
      expect(Math.abs(Date.parse(browser?.notBefore ?? '') - until)).toBeLessThan(60_000);
      // two minutes later
      if (browser) await releaseReminder(unitId, browser, instantOf(Date.now() - 1));
      expect(await remind(ref)).toEqual([]);
      expect(await remind(ref)).toEqual([]);
      expect(tam.taken).toHaveLength(1);
    },
  );

  it('finds what is wrong with a word, so that the above says something', async () => {
    const tam = await asks('tam');
    const { knock, pushKeysOf } = await import('#runtime/web-push.ts');
    const others = pushKeysOf('another handbook of some length');
    const now = instantOf(Date.now());
    expect(await knock(tam.address, others, now)).toEqual({ became: 'gone' });
    expect(await knock(tam.address.replace('127.0.0.1', 'localhost'), others, now)).toEqual({ became: 'gone' });
    expect(await knock(tam.address, others, instantOf(Date.now() - 13 * HOUR_MS))).toEqual({ became: 'gone' });
    await fetch(tam.address, {
      method: 'POST',
      headers: { authorization: `vapid t=a.b.c, k=${others.publicKey}`, ttl: '1' },
    });
    await fetch(tam.address, { method: 'POST' });
    expect(service.wrong).toEqual([
      'another key than the browser subscribed with',
      'a word for another service',
      'a word out of its time',
      'a word that its key has not signed',
      'no TTL',
    ]);
    expect(tam.taken).toEqual([]);
  });
});
