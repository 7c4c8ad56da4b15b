import { randomUUID } from 'node:crypto';
import type { Functions, Outcome } from './functions.ts';
import { type HttpRequest, type HttpResponse, jsonResponse } from './http-message.ts';
import { decoded, type Matched, router } from './http-routes.ts';
import type { HttpApiSpec } from './template-api.ts';

/** Largest body of a request. Source: API Gateway quotas for HTTP APIs. */
export const apiBodyLimit = 10 * 1024 * 1024;

/** The API as its own address answers: routes of the template, events of payload 2.0, the errors API Gateway makes itself. */
export const httpApi = (
  api: HttpApiSpec,
  functions: Functions,
  account: string,
): ((request: HttpRequest) => Promise<HttpResponse>) => {
  const find = router(api.routes);
  const admit = throttle(api.throttle);
  return async (request) => {
    const matched = find(request.method, request.path);
    if (matched === undefined) return jsonResponse(404, { message: 'Not Found' });
    if (!admit()) return jsonResponse(429, { message: 'Too Many Requests' });
    if (request.body.length > apiBodyLimit) return jsonResponse(413, { message: 'Request Entity Too Large' });
    const requestId = randomUUID();
    const event = eventOf(request, matched, { requestId, apiId: api.apiId, account });
    const outcome = await inTime(functions.invoke(matched.route.functionName, event), matched.route.timeoutMs);
    return responseOf(outcome, requestId);
  };
};

/** A bucket of requests that fills at a steady rate, as API Gateway counts. */
const throttle = (limit: HttpApiSpec['throttle']): (() => boolean) => {
  if (limit === undefined) return () => true;
  let tokens = limit.burst;
  let filled = performance.now();
  return () => {
    const now = performance.now();
    tokens = Math.min(limit.burst, tokens + ((now - filled) / 1_000) * limit.rate);
    filled = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};

const inTime = (call: Promise<Outcome>, timeoutMs: number): Promise<Outcome> => {
  let timer: NodeJS.Timeout;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: 'timed-out', message: 'integration timeout' }), timeoutMs);
  });
  return Promise.race([call, late]).finally(() => clearTimeout(timer));
};

/** Types whose bodies travel as text; all others travel in base64. */
const textual = /^(text\/|application\/(json|javascript|xml)\b|application\/[^;]+\+(json|xml)\b)/;

const eventOf = (
  request: HttpRequest,
  { route, parameters }: Matched,
  { requestId, apiId, account }: { requestId: string; apiId: string; account: string },
): unknown => {
  const { cookie, ...headers } = request.headers;
  const now = new Date();
  const path = decoded(request.path);
  const queries = [...new URLSearchParams(request.query)];
  const asText = request.headers['content-type'] === undefined || textual.test(request.headers['content-type']);
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: path,
    rawQueryString: request.query,
    ...(cookie ? { cookies: cookie.split('; ') } : {}),
    headers,
    ...(queries.length > 0 ? { queryStringParameters: joined(queries) } : {}),
    requestContext: {
      accountId: account,
      apiId,
      domainName: request.headers['host'] ?? '',
      domainPrefix: apiId,
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: request.ip,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: route.key,
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(parameters).length > 0 ? { pathParameters: parameters } : {}),
    ...(request.body.length > 0 ? { body: request.body.toString(asText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: request.body.length > 0 && !asText,
  };
};

const joined = (pairs: readonly (readonly [string, string])[]): Record<string, string> => {
  const values: Record<string, string> = {};
  for (const [name, value] of pairs) values[name] = values[name] === undefined ? value : `${values[name]},${value}`;
  return values;
};

const responseOf = (outcome: Outcome, requestId: string): HttpResponse => {
  const traced = { 'apigw-requestid': requestId };
  if (!outcome.ok) {
    const unavailable = outcome.reason === 'timed-out' || outcome.reason === 'throttled';
    return unavailable
      ? jsonResponse(503, { message: 'Service Unavailable' }, traced)
      : jsonResponse(500, { message: 'Internal Server Error' }, traced);
  }
  const answer: unknown = JSON.parse(outcome.payload);
  if (answer === null || typeof answer !== 'object' || !('statusCode' in answer)) {
    return jsonResponse(200, answer, traced);
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = answer as FunctionAnswer; // its own form, read loosely
  if (!Number.isInteger(Number(statusCode))) return jsonResponse(500, { message: 'Internal Server Error' }, traced);
  return {
    status: Number(statusCode),
    headers: {
      'content-type': 'text/plain;charset=utf-8',
      ...Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)])),
      ...traced,
    },
    cookies: cookies ?? [],
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
};

interface FunctionAnswer {
  readonly statusCode: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}
