import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localCredentials, localRegion } from './credentials.ts';
import { type S3, startS3 } from './s3.ts';

let home: string;
let s3: S3;
let client: S3Client;
const Bucket = 'papers';

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 's3-refusals-'));
  s3 = await startS3({ dataDir: home, credentials: localCredentials, buckets: [{ name: Bucket }] });
  client = clientOf(s3);
});
afterAll(async () => {
  client.destroy();
  await s3.stop();
  rmSync(home, { recursive: true, force: true });
});

const clientOf = (engine: S3, credentials = localCredentials) =>
  new S3Client({ endpoint: engine.endpoint, region: localRegion, credentials, forcePathStyle: true, maxAttempts: 1 });

const put = (Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const textOf = async (Key: string) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return Body?.transformToString();
};
const codeOf = async (response: Response) => /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1];

describe('signatures', () => {
  test('are required, for reading and for writing', async () => {
    await put('private', 'x');
    const url = `${s3.endpoint}/${Bucket}/private`;
    expect((await fetch(url)).status).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: 'y' })).status).toBe(403);
    expect((await fetch(`${s3.endpoint}/${Bucket}?list-type=2`)).status).toBe(403);
    expect(await textOf('private')).toBe('x');
  });

  test('of another key pair are refused', async () => {
    const stranger = clientOf(s3, { ...localCredentials, secretAccessKey: 'another' });
    const head = stranger.send(new HeadBucketCommand({ Bucket }));
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await expect(stranger.send(new GetObjectCommand({ Bucket, Key: 'private' }))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
  });

  test('hold for one address, one key, one method and a limited time', async () => {
    await put('signed', 'x', { ContentType: 'text/plain' });
    const command = new GetObjectCommand({ Bucket, Key: 'signed', ResponseContentDisposition: 'attachment' });
    const url = await getSignedUrl(client, command, { expiresIn: 60 });
    const good = await fetch(url);
    expect([good.status, good.headers.get('content-disposition')]).toEqual([200, 'attachment']);
    const refusal = async (input: string, init?: RequestInit) => codeOf(await fetch(input, init));
    expect(await refusal(url.replace('/signed?', '/private?'))).toBe('SignatureDoesNotMatch');
    expect(await refusal(url.replace('attachment', 'inline'))).toBe('SignatureDoesNotMatch');
    expect(await refusal(url, { method: 'PUT', body: 'y' })).toBe('SignatureDoesNotMatch');
    expect(await refusal(url, { headers: { 'x-amz-meta-more': 'y' } })).toBe('AccessDenied');
    const signingDate = new Date(Date.now() - 120_000);
    const old = await getSignedUrl(client, command, { expiresIn: 60, signingDate });
    expect(await (await fetch(old)).text()).toContain('Request has expired');
  });

  test('cover the body: other bytes than the signed or announced ones are refused and not kept', async () => {
    await expect(
      put('wrong-sum', 'x', { ChecksumSHA256: createHash('sha256').update('y').digest('base64') }),
    ).rejects.toMatchObject({
      name: 'BadDigest',
    });
    await expect(textOf('wrong-sum')).rejects.toMatchObject({ name: 'NoSuchKey' });
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: 'cut-short' }), { expiresIn: 60 });
    await new Promise<void>((resolve) => {
      const request = httpRequest(url, { method: 'PUT', headers: { 'content-length': '100' } });
      request.once('error', () => resolve());
      request.write('only this', () => request.destroy());
    });
    await expect(textOf('cut-short')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

describe('a form under a signed policy', () => {
  const day = '20300101';
  const scope = `${day}/${localRegion}/s3/aws4_request`;
  const fieldsFor = (conditions: readonly unknown[], expiration = '2999-01-01T00:00:00Z'): Record<string, string> => {
    const fields = {
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-credential': `${localCredentials.accessKeyId}/${scope}`,
      'x-amz-date': `${day}T000000Z`,
    };
    const all = [...conditions, ...Object.entries(fields).map(([name, value]) => ({ [name]: value }))];
    const policy = Buffer.from(JSON.stringify({ expiration, conditions: all })).toString('base64');
    const key = scope
      .split('/')
      .reduce<string | Buffer>(
        (parent, text) => createHmac('sha256', parent).update(text).digest(),
        `AWS4${localCredentials.secretAccessKey}`,
      );
    return { ...fields, policy, 'x-amz-signature': createHmac('sha256', key).update(policy).digest('hex') };
  };
  const send = (fields: Record<string, string>, content: string) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new Blob([content], { type: 'image/jpeg' }), 'trang 1.jpg');
    return fetch(`${s3.endpoint}/${Bucket}`, { method: 'POST', body: form });
  };
  const conditions = [{ bucket: Bucket }, ['starts-with', '$key', 'form/'], ['content-length-range', 1, 10]];

  test('brings a file that fits it', async () => {
    const sent = await send({ key: `form/\${filename}`, ...fieldsFor(conditions) }, '0123456789');
    expect(sent.status).toBe(204);
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'form/trang 1.jpg' }));
    expect([await got.Body?.transformToString(), got.ContentType]).toEqual(['0123456789', 'image/jpeg']);
  });

  test.each([
    ['a file over the limit', 'EntityTooLarge', { key: 'form/a', ...fieldsFor(conditions) }, '0123456789A'],
    ['an empty file', 'EntityTooSmall', { key: 'form/a', ...fieldsFor(conditions) }, ''],
    ['another key', 'AccessDenied', { key: 'elsewhere/a', ...fieldsFor(conditions) }, 'x'],
    [
      'another bucket',
      'AccessDenied',
      { key: 'form/a', ...fieldsFor([{ bucket: 'other' }, ['starts-with', '$key', '']]) },
      'x',
    ],
    [
      'a field the policy does not name',
      'AccessDenied',
      { key: 'form/a', 'x-amz-meta-a': 'b', ...fieldsFor(conditions) },
      'x',
    ],
    ['an expired policy', 'AccessDenied', { key: 'form/a', ...fieldsFor(conditions, '2020-01-01T00:00:00Z') }, 'x'],
    ['a changed policy', 'SignatureDoesNotMatch', { key: 'form/a', ...fieldsFor(conditions), policy: 'e30=' }, 'x'],
    ['no policy at all', 'AccessDenied', { key: 'form/a' }, 'x'],
  ])('refuses %s', async (_, code, fields, content) => {
    expect(await codeOf(await send(fields, content))).toBe(code);
  });
});
