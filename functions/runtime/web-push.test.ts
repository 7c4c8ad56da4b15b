import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instantOf } from '#shared/kernel/time.ts';
import { knock, pushKeysOf } from './web-push.ts';

/** A push service on this machine: it remembers who knocked and answers as it is told. */
let status = 201;
const heard: { headers: IncomingMessage['headers']; octets: number }[] = [];
const service = createServer((request, response) => {
  let octets = 0;
  request.on('data', (part: Buffer) => {
    octets += part.length;
  });
  request.on('end', () => {
    heard.push({ headers: request.headers, octets });
    response.writeHead(status, status === 307 ? { location: 'http://127.0.0.1:1/elsewhere' } : {}).end();
  });
});
let address = '';

beforeAll(async () => {
  process.env['SITE_ORIGIN'] = 'https://so-tay.example';
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  address = `http://127.0.0.1:${(service.address() as AddressInfo).port}/wpush/abc`;
});
afterAll(() => void service.close());
beforeEach(() => {
  heard.length = 0;
  status = 201;
});

const now = instantOf(Date.parse('2026-12-02T00:15:00.000Z'));
const keys = pushKeysOf('a secret of at least some length');

describe('a knock at a push service', () => {
  it('carries no content, and a signed word for that service only', async () => {
    expect(await knock(address, keys, now)).toEqual({ became: 'taken' });
    const [{ headers, octets } = { headers: {}, octets: -1 }] = heard;
    expect(octets).toBe(0);
    expect(headers['ttl']).toBe('43200');
    const [, word = '', key] = /^vapid t=(\S+), k=(\S+)$/.exec(headers.authorization ?? '') ?? [];
    expect(key).toBe(keys.publicKey);
    const [head = '', claims = '', signature = ''] = word.split('.');
    const point = Buffer.from(keys.publicKey, 'base64url');
    const publicKey = createPublicKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv: 'P-256',
        x: point.subarray(1, 33).toString('base64url'),
        y: point.subarray(33).toString('base64url'),
      },
    });
    const signed = verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      { key: publicKey, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    expect(signed).toBe(true);
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
      aud: new URL(address).origin,
      exp: Math.floor(Date.parse(now) / 1000) + 12 * 3600,
      sub: 'https://so-tay.example',
    });
  });

  it.each([
    [410, 'gone'],
    [404, 'gone'],
    [403, 'gone'],
    [429, 'later'],
    [503, 'later'],
  ] as const)('answered with %d is %s', async (answered, became) => {
    status = answered;
    expect(await knock(address, keys, now)).toEqual({ became });
  });

  it('follows no address to another place', async () => {
    status = 307;
    expect(await knock(address, keys, now)).toEqual({ became: 'gone' });
    expect(heard).toHaveLength(1);
  });

  it('that reaches nobody may be tried again', async () => {
    expect(await knock('http://127.0.0.1:1/wpush/abc', keys, now)).toEqual({ became: 'later' });
  });
});

it('the keys of one secret are always the same, and of another secret others', () => {
  expect(pushKeysOf('one').publicKey).toBe(pushKeysOf('one').publicKey);
  expect(pushKeysOf('one').publicKey).not.toBe(pushKeysOf('two').publicKey);
  expect(Buffer.from(pushKeysOf('one').publicKey, 'base64url')).toHaveLength(65);
});
