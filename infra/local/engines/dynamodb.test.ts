import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aTable, engines } from '../testing.ts';
import { localCredentials, localRegion } from './credentials.ts';
import { startDynamoDb } from './dynamodb.ts';
import { sweepExpired } from './dynamodb-expiry.ts';
import { inOwnProcess, killUnderWrites } from './testing.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'dynamodb-test-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const clientOf = (endpoint: string) =>
  new DynamoDBClient({ endpoint, region: localRegion, credentials: localCredentials });

describe('the DynamoDB engine', () => {
  test('a client made from the environment finds the table that a test asked for', async () => {
    const name = await aTable('SOME_TABLE', { stream: true });
    expect(process.env.SOME_TABLE).toBe(name);
    const client = new DynamoDBClient({});
    await client.send(new PutItemCommand({ TableName: name, Item: { pk: { S: 'chi-bộ' }, sk: { S: '1' } } }));
    const { Item } = await client.send(
      new GetItemCommand({ TableName: name, Key: { pk: { S: 'chi-bộ' }, sk: { S: '1' } } }),
    );
    expect(Item?.pk).toEqual({ S: 'chi-bộ' });
  });

  test('a taken port is refused in one sentence', async () => {
    const { port } = await engines().dynamoDb();
    await expect(startDynamoDb({ dataDir: join(home, 'taken'), port })).rejects.toThrow(`Port ${port} is taken`);
  });

  test('a data folder in use is refused, and free again after the engine has stopped', async () => {
    const dataDir = join(home, 'shared');
    const first = await startDynamoDb({ dataDir });
    await expect(startDynamoDb({ dataDir })).rejects.toThrow(`in use by process ${process.pid}`);
    await first.stop();
    const second = await startDynamoDb({ dataDir });
    await second.stop();
  });

  test('what has expired is swept, what is renewed, later or no number stays', async () => {
    const name = await aTable('EXPIRING_TABLE');
    const { endpoint } = await engines().dynamoDb();
    const client = clientOf(endpoint);
    const item = (sk: string, expiresAt?: { N: string } | { S: string }) =>
      client.send(
        new PutItemCommand({
          TableName: name,
          Item: { pk: { S: 'a' }, sk: { S: sk }, ...(expiresAt && { expiresAt }) },
        }),
      );
    await Promise.all([item('past', { N: '999' }), item('now', { N: '1000' }), item('text', { S: '1' }), item('none')]);
    expect(await sweepExpired(endpoint, name, 'expiresAt', 1000)).toBe(1);
    const left = await Promise.all(
      ['past', 'now', 'text', 'none'].map(async (sk) => {
        const { Item } = await client.send(
          new GetItemCommand({ TableName: name, Key: { pk: { S: 'a' }, sk: { S: sk } } }),
        );
        return Item === undefined ? undefined : sk;
      }),
    );
    expect(left).toEqual([undefined, 'now', 'text', 'none']);
  });

  test('an owner that is killed takes its engine with it, and the same folder opens again with everything in it', async () => {
    const dataDir = join(home, 'killed');
    const engine = await inOwnProcess(new URL('./dynamodb.ts', import.meta.url).href, 'startDynamoDb', { dataDir });
    const client = clientOf(engine.endpoint);
    await client.send(
      new CreateTableCommand({
        TableName: 'written',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
    const acknowledged = await killUnderWrites(engine, (pk) =>
      client.send(new PutItemCommand({ TableName: 'written', Item: { pk: { S: pk } } })),
    );
    const again = await startDynamoDb({ dataDir });
    const reader = clientOf(again.endpoint);
    const found = await Promise.all(
      acknowledged.map(
        async (pk) => (await reader.send(new GetItemCommand({ TableName: 'written', Key: { pk: { S: pk } } }))).Item,
      ),
    );
    expect(found.filter((item) => item === undefined)).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
    await again.stop();
  });
});
