import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Functions, Outcome } from './functions.ts';
import { httpApi } from './http-api.ts';
import type { HttpRequest } from './http-message.ts';
import { router } from './http-routes.ts';
import type { RouteSpec } from './template-api.ts';

const route = (key: string): RouteSpec => ({ key, functionName: key, timeoutMs: 100 });

describe('the route of a request', () => {
  const find = router(
    [
      'ANY /api/shop/{proxy+}',
      'GET /api/shop/special',
      'ANY /api/shop/special',
      'GET /api/shop/items/{id}',
      'GET /api/shop/items/{id}/parts/{part}',
      'POST /api/{proxy+}',
    ].map(route),
  );
  test.each([
    ['GET', '/api/shop/special', 'GET /api/shop/special', {}],
    ['POST', '/api/shop/special', 'ANY /api/shop/special', {}],
    ['GET', '/api/shop/items/7', 'GET /api/shop/items/{id}', { id: '7' }],
    ['DELETE', '/api/shop/items/7', 'ANY /api/shop/{proxy+}', { proxy: 'items/7' }],
    ['GET', '/api/shop/items/7/parts/a%20b', 'GET /api/shop/items/{id}/parts/{part}', { id: '7', part: 'a b' }],
    ['POST', '/api/elsewhere/x', 'POST /api/{proxy+}', { proxy: 'elsewhere/x' }],
  ])('%s %s takes %s', (method, path, key, parameters) => {
    expect(find(method, path)).toEqual({ route: route(key), parameters });
  });

  test('nothing matches what no route names, nor a greedy variable with nothing in it', () => {
    expect(find('GET', '/api/elsewhere/x')).toBeUndefined();
    expect(find('GET', '/api/shop')).toBeUndefined();
    expect(find('GET', '/api/shop/')).toBeUndefined();
  });

  test('does not depend on the order in which routes stand in the template', () => {
    const keys = ['ANY /a/{p+}', 'GET /a/b', 'ANY /a/{x}', 'GET /a/{x}', '$default', 'GET /{p+}', 'ANY /a/b'];
    const paths = fc.constantFrom('/a/b', '/a/c', '/a/b/c', '/z', '/');
    fc.assert(
      fc.property(
        fc.shuffledSubarray(keys, { minLength: keys.length }),
        fc.constantFrom('GET', 'PUT'),
        paths,
        (some, method, path) => {
          expect(router(some.map(route))(method, path)).toEqual(router(keys.map(route))(method, path));
        },
      ),
    );
  });
});

describe('the HTTP API', () => {
  const asked: { name: string; event: Record<string, unknown> }[] = [];
  const answering = (outcome: Outcome | Promise<Outcome>, throttle?: { rate: number; burst: number }) => {
    asked.length = 0;
    const functions = {
      invoke: async (name: string, event: unknown) => {
        asked.push({ name, event: event as Record<string, unknown> });
        return outcome;
      },
    } as unknown as Functions; // the API uses nothing else of it
    const routes = [route('ANY /api/shop/{proxy+}')];
    return httpApi({ logicalId: 'Http', apiId: 'http', routes, throttle }, functions, '111111111111');
  };
  const request = (changes: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'GET',
    path: '/api/shop/x',
    query: '',
    headers: { host: 'shop', cookie: 'a=1; b=2', 'user-agent': 'test' },
    body: Buffer.alloc(0),
    ip: '127.0.0.9',
    ...changes,
  });
  const answered = (payload: unknown): Outcome => ({ ok: true, payload: JSON.stringify(payload) });

  test('makes an event of payload 2.0: cookies apart, queries joined, the path worked out', async () => {
    await answering(answered({ statusCode: 204 }))(request({ path: '/api/shop/%C4%91', query: 'a=1&b=2&a=3' }));
    expect(asked[0]?.event).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /api/shop/{proxy+}',
      rawPath: '/api/shop/đ',
      rawQueryString: 'a=1&b=2&a=3',
      cookies: ['a=1', 'b=2'],
      headers: { host: 'shop', 'user-agent': 'test' },
      queryStringParameters: { a: '1,3', b: '2' },
      pathParameters: { proxy: 'đ' },
      requestContext: { http: { method: 'GET', path: '/api/shop/đ', sourceIp: '127.0.0.9' }, stage: '$default' },
      isBase64Encoded: false,
    });
    expect(asked[0]?.event['headers']).not.toHaveProperty('cookie');
  });

  test('hands JSON over as text and everything else in base64', async () => {
    const api = answering(answered({ statusCode: 204 }));
    const post = (type: string, body: Buffer) =>
      api(request({ method: 'POST', headers: { 'content-type': type }, body }));
    await post('application/json', Buffer.from('{"a":"đ"}'));
    await post('application/octet-stream', Buffer.from([0, 255]));
    expect(asked.map(({ event }) => [event['body'], event['isBase64Encoded']])).toEqual([
      ['{"a":"đ"}', false],
      ['AP8=', true],
    ]);
  });

  test('gives back status, headers, cookies and a body in base64 as it was meant', async () => {
    const api = answering(
      answered({
        statusCode: 201,
        headers: { 'X-A': 1 },
        cookies: ['a=1', 'b=2'],
        body: 'AP8=',
        isBase64Encoded: true,
      }),
    );
    const response = await api(request());
    expect(response).toMatchObject({ status: 201, cookies: ['a=1', 'b=2'] });
    expect(response.headers['x-a']).toBe('1');
    expect([...response.body]).toEqual([0, 255]);
  });

  test('an answer without a status is the body of a 200', async () => {
    const response = await answering(answered({ plain: true }))(request());
    expect([response.status, response.body.toString()]).toEqual([200, '{"plain":true}']);
  });

  test.each([
    ['threw', 500, 'Internal Server Error'],
    ['crashed', 500, 'Internal Server Error'],
    ['too-large', 500, 'Internal Server Error'],
    ['throttled', 503, 'Service Unavailable'],
    ['timed-out', 503, 'Service Unavailable'],
  ] as const)('a function that %s is a %i and tells nothing of why', async (reason, status, message) => {
    const response = await answering({ ok: false, reason, message: 'secret' })(request());
    expect([response.status, response.body.toString()]).toEqual([status, JSON.stringify({ message })]);
  });

  test('gives up an integration after its time', async () => {
    expect((await answering(new Promise(() => {}))(request())).status).toBe(503);
  });

  test('a path without a route is Not Found and asks no function', async () => {
    const response = await answering(answered({}))(request({ path: '/api/other' }));
    expect([response.status, response.body.toString()]).toEqual([404, '{"message":"Not Found"}']);
    expect(asked).toEqual([]);
  });

  test('a body over 10 MB is refused and asks no function', async () => {
    const response = await answering(answered({}))(
      request({ method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) }),
    );
    expect(response.status).toBe(413);
    expect(asked).toEqual([]);
  });

  test('requests beyond rate and burst are refused with 429', async () => {
    const api = answering(answered({ statusCode: 200 }), { rate: 0.001, burst: 2 });
    const statuses = [await api(request()), await api(request()), await api(request())].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});
