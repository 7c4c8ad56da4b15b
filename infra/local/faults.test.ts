import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from './cloud.ts';
import { disturbed, faultSwitch, readFaults } from './faults.ts';
import { synthesiseShop } from './fixture/app.ts';
import { tablesOf } from './template-resources.ts';

describe('faults by name', () => {
  test('are read with their shares, and anything else is refused in one sentence', () => {
    expect(readFaults('throttle=0.05,slow-engine=300')).toMatchObject({
      throttle: 0.05,
      'slow-engine': 300,
      conflict: 0,
    });
    for (const text of ['', 'rain=1', 'throttle', 'throttle=2', 'throttle=-1', 'cognito-down=yes']) {
      expect(() => readFaults(text), text).toThrow('is no fault');
    }
  });
});

describe('event sources that are disturbed', () => {
  const queueBatch = (...bodies: string[]) => ({
    Records: bodies.map((body) => ({ eventSource: 'aws:sqs', body })),
  });
  const seen: unknown[] = [];
  const functions = {
    invoke: async (_name: string, event: unknown) => {
      seen.push(event);
      return { ok: true, payload: 'null' } as const;
    },
  };

  test('bring a batch twice', async () => {
    seen.length = 0;
    const faults = faultSwitch(readFaults('duplicate-events=1'));
    await disturbed(functions, faults).invoke('f', queueBatch('a'));
    await disturbed(functions, faults).invoke('f', { Records: [{ eventSource: 'aws:dynamodb' }] });
    expect(seen).toHaveLength(4);
  });

  test('bring records of a queue in another order, all of them; those of a stream stay in theirs', async () => {
    seen.length = 0;
    const draws = [0, 0.9, 0.5, 0.1];
    const faults = faultSwitch(readFaults('reorder-events=1'));
    const random = () => draws.shift() ?? 0;
    await disturbed(functions, faults, random).invoke('f', queueBatch('a', 'b', 'c'));
    expect(seen).toEqual([queueBatch('c', 'b', 'a')]);
    const stream = {
      Records: [
        { eventSource: 'aws:dynamodb', at: 1 },
        { eventSource: 'aws:dynamodb', at: 2 },
      ],
    };
    await disturbed(functions, faults, random).invoke('f', stream);
    expect(seen.at(-1)).toEqual(stream);
  });
});

describe('a cloud with faults', () => {
  let home: string;
  let cloud: Cloud;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'faults-test-'));
    const cdkOut = synthesiseShop(join(home, 'cdk.out'));
    cloud = await startCloud({ cdkOut, dataDir: join(home, 'data'), port: 0, faults: readFaults('throttle=0') });
  });
  afterAll(async () => {
    await cloud.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const fault = (text: string) => fetch(`${cloud.url}/_local/faults`, { method: 'POST', body: text });
  const ask = () => fetch(`${cloud.url}/api/shop/special`);
  const table = () => {
    const client = new DynamoDBClient({
      endpoint: cloud.environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
      region: cloud.template.place.region,
      credentials: cloud.home.credentials,
      maxAttempts: 1,
    });
    return { client, TableName: tablesOf(cloud.template)[0]?.name ?? '' };
  };
  const Item = { pk: { S: 'a' }, sk: { S: 'b' } };

  test('refuses calls of functions to the tables, meters the others, and spares the cloud itself', async () => {
    const { client, TableName } = table();
    cloud.resetCounters();
    await client.send(new PutItemCommand({ TableName, Item }));
    await fault('throttle=1');
    await expect(client.send(new GetItemCommand({ TableName, Key: Item }))).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
    });
    await fault('conflict=1');
    await client.send(new GetItemCommand({ TableName, Key: Item }));
    await expect(client.send(new PutItemCommand({ TableName, Item }))).rejects.toMatchObject({
      name: 'TransactionConflictException',
    });
    expect(cloud.counters().capacity).toEqual({ [`${TableName} writes`]: 1, [`${TableName} reads`]: 0.5 });
    await cloud.home.dynamoDb.send(new PutItemCommand({ TableName, Item }));
    await fault('throttle=0');
  });

  test('makes the tables slow', async () => {
    const { client, TableName } = table();
    await fault('slow-engine=200');
    const begun = performance.now();
    await client.send(new GetItemCommand({ TableName, Key: Item }));
    expect(performance.now() - begun).toBeGreaterThan(195);
    await fault('throttle=0');
  });

  test('loses answers after the work is done', async () => {
    await ask();
    cloud.resetCounters();
    await fault('drop-responses=1');
    await expect(ask()).rejects.toThrow('fetch failed');
    expect(Object.values(cloud.counters().functions).reduce((sum, it) => sum + it.invocations, 0)).toBe(1);
    await fault('throttle=0');
    expect((await ask()).status).toBe(200);
  });

  test('cuts the line to the staff pool, and mends it', async () => {
    const pool = cloud.environment['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'] ?? '';
    await fault('cognito-down=1');
    await expect(fetch(pool)).rejects.toThrow('fetch failed');
    await fault('throttle=0');
    expect((await fetch(pool)).status).toBe(404);
  });

  test('lets the staff pool hang: nothing is answered any more until it is mended', async () => {
    const pool = cloud.environment['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'] ?? '';
    await fault('cognito-hangs=1');
    await expect(fetch(pool, { signal: AbortSignal.timeout(500) })).rejects.toThrow('timeout');
    await fault('throttle=0');
    expect((await fetch(pool)).status).toBe(404);
  });

  test('kills every function, and the next call finds a new one', async () => {
    // an act, since the edge keeps the failure of a look for some seconds
    const act = () => fetch(`${cloud.url}/api/shop/anything`, { method: 'POST' });
    await fetch(`${cloud.url}/_local/kill/functions`, { method: 'POST' });
    await expect.poll(async () => (await act()).status).toBe(200);
  });

  test('kills the engine of the tables, which comes back by itself with what it held', async () => {
    const { client, TableName } = table();
    await client.send(new PutItemCommand({ TableName, Item: { ...Item, kept: { S: 'yes' } } }));
    await fetch(`${cloud.url}/_local/kill/engine`, { method: 'POST' });
    const read = () =>
      client.send(new GetItemCommand({ TableName, Key: Item })).then(
        ({ Item: found }) => found?.['kept']?.S,
        () => 'away',
      );
    await expect.poll(read).toBe('yes');
  });

  test('refuses what is no fault', async () => {
    expect((await fault('rain=1')).status).toBe(400);
  });
});
