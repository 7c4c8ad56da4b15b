import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localCredentials, localRegion } from './credentials.ts';
import { type S3, startS3 } from './s3.ts';

let home: string;
let s3: S3;
let client: S3Client;
const Bucket = 'papers';
const site = 'http://localhost:4321';

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 's3-test-'));
  s3 = await startS3({
    dataDir: join(home, 's3'),
    credentials: localCredentials,
    buckets: [
      {
        name: Bucket,
        cors: [
          { AllowedOrigins: [site], AllowedMethods: ['GET', 'PUT'], AllowedHeaders: ['*'], ExposedHeaders: ['ETag'] },
        ],
      },
    ],
  });
  client = clientOf(s3);
});
afterAll(async () => {
  client.destroy();
  await s3.stop();
  rmSync(home, { recursive: true, force: true });
});

const clientOf = (engine: S3, credentials = localCredentials) =>
  new S3Client({
    endpoint: engine.endpoint,
    region: localRegion,
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_SUPPORTED',
    maxAttempts: 1,
  });

const put = (Key: string, Body: string | Buffer, more: Partial<PutObjectCommandInput> = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const textOf = async (Key: string) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return Body?.transformToString();
};

describe('objects', () => {
  test('come back with their bytes, type and metadata', async () => {
    const Key = 'content/docs/chi-bộ 1/nghị quyết (số 5) +.txt';
    const { ETag } = await put(Key, 'Nghị quyết', {
      ContentType: 'text/plain; charset=utf-8',
      ContentDisposition: 'inline',
      CacheControl: 'max-age=60',
      Metadata: { origin: 'scan' },
    });
    const got = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await got.Body?.transformToString()).toBe('Nghị quyết');
    expect(got).toMatchObject({ ETag, ContentType: 'text/plain; charset=utf-8', CacheControl: 'max-age=60' });
    expect(got).toMatchObject({ ContentDisposition: 'inline', Metadata: { origin: 'scan' }, ContentLength: 14 });
  });

  test('of 20 MB arrive whole, with the checksum that the client asked for', async () => {
    const body = Buffer.alloc(20_000_000, 'dang-vien');
    await put('large', body, { ChecksumAlgorithm: 'SHA256' });
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'large', ChecksumMode: 'ENABLED' }));
    expect(head.ContentLength).toBe(20_000_000);
    expect(head.ChecksumSHA256).toBe(createHash('sha256').update(body).digest('base64'));
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'large' }));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  });

  test('can be empty', async () => {
    await put('empty', Buffer.alloc(0));
    expect(await textOf('empty')).toBe('');
  });

  test('are read in ranges', async () => {
    await put('digits', '0123456789');
    const range = async (Range: string) => {
      const { Body, ContentRange } = await client.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }));
      return [await Body?.transformToString(), ContentRange];
    };
    expect(await range('bytes=2-4')).toEqual(['234', 'bytes 2-4/10']);
    expect(await range('bytes=8-')).toEqual(['89', 'bytes 8-9/10']);
    expect(await range('bytes=-3')).toEqual(['789', 'bytes 7-9/10']);
    await expect(range('bytes=10-')).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  test('are not sent again to a reader who has them', async () => {
    const { ETag } = await put('known', 'same');
    const read = client.send(new GetObjectCommand({ Bucket, Key: 'known', IfNoneMatch: ETag }));
    await expect(read).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  });

  test('that are not there are refused, and deleting them again is no fault', async () => {
    await put('short-lived', 'x');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'short-lived' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'short-lived' }));
    await expect(textOf('short-lived')).rejects.toMatchObject({ name: 'NoSuchKey' });
    const head = client.send(new HeadObjectCommand({ Bucket, Key: 'short-lived' }));
    await expect(head).rejects.toMatchObject({ name: 'NotFound' });
    const elsewhere = client.send(new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'a' }));
    await expect(elsewhere).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  test('are copied with their metadata, or with new ones', async () => {
    await put('original', 'content', { ContentType: 'text/plain', Metadata: { kind: 'a' } });
    const CopySource = `${Bucket}/original`;
    await client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'copy' }))).toMatchObject({
      Metadata: { kind: 'a' },
    });
    const changed = { MetadataDirective: 'REPLACE', Metadata: { kind: 'b' } } as const;
    await client.send(new CopyObjectCommand({ Bucket, Key: 'changed', CopySource, ...changed }));
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'changed' }))).toMatchObject({
      Metadata: { kind: 'b' },
    });
    expect(await textOf('changed')).toBe('content');
  });

  test('with keys that climb out of a folder stay in the bucket', async () => {
    for (const Key of ['../../../escaped', '..%2f..%2fescaped', '/etc/passwd', 'a/./../b', '.']) {
      await put(Key, Key);
      expect(await textOf(Key)).toBe(Key);
    }
    expect(readdirSync(home)).toEqual(['s3']);
    for (const name of readdirSync(join(home, 's3', 'objects'))) expect(name).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('are listed in pages and by folder', async () => {
    const keys = ['list/a', 'list/b/1', 'list/b/2', 'list/c', 'list/d/1', 'list/é'];
    await Promise.all(keys.map((key) => put(key, 'x')));
    const found: (string | undefined)[] = [];
    for await (const page of paginateListObjectsV2({ client, pageSize: 2 }, { Bucket, Prefix: 'list/' })) {
      expect(page.Contents?.length).toBeLessThanOrEqual(2);
      found.push(...(page.Contents ?? []).map((object) => object.Key));
    }
    expect(found).toEqual(keys);
    const folders: (readonly (string | undefined)[])[] = [];
    for await (const page of paginateListObjectsV2(
      { client, pageSize: 2 },
      { Bucket, Prefix: 'list/', Delimiter: '/' },
    )) {
      folders.push([
        ...(page.Contents ?? []).map((one) => one.Key),
        ...(page.CommonPrefixes ?? []).map((one) => one.Prefix),
      ]);
    }
    expect(folders).toEqual([['list/a', 'list/b/'], ['list/c', 'list/d/'], ['list/é']]);
  });

  test('are deleted in bulk, whatever signs are in their keys', async () => {
    const keys = ['bulk/<a>&"b"', 'bulk/c d', 'bulk/đ'];
    await Promise.all(keys.map((key) => put(key, 'x')));
    const Delete = { Objects: keys.map((Key) => ({ Key })) };
    const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
    expect(Deleted?.map((one) => one.Key)).toEqual(keys);
    expect((await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'bulk/' }))).KeyCount).toBe(0);
  });
});

describe('conditional writes', () => {
  test('create only what is not there', async () => {
    await put('once', 'first', { IfNoneMatch: '*' });
    await expect(put('once', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await textOf('once')).toBe('first');
  });

  test('replace only what the writer has seen', async () => {
    const { ETag } = await put('seen', 'one');
    await expect(put('seen', 'two', { IfMatch: '"0123"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await put('seen', 'three', { IfMatch: ETag });
    expect(await textOf('seen')).toBe('three');
    await expect(put('never-was', 'x', { IfMatch: ETag })).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('let one of twenty win', async () => {
    const { ETag } = await put('contested', 'start');
    const tries = Array.from({ length: 20 }, (_, turn) => put('contested', `writer ${turn}`, { IfMatch: ETag }));
    const outcomes = await Promise.allSettled(tries);
    const winner = outcomes.findIndex((outcome) => outcome.status === 'fulfilled');
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(await textOf('contested')).toBe(`writer ${winner}`);
  });
});

describe('uploads in parts', () => {
  const part = (fill: string, size = 5 * 1024 * 1024) => Buffer.alloc(size, fill);
  const begin = async (Key: string) => {
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'application/pdf' }),
    );
    return { Bucket, Key, UploadId };
  };

  test('join in the listed order and keep the type', async () => {
    const upload = await begin('joined');
    const bodies = [part('a'), part('b'), part('c', 10)];
    const Parts = await Promise.all(
      bodies.map(async (Body, at) => {
        const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: at + 1, Body }));
        return { PartNumber: at + 1, ETag };
      }),
    );
    const { Parts: listed } = await client.send(new ListPartsCommand(upload));
    expect(listed?.map((one) => [one.PartNumber, one.Size, one.ETag])).toEqual(
      Parts.map((one, at) => [one.PartNumber, bodies[at]?.length, one.ETag]),
    );
    const { ETag } = await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'joined' }));
    expect(got.ContentType).toBe('application/pdf');
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Buffer.concat(bodies))).toBe(true);
    await expect(client.send(new ListPartsCommand(upload))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('are refused with a small part in the middle, a wrong etag, a wrong order, or after an abort', async () => {
    const upload = await begin('refused');
    const [first, second] = await Promise.all(
      [1, 2].map((PartNumber) => client.send(new UploadPartCommand({ ...upload, PartNumber, Body: 'small' }))),
    );
    const complete = (...Parts: { PartNumber: number; ETag: string | undefined }[]) =>
      client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const [one, two] = [
      { PartNumber: 1, ETag: first?.ETag },
      { PartNumber: 2, ETag: second?.ETag },
    ];
    await expect(complete(one, two)).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete(two, one)).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete({ ...one, ETag: '"0"' })).rejects.toMatchObject({ name: 'InvalidPart' });
    await client.send(new AbortMultipartUploadCommand(upload));
    await expect(complete(one)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('take parts from a browser at signed addresses, and only from the pages allowed', async () => {
    const upload = await begin('from-browser');
    const url = await getSignedUrl(client, new UploadPartCommand({ ...upload, PartNumber: 1 }), { expiresIn: 60 });
    const preflight = (origin: string) =>
      fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } });
    expect((await preflight('http://elsewhere.example')).status).toBe(403);
    expect((await preflight(site)).headers.get('access-control-allow-origin')).toBe(site);
    const sent = await fetch(url, { method: 'PUT', headers: { origin: site }, body: 'page one' });
    expect([sent.status, sent.headers.get('access-control-expose-headers')]).toEqual([200, 'ETag']);
    const Parts = [{ PartNumber: 1, ETag: sent.headers.get('etag') ?? '' }];
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    expect(await textOf('from-browser')).toBe('page one');
  });
});
