import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { localCredentials, localRegion } from './credentials.ts';
import { startS3 } from './s3.ts';
import { inOwnProcess, killUnderWrites } from './testing.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 's3-durability-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const Bucket = 'papers';
const clientOf = (endpoint: string) =>
  new S3Client({ endpoint, region: localRegion, credentials: localCredentials, forcePathStyle: true, maxAttempts: 1 });

test('what was acknowledged before a kill is there after it, whole', async () => {
  const options = { dataDir: join(home, 'killed'), credentials: localCredentials, buckets: [{ name: Bucket }] };
  const engine = await inOwnProcess(new URL('./s3.ts', import.meta.url).href, 'startS3', options);
  const writer = clientOf(engine.endpoint);
  const contentOf = (name: string) => `${name} `.repeat(2_000);
  const acknowledged = await killUnderWrites(engine, (name) =>
    writer.send(new PutObjectCommand({ Bucket, Key: name, Body: contentOf(name) })),
  );
  const again = await startS3(options);
  const reader = clientOf(again.endpoint);
  for (const name of acknowledged) {
    const { Body } = await reader.send(new GetObjectCommand({ Bucket, Key: name }));
    expect(await Body?.transformToString()).toBe(contentOf(name));
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(200);
  await again.stop();
});

test('a receiver that fails is told of a new object again, after a restart too, and once it took it no more', async () => {
  const options = { dataDir: join(home, 'told'), credentials: localCredentials, buckets: [{ name: Bucket }] };
  let refused = 0;
  const failing = await startS3({
    ...options,
    onObjectCreated: () => {
      refused += 1;
      throw new Error('not now');
    },
  });
  const client = clientOf(failing.endpoint);
  const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key: 'trang 1.jpg', Body: 'page' }));
  await vi.waitUntil(() => refused >= 2, { timeout: 30_000 });
  await failing.stop();
  const told: unknown[] = [];
  const take = (...notification: unknown[]) => void told.push(notification);
  const taking = await startS3({ ...options, onObjectCreated: take });
  await vi.waitUntil(() => told.length > 0, { timeout: 30_000 });
  await taking.stop();
  const quiet = await startS3({ ...options, onObjectCreated: take });
  await clientOf(quiet.endpoint).send(new PutObjectCommand({ Bucket, Key: 'second', Body: '2' }));
  await vi.waitUntil(() => told.length > 1, { timeout: 30_000 });
  await quiet.stop();
  expect(told).toEqual([
    [Bucket, 'trang 1.jpg', 4, ETag],
    [Bucket, 'second', 1, expect.any(String)],
  ]);
});
