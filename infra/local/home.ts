import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type DynamoDbProxy, startDynamoDbProxy } from './dynamodb-proxy.ts';
import { type Cognito, startCognito } from './engines/cognito.ts';
import { type Credentials, localCredentials, localRegion } from './engines/credentials.ts';
import { startDynamoDb } from './engines/dynamodb.ts';
import { type EdgeStore, startEdgeStore } from './engines/edge-store.ts';
import { startS3 } from './engines/s3.ts';
import { startSecrets } from './engines/secrets.ts';
import { type Sqs, startSqs } from './engines/sqs.ts';
import type { FaultSwitch, Faults } from './faults.ts';
import { type LineState, startLine } from './line.ts';
import { type BucketReader, readerOf, readerThrough } from './origins.ts';
import { inventSecret } from './secret-values.ts';
import { type StreamCalls, streamCalls } from './stream-calls.ts';
import { ensureTables, sweepTables } from './tables.ts';
import type { Template } from './template.ts';
import { edgeStoresOf } from './template-edge.ts';
import { bucketsOf, poolsOf, queuesOf, secretsOf, tablesOf } from './template-resources.ts';

/** Addresses of engines to use instead of the local ones. */
export interface OtherEngines {
  readonly dynamoDb?: string | undefined;
  readonly s3?: string | undefined;
  readonly cognito?: string | undefined;
}

/** The engines that hold what the template describes: tables, buckets, queues, pools, secrets and the edge's store. */
export interface Home {
  readonly dynamoDb: DynamoDBClient;
  readonly streams: StreamCalls;
  readonly s3: S3Client;
  /** Reads objects for the edge. */
  readonly readObject: BucketReader;
  readonly sqs: Sqs;
  readonly edgeStore: EdgeStore | undefined;
  readonly proxy: DynamoDbProxy | undefined;
  /** Absent when another Cognito is used. */
  readonly cognito: Cognito | undefined;
  /** Ends the tables' engine as a crash does; it starts again by itself. Absent when another engine is used. */
  readonly killEngine: (() => void) | undefined;
  /** Process id of the tables' engine now; absent when another engine is used. */
  readonly enginePid: () => number | undefined;
  readonly credentials: Credentials;
  /** The standard variables by which an SDK client finds these engines. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where a browser reaches buckets and pools. */
  readonly browserAddresses: readonly string[];
  /** By name: the ARN and the value now. */
  readonly secrets: ReadonlyMap<string, { readonly arn: string; readonly value: string }>;
  stop(): Promise<void>;
}

/** Starts the engines and makes what is not there yet. Nothing of an earlier run is touched. */
export const openHome = async (
  template: Template,
  options: {
    readonly dataDir: string;
    readonly other: OtherEngines;
    readonly faults: FaultSwitch | undefined;
    onObjectCreated(bucket: string, key: string, size: number, etag: string): Promise<void>;
  },
): Promise<Home> => {
  const stops: (() => Promise<void>)[] = [];
  const started = async <E extends { stop(): Promise<void> }>(starting: Promise<E>): Promise<E> => {
    const engine = await starting;
    stops.push(engine.stop);
    return engine;
  };
  const stop = async () => {
    await Promise.all(stops.splice(0).map((end) => end()));
  };
  try {
    return { ...(await startAll(template, options, started)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

type Started = <E extends { stop(): Promise<void> }>(starting: Promise<E>) => Promise<E>;

const startAll = async (
  template: Template,
  { dataDir, other, faults, onObjectCreated }: Parameters<typeof openHome>[1],
  started: Started,
): Promise<Omit<Home, 'stop'>> => {
  const at = (name: string) => join(dataDir, name);
  const credentials = credentialsFor(other);
  const buckets = bucketsOf(template);
  const stores = edgeStoresOf(template);
  if (stores.length > 1) throw new Error('The template has several key-value stores; this machine runs one');
  const [engine, s3Engine, sqs, cognito, secretsEngine, edgeStore] = await Promise.all([
    other.dynamoDb === undefined ? started(startDynamoDb({ dataDir: at('dynamodb') })) : undefined,
    other.s3 === undefined ? started(startS3({ dataDir: at('s3'), credentials, buckets, onObjectCreated })) : undefined,
    started(startSqs({ dataDir: at('sqs'), credentials, receiversEnded: true, queues: queueSettings(template) })),
    other.cognito === undefined
      ? started(
          startCognito({ dataDir: at('cognito'), credentials, region: localRegion, pools: poolSettings(template) }),
        )
      : undefined,
    started(startSecrets({ dataDir: at('secrets'), credentials })),
    stores[0] && started(startEdgeStore({ dataDir: at('edge-store'), credentials, name: stores[0].name })),
  ]);
  const dynamoDbDirect = other.dynamoDb ?? engine?.endpoint ?? '';
  const proxy = faults && (await started(startDynamoDbProxy(dynamoDbDirect, faults)));
  const s3Endpoint = other.s3 ?? s3Engine?.endpoint ?? '';
  const cognitoDirect = other.cognito ?? cognito?.endpoint ?? '';
  const line = faults && (await started(startLine(cognitoDirect, () => lineState(faults.now()))));
  const cognitoEndpoint = line?.endpoint ?? cognitoDirect;
  const client = { region: localRegion, credentials };
  const dynamoDb = new DynamoDBClient({ ...client, endpoint: dynamoDbDirect });
  const s3 = new S3Client({ ...client, endpoint: s3Endpoint, forcePathStyle: true });
  const tables = tablesOf(template);
  await ensureTables(dynamoDb, tables);
  // a table without a stream holds what nobody may put in order: the ballots of secret votes
  engine?.forgetOrder(tables.flatMap(({ name, StreamSpecification }) => (StreamSpecification ? [] : [name])));
  if (other.s3 !== undefined)
    await ensureBuckets(
      s3,
      buckets.map(({ name }) => name),
    );
  const endSweeping = sweepTables(dynamoDbDirect, tables);
  await started(Promise.resolve({ stop: async () => endSweeping() }));
  return {
    dynamoDb,
    streams: streamCalls({ endpoint: dynamoDbDirect, region: localRegion, credentials }),
    s3,
    readObject: s3Engine ? readerOf(s3Engine.objects) : readerThrough(s3),
    sqs,
    cognito,
    killEngine: engine?.kill,
    enginePid: () => engine?.pid,
    edgeStore,
    proxy,
    credentials,
    browserAddresses: [s3Endpoint, cognitoEndpoint],
    secrets: await ensureSecrets(template, secretsEngine, credentials),
    environment: {
      AWS_REGION: localRegion,
      AWS_DEFAULT_REGION: localRegion,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: proxy?.endpoint ?? dynamoDbDirect,
      AWS_ENDPOINT_URL_S3: s3Endpoint,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsEngine.endpoint,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognitoEndpoint,
      AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: edgeStore?.endpoint ?? '',
    },
  };
};

/** Other engines know their own keys; the local ones then take the same, since a function has one pair. */
const lineState = (now: Faults): LineState =>
  now['cognito-down'] > 0 ? 'cut' : now['cognito-hangs'] > 0 ? 'hangs' : 'open';

const credentialsFor = (other: OtherEngines): Credentials => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  const named = Object.values(other).some((endpoint) => endpoint !== undefined);
  return named && accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : localCredentials;
};

const queueSettings = (template: Template) =>
  queuesOf(template).map(({ name, visibilityTimeoutSeconds, redrive }) => ({
    name,
    visibilityTimeout: visibilityTimeoutSeconds,
    ...(redrive && { redrive: { to: redrive.deadLetterQueue, maxReceiveCount: redrive.maxReceiveCount } }),
  }));

const poolSettings = (template: Template) =>
  poolsOf(template).map(({ poolId, clientIds, mfa, minimumPasswordLength }) => ({
    poolId,
    clientIds,
    mfa: mfa === 'ON' ? ('ON' as const) : ('OFF' as const),
    minimumPasswordLength,
  }));

const ensureBuckets = async (client: S3Client, names: readonly string[]): Promise<void> => {
  for (const Bucket of names) {
    await client.send(new CreateBucketCommand({ Bucket })).catch((error: { name?: string }) => {
      if (error.name !== 'BucketAlreadyOwnedByYou') throw error;
    });
  }
};

const ensureSecrets = async (
  template: Template,
  engine: Awaited<ReturnType<typeof startSecrets>>,
  credentials: Credentials,
): Promise<Home['secrets']> => {
  const client = new SecretsManagerClient({ region: localRegion, credentials, endpoint: engine.endpoint });
  const entries = secretsOf(template).map(async (spec) => {
    const arn = engine.ensure(spec.name, () => inventSecret(spec));
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    return [spec.name, { arn, value: SecretString }] as const;
  });
  const secrets = new Map(await Promise.all(entries));
  client.destroy();
  return secrets;
};
