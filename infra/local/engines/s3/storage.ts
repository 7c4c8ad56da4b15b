import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SQLOutputValue } from 'node:sqlite';
import type { Readable } from 'node:stream';
import { openDatabase, transact } from '../database.ts';
import { serviceError } from '../service-error.ts';
import { type Notification, type Outbox, openOutbox } from './outbox.ts';
import { openUploads, type Uploads } from './uploads.ts';

/** Bytes that lie in the blob folder but belong to nothing yet. */
export interface Blob {
  /** File name, random: what a client chose as key never becomes a path. */
  readonly file: string;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  /** `crc32` → base64 and so on, as far as the client stated one. */
  readonly checksums: Readonly<Record<string, string>>;
}

export interface StoredObject extends Blob {
  readonly bucket: string;
  readonly key: string;
  /** Headers kept with the object: content type, cache control, `x-amz-meta-…`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Etags as a client sent them in `If-Match` and `If-None-Match`. */
export interface Preconditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** One page of a listing: the objects in order of their keys, and the common prefixes between them. */
export interface Listing {
  readonly objects: readonly StoredObject[];
  readonly prefixes: readonly string[];
  /** Where the next page goes on; absent on the last one. */
  readonly next?: string;
}

export interface ObjectStorage {
  readonly uploads: Uploads;
  readonly outbox: Outbox;
  /** Path of a new file for incoming bytes. */
  newFile(): string;
  pathOf(file: string): string;
  /** Drops bytes that found no owner. */
  discard(file: string): void;
  addBucket(bucket: string): void;
  hasBucket(bucket: string): boolean;
  find(bucket: string, key: string): StoredObject | undefined;
  /** All of it at once: for readers in this process, of files as the edge keeps them. */
  bytes(object: StoredObject): Buffer;
  read(object: StoredObject, range?: { readonly start: number; readonly end: number }): Readable;
  /** Takes the bytes as the object's content in one step, if the preconditions hold at that very moment. */
  put(object: Omit<StoredObject, 'modified'>, preconditions: Preconditions, now: number): StoredObject;
  /** Removes the object; one that is not there is no fault. */
  remove(bucket: string, key: string, preconditions: Preconditions): void;
  list(bucket: string, options: ListOptions): Listing;
  close(): void;
}

export interface ListOptions {
  readonly prefix: string;
  readonly delimiter: string;
  /** Keys and prefixes after this text only. */
  readonly after: string;
  readonly limit: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY) STRICT;
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    headers TEXT NOT NULL, checksums TEXT NOT NULL, modified INTEGER NOT NULL, PRIMARY KEY (bucket, key)
  ) STRICT, WITHOUT ROWID;`;

/** Opens the objects kept in this folder; what arrived halfway before a kill is dropped. */
export const openObjectStorage = (dataDir: string, notify: boolean): ObjectStorage => {
  const database = openDatabase(dataDir, 's3.sqlite', schema);
  const blobs = join(dataDir, 'objects');
  mkdirSync(blobs, { recursive: true });
  const pathOf = (file: string) => join(blobs, file);
  const discard = (file: string) => rmSync(pathOf(file), { force: true });
  const outbox = openOutbox(database);
  const uploads = openUploads(database, discard);
  const one = database.prepare('SELECT * FROM objects WHERE bucket = ? AND key = ?');
  const page = database.prepare('SELECT * FROM objects WHERE bucket = ? AND key > ? AND key >= ? ORDER BY key');
  const write = database.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const erase = database.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?');

  const find = (bucket: string, key: string) => {
    const row = one.get(bucket, key);
    return row === undefined ? undefined : objectOf(row);
  };

  sweepLeftovers(
    blobs,
    new Set([...database.prepare('SELECT file FROM objects').all(), ...uploads.files()].map((row) => row.file)),
  );

  return {
    uploads,
    outbox,
    newFile: () => pathOf(randomUUID()),
    pathOf,
    discard,
    addBucket: (bucket) => void database.prepare('INSERT OR IGNORE INTO buckets VALUES (?)').run(bucket),
    hasBucket: (bucket) => database.prepare('SELECT 1 FROM buckets WHERE name = ?').get(bucket) !== undefined,
    find,
    bytes: (object) => readFileSync(pathOf(object.file)),
    // opened at once: an open file can be read to its end even when another content takes its place meanwhile
    read: (object, range) => createReadStream('', { ...range, fd: openSync(pathOf(object.file), 'r') }),
    put: (object, preconditions, now) => {
      const { bucket, key, file, size, etag, headers, checksums } = object;
      const replaced = transact(database, () => {
        const present = find(bucket, key);
        requirePreconditions(present, preconditions);
        write.run(bucket, key, file, size, etag, JSON.stringify(headers), JSON.stringify(checksums), now);
        if (notify) outbox.add({ bucket, key, size, etag } satisfies Notification);
        return present;
      });
      if (replaced !== undefined) discard(replaced.file);
      return { ...object, modified: now };
    },
    remove: (bucket, key, preconditions) => {
      const removed = transact(database, () => {
        const present = find(bucket, key);
        if (preconditions.ifMatch !== undefined) requirePreconditions(present, preconditions);
        erase.run(bucket, key);
        return present;
      });
      if (removed !== undefined) discard(removed.file);
    },
    list: (bucket, options) => listPage(page.iterate(bucket, options.after, options.prefix), options),
    close: () => database.close(),
  };
};

/** Throws what S3 answers when the object is not in the state that the client expects. */
const requirePreconditions = (present: StoredObject | undefined, { ifMatch, ifNoneMatch }: Preconditions): void => {
  if (ifMatch !== undefined && present === undefined) {
    throw serviceError(404, 'NoSuchKey', 'The specified key does not exist.');
  }
  const changed = ifMatch !== undefined && ifMatch !== '*' && present !== undefined && !sameEtag(ifMatch, present.etag);
  const exists =
    ifNoneMatch !== undefined && present !== undefined && (ifNoneMatch === '*' || sameEtag(ifNoneMatch, present.etag));
  if (changed || exists) {
    throw serviceError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
};

/** Etags are compared without regard to quotes, which some clients leave out. */
export const sameEtag = (sent: string, etag: string): boolean =>
  sent.split(',').some((one) => one.trim().replaceAll('"', '') === etag.replaceAll('"', ''));

const listPage = (rows: Iterable<Record<string, SQLOutputValue>>, options: ListOptions): Listing => {
  const objects: StoredObject[] = [];
  const prefixes: string[] = [];
  let last = options.after;
  for (const row of rows) {
    const key = String(row.key);
    if (!key.startsWith(options.prefix)) break;
    const cut = options.delimiter === '' ? -1 : key.indexOf(options.delimiter, options.prefix.length);
    const prefix = cut < 0 ? undefined : key.slice(0, cut + options.delimiter.length);
    // a prefix that ended the page before stands for all of its keys
    if (prefix !== undefined && (prefix === prefixes.at(-1) || prefix === options.after)) continue;
    if (objects.length + prefixes.length === options.limit) return { objects, prefixes, next: last };
    if (prefix === undefined) objects.push(objectOf(row));
    else prefixes.push(prefix);
    last = prefix ?? key;
  }
  return { objects, prefixes };
};

const objectOf = (row: Record<string, SQLOutputValue>): StoredObject => ({
  bucket: String(row.bucket),
  key: String(row.key),
  file: String(row.file),
  size: Number(row.size),
  etag: String(row.etag),
  headers: JSON.parse(String(row.headers)),
  checksums: JSON.parse(String(row.checksums)),
  modified: Number(row.modified),
});

const sweepLeftovers = (blobs: string, owned: ReadonlySet<SQLOutputValue | undefined>): void => {
  for (const file of readdirSync(blobs)) if (!owned.has(file)) rmSync(join(blobs, file), { force: true });
};
