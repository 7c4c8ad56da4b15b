import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localCredentials, localRegion } from '../../infra/local/engines/credentials.ts';
import { verifySignature } from '../../infra/local/engines/signature.ts';
import { AwsRefusal, askAws, callAws } from './aws-call.ts';
import { fromAttributes, toAttributes } from './item-values.ts';

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;
let answer: Answer;
const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => answer(request, body, response));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['AWS_ENDPOINT_URL_SQS'] = url;
  process.env['AWS_ENDPOINT_URL_S3'] = url;
  process.env['AWS_REGION'] = localRegion;
  process.env['AWS_ACCESS_KEY_ID'] = localCredentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = localCredentials.secretAccessKey;
});
afterAll(() => {
  delete process.env['AWS_SESSION_TOKEN'];
  server.closeAllConnections();
  server.close();
});

const seen = (): Answer => (request, _body, response) => {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const service = request.headers['x-amz-content-sha256'] === undefined ? 'sqs' : 's3';
  verifySignature(
    { method: request.method ?? '', path, query, headers: request.headers },
    {
      service,
      credentials: localCredentials,
      payloadHash: String(request.headers['x-amz-content-sha256'] ?? hashes.at(-1)),
      now: Date.now(),
    },
  );
  response.writeHead(200).end('{"fine":true}');
};
const hashes: string[] = [];

describe('a call of a service', () => {
  it('carries a signature that the service verifies, with a session token and letters of any kind', async () => {
    process.env['AWS_SESSION_TOKEN'] = 'a token';
    const body = JSON.stringify({ QueueUrl: 'q', text: 'Nguyễn Thị Lan' });
    hashes.push((await import('node:crypto')).hash('sha256', body, 'hex'));
    answer = seen();
    expect(await askAws('sqs', 'SendMessage', JSON.parse(body))).toEqual({ fine: true });
    const path = `/bucket/content/docs/${encodeURIComponent('chi bộ')}/a.json`;
    const put = await callAws({ service: 's3', method: 'PUT', path, headers: { 'if-match': '"1"' }, body: 'x' });
    expect(put.status).toBe(200);
  });

  it('is sent again after a lost connection, a fault of the service and a passing refusal', async () => {
    const fates: Answer[] = [
      (request) => request.socket.destroy(),
      (_request, _body, response) => response.writeHead(503).end(),
      (_request, _body, response) => response.writeHead(400).end('{"__type":"x#RequestThrottled"}'),
      (_request, body, response) => response.writeHead(200).end(body),
    ];
    answer = (...call) => fates.shift()?.(...call);
    expect(await askAws('sqs', 'SendMessage', { again: 1 })).toEqual({ again: 1 });
    expect(fates).toEqual([]);
  });

  it('that is refused for good says why, and is not sent again', async () => {
    let calls = 0;
    answer = (_request, _body, response) => {
      calls++;
      response.writeHead(400).end('{"__type":"com.amazonaws.sqs#InvalidId","message":"no"}');
    };
    await expect(askAws('sqs', 'SendMessage', {})).rejects.toThrow(AwsRefusal);
    await expect(askAws('sqs', 'SendMessage', {})).rejects.toMatchObject({ code: 'InvalidId' });
    expect(calls).toBe(2);
  });
});

describe('the values of an item', () => {
  it('come back as they were, and what is undefined is left out', () => {
    const item = {
      text: 'Đảng bộ',
      none: null,
      yes: true,
      no: false,
      half: 0.5,
      list: [1, { deep: ['a', []] }],
      map: {},
    };
    expect(fromAttributes(toAttributes({ ...item, gone: undefined }))).toEqual(item);
  });

  it('that a table cannot hold are refused', () => {
    for (const value of [Number.NaN, new Date(0), () => 0, 5n])
      expect(() => toAttributes({ value })).toThrow(TypeError);
  });
});
