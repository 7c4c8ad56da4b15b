import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll } from 'vitest';
import { localCredentials, localRegion } from './engines/credentials.ts';
import { type DynamoDb, startDynamoDb } from './engines/dynamodb.ts';
import { type S3, startS3 } from './engines/s3.ts';

/** The engines that a test may use, each started on first use and ended with the test file. */
export interface Engines {
  readonly dynamoDb: () => Promise<DynamoDb>;
  readonly s3: () => Promise<S3>;
}

/**
 * Real local engines for store and handler tests: one of each kind per test process, in a folder of its own, on free
 * ports. Clients made afterwards find them by the standard AWS environment variables.
 */
export const engines = (): Engines => {
  running ??= prepare();
  return running;
};

/** A fresh table with the keys of every context table (`pk`, `sk`); its name is put into `process.env[envName]`. */
export const aTable = async (envName: string, options: { readonly stream?: boolean } = {}): Promise<string> => {
  const { endpoint } = await engines().dynamoDb();
  const name = freshName(envName);
  const client = new DynamoDBClient({ endpoint, region: localRegion, credentials: localCredentials });
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      ...(options.stream === true && { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } }),
    }),
  );
  client.destroy();
  process.env[envName] = name;
  return name;
};

/** A fresh bucket; its name is put into `process.env[envName]`. Clients need `forcePathStyle: true`. */
export const aBucket = async (envName: string): Promise<string> => {
  const { objects } = await engines().s3();
  const name = freshName(envName);
  objects.addBucket(name);
  process.env[envName] = name;
  return name;
};

let running: Engines | undefined;
const stops: (() => Promise<void>)[] = [];

const prepare = (): Engines => {
  const home = mkdtempSync(join(tmpdir(), 'handbook-test-'));
  stops.push(async () => rmSync(home, { recursive: true, force: true }));
  process.env.AWS_REGION = localRegion;
  process.env.AWS_ACCESS_KEY_ID = localCredentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = localCredentials.secretAccessKey;
  return {
    dynamoDb: once(async () => {
      const engine = await startDynamoDb({ dataDir: join(home, 'dynamodb') });
      stops.push(engine.stop);
      process.env.AWS_ENDPOINT_URL_DYNAMODB = engine.endpoint;
      return engine;
    }),
    s3: once(async () => {
      const engine = await startS3({ dataDir: join(home, 's3'), credentials: localCredentials, buckets: [] });
      stops.push(engine.stop);
      process.env.AWS_ENDPOINT_URL_S3 = engine.endpoint;
      return engine;
    }),
  };
};

afterAll(async () => {
  running = undefined;
  for (const stop of stops.splice(0).reverse()) await stop();
});

const once = <T>(start: () => Promise<T>): (() => Promise<T>) => {
  let started: Promise<T> | undefined;
  return () => {
    started ??= start();
    return started;
  };
};

const freshName = (envName: string): string =>
  `${envName.toLowerCase().replaceAll('_', '-')}-${randomUUID().slice(0, 8)}`;
