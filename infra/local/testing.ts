import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll } from 'vitest';
import { type Cognito, startCognito } from './engines/cognito.ts';
import { localCredentials, localRegion } from './engines/credentials.ts';
import { type DynamoDb, startDynamoDb } from './engines/dynamodb.ts';
import { type EdgeStore, startEdgeStore } from './engines/edge-store.ts';
import { resolveLocalhost } from './engines/localhost-names.ts';
import { type S3, startS3 } from './engines/s3.ts';
import { type Secrets, startSecrets } from './engines/secrets.ts';
import { type Sqs, startSqs } from './engines/sqs.ts';

/** The engines that a test may use, each started on first use and ended with the test file. */
export interface Engines {
  readonly dynamoDb: () => Promise<DynamoDb>;
  readonly s3: () => Promise<S3>;
  readonly sqs: () => Promise<Sqs>;
  readonly secrets: () => Promise<Secrets>;
  readonly edgeStore: () => Promise<EdgeStore>;
  readonly cognito: () => Promise<Cognito>;
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

/** A fresh queue; its address is put into `process.env[envName]` and answered. */
export const aQueue = async (envName: string): Promise<string> => {
  const sqs = await engines().sqs();
  const name = freshName(envName);
  sqs.addQueue({ name, visibilityTimeout: 30 });
  process.env[envName] = sqs.urlOf(name);
  return sqs.urlOf(name);
};

/** A fresh secret with this value; its ARN is put into `process.env[envName]` and answered. */
export const aSecret = async (envName: string, value: string): Promise<string> => {
  const arn = (await engines().secrets()).ensure(freshName(envName), () => value);
  process.env[envName] = arn;
  return arn;
};

/** The edge store of this test file; its ARN is put into `process.env[envName]`. */
export const anEdgeStore = async (envName: string): Promise<EdgeStore> => {
  const store = await engines().edgeStore();
  process.env[envName] = store.arn;
  return store;
};

/** A fresh user pool with one client; their ids are put into the two environment variables and answered. */
export const aUserPool = async (
  envPool: string,
  envClient: string,
  options: { readonly mfa?: 'ON' | 'OFF'; readonly minimumPasswordLength?: number } = {},
): Promise<{ readonly poolId: string; readonly clientId: string }> => {
  const { mfa = 'OFF', minimumPasswordLength = 8 } = options;
  const poolId = `${localRegion}_${randomUUID().replaceAll('-', '').slice(0, 9)}`;
  const clientId = randomUUID().replaceAll('-', '').slice(0, 26);
  (await engines().cognito()).addPool({ poolId, clientIds: [clientId], mfa, minimumPasswordLength });
  process.env[envPool] = poolId;
  process.env[envClient] = clientId;
  return { poolId, clientId };
};

let running: Engines | undefined;
const stops: (() => Promise<void>)[] = [];

const prepare = (): Engines => {
  const home = mkdtempSync(join(tmpdir(), 'handbook-test-'));
  stops.push(async () => rmSync(home, { recursive: true, force: true }));
  process.env.AWS_REGION = localRegion;
  process.env.AWS_ACCESS_KEY_ID = localCredentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = localCredentials.secretAccessKey;
  resolveLocalhost();
  const engine = <E extends { readonly endpoint: string; stop(): Promise<void> }>(
    service: string,
    start: (dataDir: string) => Promise<E>,
  ) =>
    once(async () => {
      const started = await start(join(home, service.toLowerCase()));
      stops.push(started.stop);
      process.env[`AWS_ENDPOINT_URL_${service}`] = started.endpoint;
      return started;
    });
  const credentials = localCredentials;
  return {
    dynamoDb: engine('DYNAMODB', (dataDir) => startDynamoDb({ dataDir })),
    s3: engine('S3', (dataDir) => startS3({ dataDir, credentials, buckets: [] })),
    sqs: engine('SQS', (dataDir) => startSqs({ dataDir, queues: [] })),
    secrets: engine('SECRETS_MANAGER', (dataDir) => startSecrets({ dataDir })),
    edgeStore: engine('CLOUDFRONT_KEYVALUESTORE', (dataDir) => startEdgeStore({ dataDir })),
    cognito: engine('COGNITO_IDENTITY_PROVIDER', (dataDir) =>
      startCognito({ dataDir, region: localRegion, pools: [] }),
    ),
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
