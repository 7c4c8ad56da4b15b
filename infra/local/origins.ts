import type { S3Client } from '@aws-sdk/client-s3';
import { GetObjectCommand, NoSuchKey, S3ServiceException } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import type { Origin } from './cdn.ts';
import { sameEtag } from './engines/s3/storage.ts';
import type { S3 } from './engines/s3.ts';
import type { HttpResponse } from './http-message.ts';
import { decoded } from './http-routes.ts';
import type { Template } from './template.ts';

/** What the edge may do with a bucket: read its objects, and learn that one is not there. */
export interface BucketAccess {
  readonly read: boolean;
  readonly list: boolean;
}

const oneOrMany = <const S extends v.GenericSchema>(schema: S) =>
  v.union([
    v.pipe(
      schema,
      v.transform((it) => [it]),
    ),
    v.array(schema),
  ]);
const PolicyProperties = v.object({
  Bucket: v.string(),
  PolicyDocument: v.object({
    Statement: v.array(
      v.object({
        Effect: v.string(),
        Action: oneOrMany(v.string()),
        Principal: v.optional(v.unknown()),
      }),
    ),
  }),
});

/** Whether the bucket's policy lets CloudFront in. */
export const edgeAccessTo = (template: Template, bucket: string): BucketAccess => {
  const granted = template
    .resources('AWS::S3::BucketPolicy')
    .map(({ properties }) => v.parse(PolicyProperties, properties()))
    .filter(({ Bucket }) => Bucket === bucket)
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(
      ({ Effect, Principal }) => Effect === 'Allow' && JSON.stringify(Principal)?.includes('cloudfront.amazonaws.com'),
    )
    .flatMap(({ Action }) => Action);
  return { read: granted.includes('s3:GetObject'), list: granted.includes('s3:ListBucket') };
};

/** An object as the edge fetches it. */
interface Fetched {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Reads one object; with the etag of a kept copy only when it is another by now. */
export type BucketReader = (
  bucket: string,
  key: string,
  held: string | undefined,
) => Promise<Fetched | 'unchanged' | 'missing'>;

/** Reads the objects of this machine's own engine where they lie: every phone that looks would otherwise be two requests more. */
export const readerOf =
  (objects: S3['objects']): BucketReader =>
  async (bucket, key, held) => {
    const object = objects.find(bucket, key);
    if (object === undefined) return 'missing';
    if (held !== undefined && sameEtag(held, object.etag)) return 'unchanged';
    const kept = Object.values(keptHeaders).flatMap((name) => {
      const value = object.headers[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return {
      headers: {
        'content-type': 'binary/octet-stream',
        ...Object.fromEntries(kept),
        etag: object.etag,
        'last-modified': new Date(object.modified).toUTCString(),
      },
      body: objects.bytes(object),
    };
  };

const keptHeaders = {
  ContentType: 'content-type',
  CacheControl: 'cache-control',
  ContentDisposition: 'content-disposition',
  ContentEncoding: 'content-encoding',
  ContentLanguage: 'content-language',
  ETag: 'etag',
} as const;

/** Reads the objects of another engine by its own client. */
export const readerThrough =
  (client: S3Client): BucketReader =>
  async (Bucket, Key, held) => {
    try {
      const answer = await client.send(
        new GetObjectCommand({ Bucket, Key, ...(held === undefined ? {} : { IfNoneMatch: held }) }),
      );
      const given = Object.entries(keptHeaders).flatMap(([field, name]) => {
        const value = answer[field as keyof typeof keptHeaders]; // the keys of the table just walked
        return value === undefined ? [] : [[name, value] as const];
      });
      return {
        headers: {
          ...Object.fromEntries(given),
          ...(answer.LastModified ? { 'last-modified': answer.LastModified.toUTCString() } : {}),
        },
        body: Buffer.from((await answer.Body?.transformToByteArray()) ?? []),
      };
    } catch (error) {
      if (error instanceof NoSuchKey) return 'missing';
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 304) return 'unchanged';
      throw error;
    }
  };

/** A bucket behind an origin access control: a missing object is 403, or 404 if the edge may list; nothing but reading. */
export const bucketOrigin = (read: BucketReader, bucket: string, access: BucketAccess): Origin => {
  const denied = refused(403, 'AccessDenied');
  return async ({ method, path, headers }) => {
    if (!access.read || (method !== 'GET' && method !== 'HEAD')) return denied;
    const key = decoded(path.slice(1));
    if (key === '') return denied;
    const found = await read(bucket, key, headers['if-none-match']);
    if (found === 'missing') return access.list ? refused(404, 'NoSuchKey') : denied;
    if (found === 'unchanged') return { status: 304, headers: {}, cookies: [], body: Buffer.alloc(0) };
    return {
      status: 200,
      headers: { ...found.headers, 'accept-ranges': 'bytes', server: 'AmazonS3' },
      cookies: [],
      body: found.body,
    };
  };
};

const refused = (status: number, code: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/xml', server: 'AmazonS3' },
  cookies: [],
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`),
});
