import '@aws-sdk/signature-v4a';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFrontKeyValueStoreClient,
  DeleteKeyCommand,
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  PutKeyCommand,
  paginateListKeys,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localCredentials, localRegion } from './credentials.ts';
import { type EdgeStore, startEdgeStore } from './edge-store.ts';
import { resolveLocalhost } from './localhost-names.ts';
import { inOwnProcess, killUnderWrites } from './testing.ts';

let home: string;
let store: EdgeStore;
let client: CloudFrontKeyValueStoreClient;
let KvsARN: string;
beforeAll(async () => {
  resolveLocalhost();
  home = mkdtempSync(join(tmpdir(), 'edge-store-test-'));
  store = await startEdgeStore({ dataDir: join(home, 'store') });
  KvsARN = store.arn;
  client = clientOf(store.endpoint);
});
afterAll(async () => {
  await store.stop();
  rmSync(home, { recursive: true, force: true });
});

const clientOf = (endpoint: string, credentials = localCredentials) =>
  new CloudFrontKeyValueStoreClient({ endpoint, region: localRegion, credentials, maxAttempts: 1 });
const etagNow = async (from = client) => (await from.send(new DescribeKeyValueStoreCommand({ KvsARN }))).ETag;
const put = (Key: string, Value: string, IfMatch: string | undefined) =>
  client.send(new PutKeyCommand({ KvsARN, Key, Value, IfMatch }));

test('a written key is read by client and edge at once, and gone once deleted', async () => {
  const { ETag } = await put('revoked/phiên 1', 'v', await etagNow());
  expect(ETag).toBe(await etagNow());
  expect((await client.send(new GetKeyCommand({ KvsARN, Key: 'revoked/phiên 1' }))).Value).toBe('v');
  expect(store.get('revoked/phiên 1')).toBe('v');
  await client.send(new DeleteKeyCommand({ KvsARN, Key: 'revoked/phiên 1', IfMatch: ETag }));
  expect(store.get('revoked/phiên 1')).toBeUndefined();
  const read = client.send(new GetKeyCommand({ KvsARN, Key: 'revoked/phiên 1' }));
  await expect(read).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a writer who has not seen the latest version is refused', async () => {
  const seen = await etagNow();
  await put('first', '1', seen);
  await expect(put('second', '2', seen)).rejects.toMatchObject({ name: 'ConflictException' });
  expect(store.get('second')).toBeUndefined();
});

test('of twenty writers who have seen the same version one wins', async () => {
  const seen = await etagNow();
  const tries = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => put('contested', `${at}`, seen)));
  expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  expect(store.get('contested')).toBe(`${tries.findIndex((one) => one.status === 'fulfilled')}`);
});

test('several changes are made together or not at all', async () => {
  const Puts = [
    { Key: 'pair/a', Value: '1' },
    { Key: 'pair/b', Value: '2' },
  ];
  await client.send(new UpdateKeysCommand({ KvsARN, IfMatch: await etagNow(), Puts }));
  const mixed = { Puts: [{ Key: 'pair/c', Value: '3' }], Deletes: [{ Key: 'pair/missing' }] };
  const half = client.send(new UpdateKeysCommand({ KvsARN, IfMatch: await etagNow(), ...mixed }));
  await expect(half).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  expect(['pair/a', 'pair/b', 'pair/c'].map(store.get)).toEqual(['1', '2', undefined]);
  const keys: (string | undefined)[] = [];
  for await (const page of paginateListKeys({ client, pageSize: 1 }, { KvsARN })) {
    keys.push(...(page.Items ?? []).map((item) => item.Key));
  }
  expect(keys.filter((key) => key?.startsWith('pair/'))).toEqual(['pair/a', 'pair/b']);
});

test('what is over the limits of the service is refused', async () => {
  const IfMatch = await etagNow();
  const refused = { name: 'ValidationException' };
  await expect(put('k'.repeat(513), 'v', IfMatch)).rejects.toMatchObject(refused);
  await expect(put('k', 'v'.repeat(1025), IfMatch)).rejects.toMatchObject(refused);
  const Puts = Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: 'v' }));
  await expect(client.send(new UpdateKeysCommand({ KvsARN, IfMatch, Puts }))).rejects.toMatchObject(refused);
});

test('a stranger, another store and a changed request are refused', async () => {
  const stranger = clientOf(store.endpoint, { ...localCredentials, secretAccessKey: 'another' });
  await expect(etagNow(stranger)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  const elsewhere = client.send(new DescribeKeyValueStoreCommand({ KvsARN: `${KvsARN}-2` }));
  await expect(elsewhere).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const unsigned = await fetch(`${store.endpoint}/key-value-stores/${encodeURIComponent(KvsARN)}`);
  expect(unsigned.status).toBe(403);
});

test('what was acknowledged before a kill is there after it', async () => {
  const options = { dataDir: join(home, 'killed') };
  const engine = await inOwnProcess(new URL('./edge-store.ts', import.meta.url).href, 'startEdgeStore', options);
  const writer = clientOf(engine.endpoint);
  let IfMatch = await etagNow(writer);
  const acknowledged = await killUnderWrites(
    engine,
    async (Key) => {
      IfMatch = (await writer.send(new PutKeyCommand({ KvsARN, Key, Value: Key, IfMatch }))).ETag;
    },
    { writers: 1, enough: 100 },
  );
  const again = await startEdgeStore(options);
  expect(acknowledged.filter((key) => again.get(key) !== key)).toEqual([]);
  expect(acknowledged.length).toBeGreaterThanOrEqual(100);
  await again.stop();
});
