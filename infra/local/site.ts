import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { contentOf, siteFiles } from '../site-files.ts';
import type { State } from './state.ts';

/** Puts the built site into its bucket when it has changed since; answers whether it did. */
export const fillSite = async (options: {
  readonly client: S3Client;
  readonly bucket: string;
  readonly folders: readonly string[];
  readonly state: State;
}): Promise<boolean> => {
  const files = options.folders.filter(existsSync).flatMap(siteFiles);
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.key}\n${file.cacheControl}\n`).update(contentOf(file));
  const now = `${options.bucket} ${hash.digest('hex')}`;
  if (options.state.note('site') === now) return false;
  const waiting = [...files];
  const work = async (): Promise<void> => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      await options.client.send(
        new PutObjectCommand({
          Bucket: options.bucket,
          Key: file.key,
          Body: contentOf(file),
          ContentType: file.contentType,
          CacheControl: file.cacheControl,
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
  options.state.saveNote('site', now);
  return true;
};
