import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { type EnvName, env } from './env.ts';

let client: S3Client | undefined;
/** One client for all buckets of a function. Path style, so that a local bucket needs no host name of its own. */
export const s3 = (): S3Client => {
  client ??= new S3Client({ forcePathStyle: true, maxAttempts: 5 });
  return client;
};

/**
 * Immutable files are named by their hash. `private`: a phone keeps it for its owner only; the edge's own cache policy
 * shares it among those it let in. Said by the file itself, so that an answer that it is missing is kept by nobody.
 */
export const keepForever = 'private, max-age=31536000, immutable';
/** Short-lived shared state: two seconds at the edge, then asked again while the old copy still serves. Source: burst.md §5.1. */
export const keepBriefly = 'public, max-age=1, s-maxage=2, stale-while-revalidate=5, stale-if-error=86400';

export interface StoredFile {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly contentType: string;
}

export const openBucket = (name: EnvName) => ({
  async read(key: string): Promise<StoredFile | undefined> {
    try {
      const answer = await s3().send(new GetObjectCommand({ Bucket: env(name), Key: key }));
      const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      return { body, etag: answer.ETag ?? '', contentType: answer.ContentType ?? 'application/octet-stream' };
    } catch (error) {
      if (error instanceof NoSuchKey || error instanceof NotFound) return undefined;
      throw error;
    }
  },

  /** Size in bytes and etag, or undefined when there is no such file. */
  async look(key: string): Promise<{ size: number; etag: string } | undefined> {
    try {
      const answer = await s3().send(new HeadObjectCommand({ Bucket: env(name), Key: key }));
      return { size: answer.ContentLength ?? 0, etag: answer.ETag ?? '' };
    } catch (error) {
      if (error instanceof NotFound || error instanceof NoSuchKey) return undefined;
      throw error;
    }
  },

  /**
   * Writes a file whole. With `ifMatch` only over that version, with `ifNew` only where none stands;
   * false says someone was faster and nothing was written.
   */
  async write(
    key: string,
    body: Uint8Array | string,
    how: { contentType: string; cacheControl: string; ifMatch?: string; ifNew?: true },
  ): Promise<boolean> {
    try {
      await s3().send(
        new PutObjectCommand({
          Bucket: env(name),
          Key: key,
          Body: body,
          ContentType: how.contentType,
          CacheControl: how.cacheControl,
          ...(how.ifMatch !== undefined && { IfMatch: how.ifMatch }),
          ...(how.ifNew && { IfNoneMatch: '*' }),
        }),
      );
      return true;
    } catch (error) {
      const taken = error instanceof S3ServiceException && [409, 412].includes(error.$metadata.httpStatusCode ?? 0);
      if (!taken) throw error;
      return false;
    }
  },

  async remove(key: string): Promise<void> {
    await s3().send(new DeleteObjectCommand({ Bucket: env(name), Key: key }));
  },
});
export type Bucket = ReturnType<typeof openBucket>;

/** SHA-256 in hex: the name of an immutable file. */
export const hashOf = (body: Uint8Array | string): string => createHash('sha256').update(body).digest('hex');

export const json = 'application/json; charset=utf-8';
