// the store takes only requests signed for all regions at once; this registers the signer with the SDK
import '@aws-sdk/signature-v4a';
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CloudFrontKeyValueStoreClient,
  ConflictException,
  DescribeKeyValueStoreCommand,
  ListKeysCommand,
  type ListKeysCommandOutput,
  UpdateKeysCommand,
  ValidationException,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { type EnvName, env } from './env.ts';

/** Changes of one call; the store takes at most 50, a value at most 1 KB. Source: CloudFront quotas, November 2026. */
const AT_ONCE = 50;
const TRIES = 8;

let client: CloudFrontKeyValueStoreClient | undefined;
const kvs = (): CloudFrontKeyValueStoreClient => {
  client ??= new CloudFrontKeyValueStoreClient({ maxAttempts: 5 });
  return client;
};

/** The CDN's key-value store granted under this name: what the edge function reads. Changes reach all edges within seconds. */
export const openEdgeStore = (name: EnvName) => ({
  /** Sets and removes keys. Repeating it is harmless; other writers are waited out. */
  async change(put: Readonly<Record<string, string>>, remove: readonly string[] = []): Promise<void> {
    const all = [
      ...Object.entries(put).map(([Key, Value]) => ({ Key, Value })),
      ...remove.map((Key) => ({ Key, Value: undefined })),
    ];
    for (let from = 0; from < all.length; from += AT_ONCE) await changeFew(env(name), all.slice(from, from + AT_ONCE));
  },

  /** Every key with its value. */
  async list(): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = {};
    let next: string | undefined;
    do {
      const page: ListKeysCommandOutput = await kvs().send(
        new ListKeysCommand({ KvsARN: env(name), MaxResults: 50, ...(next !== undefined && { NextToken: next }) }),
      );
      for (const { Key, Value } of page.Items ?? []) if (Key !== undefined) found[Key] = Value ?? '';
      next = page.NextToken;
    } while (next !== undefined);
    return found;
  },
});

interface Entry {
  readonly Key: string;
  readonly Value: string | undefined;
}

/** The whole store has one version; a change made over an older one is refused and made again over the new one. */
const changeFew = async (KvsARN: string, entries: readonly Entry[]): Promise<void> => {
  for (let tries = 1; ; tries++) {
    const { ETag } = await kvs().send(new DescribeKeyValueStoreCommand({ KvsARN }));
    try {
      await kvs().send(
        new UpdateKeysCommand({
          KvsARN,
          IfMatch: ETag,
          Puts: entries.flatMap(({ Key, Value }) => (Value === undefined ? [] : [{ Key, Value }])),
          Deletes: entries.flatMap(({ Key, Value }) => (Value === undefined ? [{ Key }] : [])),
        }),
      );
      return;
    } catch (error) {
      const outrun = error instanceof ConflictException || error instanceof ValidationException;
      if (!outrun || tries === TRIES) throw error;
      await pause(randomInt(10, 50 * 2 ** tries));
    }
  }
};
