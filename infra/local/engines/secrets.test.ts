import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localCredentials, localRegion } from './credentials.ts';
import { type Secrets, startSecrets } from './secrets.ts';
import { inOwnProcess, killUnderWrites } from './testing.ts';

let home: string;
let secrets: Secrets;
let client: SecretsManagerClient;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'secrets-test-'));
  secrets = await startSecrets({ dataDir: join(home, 'secrets') });
  client = clientOf(secrets.endpoint);
});
afterAll(async () => {
  await secrets.stop();
  rmSync(home, { recursive: true, force: true });
});

const clientOf = (endpoint: string, credentials = localCredentials) =>
  new SecretsManagerClient({ endpoint, region: localRegion, credentials, maxAttempts: 1 });
const currentValue = async (SecretId: string, VersionStage?: string) =>
  (await client.send(new GetSecretValueCommand({ SecretId, ...(VersionStage && { VersionStage }) }))).SecretString;

test('a secret is read by name and by ARN, and made once', async () => {
  const { ARN } = await client.send(new CreateSecretCommand({ Name: 'slip-key', SecretString: 'one' }));
  expect([await currentValue('slip-key'), await currentValue(ARN ?? '')]).toEqual(['one', 'one']);
  const again = client.send(new CreateSecretCommand({ Name: 'slip-key', SecretString: 'two' }));
  await expect(again).rejects.toMatchObject({ name: 'ResourceExistsException' });
  expect(secrets.ensure('slip-key', () => 'three')).toBe(ARN);
  await expect(currentValue('no-such-secret')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a rotated secret keeps its previous value within reach', async () => {
  const SecretId = secrets.ensure('pass-key', () => 'old');
  const pending = { SecretId, SecretString: 'new', ClientRequestToken: randomUUID(), VersionStages: ['AWSPENDING'] };
  const { VersionId } = await client.send(new PutSecretValueCommand(pending));
  expect([await currentValue(SecretId), await currentValue(SecretId, 'AWSPENDING')]).toEqual(['old', 'new']);
  const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId }));
  const [before] = Object.entries(VersionIdsToStages ?? {}).find(([, stages]) => stages.includes('AWSCURRENT')) ?? [];
  const move = { SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: VersionId };
  await expect(client.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await client.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: before }));
  expect([await currentValue(SecretId), await currentValue(SecretId, 'AWSPREVIOUS')]).toEqual(['new', 'old']);
});

test('the same version sent again is the same, with another value it is refused', async () => {
  const SecretId = secrets.ensure('repeated', () => 'a');
  const version = { SecretId, SecretString: 'b', ClientRequestToken: randomUUID() };
  await client.send(new PutSecretValueCommand(version));
  await client.send(new PutSecretValueCommand(version));
  const other = client.send(new PutSecretValueCommand({ ...version, SecretString: 'c' }));
  await expect(other).rejects.toMatchObject({ name: 'ResourceExistsException' });
  expect(await currentValue(SecretId)).toBe('b');
});

test('a stranger reads nothing', async () => {
  secrets.ensure('guarded', () => 'x');
  const stranger = clientOf(secrets.endpoint, { ...localCredentials, secretAccessKey: 'another' });
  const read = stranger.send(new GetSecretValueCommand({ SecretId: 'guarded' }));
  await expect(read).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  const headers = { 'x-amz-target': 'secretsmanager.GetSecretValue' };
  const unsigned = await fetch(secrets.endpoint, { method: 'POST', headers, body: '{"SecretId":"guarded"}' });
  expect(unsigned.status).toBe(403);
});

test('what was acknowledged before a kill is there after it', async () => {
  const options = { dataDir: join(home, 'killed') };
  const engine = await inOwnProcess(new URL('./secrets.ts', import.meta.url).href, 'startSecrets', options);
  const writer = clientOf(engine.endpoint);
  const acknowledged = await killUnderWrites(engine, (name) =>
    writer.send(new CreateSecretCommand({ Name: name, SecretString: `value of ${name}` })),
  );
  const again = await startSecrets(options);
  const reader = clientOf(again.endpoint);
  for (const name of acknowledged) {
    const { SecretString } = await reader.send(new GetSecretValueCommand({ SecretId: name }));
    expect(SecretString).toBe(`value of ${name}`);
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(200);
  await again.stop();
});
