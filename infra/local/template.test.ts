import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesiseShop } from './fixture/app.ts';
import type { Addresses } from './names.ts';
import { openTemplate, type Template } from './template.ts';
import { httpApisOf } from './template-api.ts';
import { distributionsOf, edgeStoresOf } from './template-edge.ts';
import { mappingsOf, notificationsOf, schedulesOf } from './template-events.ts';
import { bucketsOf, functionsOf, poolsOf, queuesOf, secretsOf, tablesOf } from './template-resources.ts';

const addresses: Addresses = {
  site: 'localhost:4173',
  api: 'http://127.0.0.1:9001',
  queues: 'http://127.0.0.1:9002',
  parameters: { SiteOrigin: 'http://localhost:4173' },
  secret: (name, field) => `value of ${name}${field ? `.${field}` : ''}`,
  secretArn: () => undefined,
};

let home: string;
let template: Template;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'template-test-'));
  template = openTemplate(synthesiseShop(join(home, 'cdk.out')), addresses);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const one = <T>(list: readonly T[]): T => {
  expect(list).toHaveLength(1);
  return list[0] as T;
};

describe('the synthesised template, as this machine sees it', () => {
  test('a function has its bundle, its time limit and an environment in which every reference is a local value', () => {
    const api = functionsOf(template).find(({ logicalId }) => logicalId.startsWith('ShopApi'));
    const table = one(tablesOf(template));
    const secret = one(secretsOf(template));
    expect(api).toMatchObject({ handler: 'index.handler', timeoutMs: 5_000 });
    expect(api?.environment).toEqual({
      SALES_TABLE: table.name,
      SITE_ORIGIN: 'http://localhost:4173',
      ORIGIN_SECRET: `value of ${secret.name}`,
    });
  });

  test('a queue in an environment is an address at the local engine', () => {
    const relay = functionsOf(template).find(({ logicalId }) => logicalId.startsWith('Relay'));
    const sold = queuesOf(template).find(({ logicalId }) => logicalId.startsWith('Sold'));
    expect(JSON.parse(relay?.environment['ROUTES'] ?? '')).toEqual({
      sold: [`http://127.0.0.1:9002/000000000000/${sold?.name}`],
    });
    expect(sold?.visibilityTimeoutSeconds).toBe(30);
    expect(sold?.redrive?.maxReceiveCount).toBe(3);
    expect(queuesOf(template).map(({ name }) => name)).toContain(sold?.redrive?.deadLetterQueue);
  });

  test('a table has its keys, indexes, stream and the attribute by which items expire', () => {
    const table = one(tablesOf(template));
    expect(table.KeySchema.map(({ AttributeName }) => AttributeName)).toEqual(['pk', 'sk']);
    expect(table.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['byDay']);
    expect(table.StreamSpecification).toEqual({ StreamViewType: 'NEW_IMAGE' });
    expect(table.TimeToLiveSpecification?.AttributeName).toBe('expiresAt');
  });

  test('an event mapping names its source, its function and what becomes of failures', () => {
    const mappings = mappingsOf(template);
    const stream = one(mappings.filter(({ source }) => source.kind === 'stream'));
    expect(stream).toMatchObject({
      source: { kind: 'stream', table: one(tablesOf(template)).name },
      batchSize: 10,
      partialFailures: true,
      bisect: true,
      maximumRetries: 2,
      filters: [{ dynamodb: { NewImage: { fact: { S: [{ exists: true }] } } } }],
    });
    expect(queuesOf(template).map(({ name }) => name)).toContain(stream.onFailureQueue);
    const queue = one(mappings.filter(({ source }) => source.kind === 'queue'));
    expect(queue).toMatchObject({ batchSize: 10, windowMs: 1_000, partialFailures: true });
    expect(functionsOf(template).map(({ name }) => name)).toContain(queue.functionName);
  });

  test('a schedule has its expression, its zone, its target and its input', () => {
    const nightly = one(schedulesOf(template));
    expect(nightly).toMatchObject({ expression: 'cron(17 3 * * ? *)', input: '{"hello":"night"}' });
    expect(functionsOf(template).map(({ name }) => name)).toContain(nightly.target.name);
  });

  test('a bucket tells its queue of what arrives under a prefix', () => {
    const told = one(notificationsOf(template));
    expect(told).toMatchObject({ events: ['s3:ObjectCreated:*'], prefix: 'inbox/', target: { kind: 'queue' } });
    expect(bucketsOf(template).map(({ name }) => name)).toContain(told.bucket);
  });

  test('the HTTP API has a route per path and method, each with its function', () => {
    const api = one(httpApisOf(template));
    expect(api.routes.map(({ key }) => key).sort()).toEqual([
      'ANY /api/shop/{proxy+}',
      'GET /api/shop/items/{id}',
      'GET /api/shop/special',
    ]);
    expect(new Set(api.routes.map(({ functionName }) => functionName)).size).toBe(1);
  });

  test('the distribution tries its behaviours in order, with policies, functions and origins put in place', () => {
    const edge = one(distributionsOf(template));
    expect(edge.behaviours.map(({ pattern }) => pattern)).toEqual(['/content/live/*', '/content/*', '/api/*', '*']);
    const [live, content, api, site] = edge.behaviours;
    expect(live?.cache).toMatchObject({ minSeconds: 0, defaultSeconds: 2, maxSeconds: 5, brotli: true });
    expect(content?.functions['viewer-request']?.stores).toEqual([one(edgeStoresOf(template)).name]);
    expect(api?.cache?.maxSeconds).toBe(0);
    expect(api?.originRequest?.headers).toEqual({ mode: 'allExcept', names: ['host'] });
    expect(site?.responseHeaders?.set).toContainEqual({
      name: 'content-security-policy',
      value: "default-src 'self'",
      override: true,
    });
    const origin = edge.origins.find(({ id }) => id === api?.originId);
    expect(origin).toMatchObject({ domain: '127.0.0.1:9001' });
    expect(origin?.customHeaders['x-word']).toBe(`value of ${one(secretsOf(template)).name}`);
    const siteOrigin = edge.origins.find(({ id }) => id === site?.originId);
    expect(bucketsOf(template).map(({ domain }) => domain)).toContain(siteOrigin?.domain);
  });

  test('pool and client ids look like real ones', () => {
    const pool = one(poolsOf(template));
    expect(pool.poolId).toMatch(/^ap-southeast-1_[0-9a-z]{9}$/);
    expect(one(pool.clientIds)).toMatch(/^[0-9a-z]{26}$/);
    expect(pool.minimumPasswordLength).toBe(12);
  });

  test('a folder that is no template is refused in one sentence', () => {
    expect(() => openTemplate(join(home, 'nowhere'))).toThrow('The synthesised template cannot be read');
  });
});
