import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localCredentials, localRegion } from './credentials.ts';
import { startInvalidations } from './invalidations.ts';
import type { Listening } from './listen.ts';

const told: { distributionId: string; paths: readonly string[] }[] = [];
let engine: Listening;

beforeAll(async () => {
  engine = await startInvalidations({
    invalidate: (distributionId, paths) => void told.push({ distributionId, paths }),
  });
});
afterAll(() => engine.stop());

const ask = (reference: string, Items: string[], credentials = localCredentials) =>
  new CloudFrontClient({ region: localRegion, endpoint: engine.endpoint, credentials, maxAttempts: 1 }).send(
    new CreateInvalidationCommand({
      DistributionId: 'EDGE1',
      InvalidationBatch: { CallerReference: reference, Paths: { Quantity: Items.length, Items } },
    }),
  );

test('an invalidation is carried to the edge once, however often it is sent', async () => {
  const first = await ask('act-1', ['/content/docs/xa/a&b.json', '/content/page/*']);
  const again = await ask('act-1', ['/content/docs/xa/a&b.json', '/content/page/*']);
  expect(first.Invalidation?.Id).toBe(again.Invalidation?.Id);
  expect(first.Invalidation?.Status).toBe('Completed');
  expect(told).toEqual([{ distributionId: 'EDGE1', paths: ['/content/docs/xa/a&b.json', '/content/page/*'] }]);
});

test('a path without its slash and a wrong signature are refused', async () => {
  await expect(ask('act-2', ['content/x'])).rejects.toMatchObject({ name: 'InvalidArgument' });
  const wrong = { ...localCredentials, secretAccessKey: 'not the key' };
  await expect(ask('act-3', ['/x'], wrong)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  expect(told).toHaveLength(1);
});
