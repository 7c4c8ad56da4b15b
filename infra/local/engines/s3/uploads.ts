import { randomBytes } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { transact } from '../database.ts';
import { serviceError } from '../service-error.ts';
import type { Blob } from './storage.ts';

/** An upload in parts that is not completed yet. */
export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Checksum that the client announced, such as `SHA256`; empty when none. */
  readonly checksum: string;
}

export interface Part extends Blob {
  readonly number: number;
  readonly modified: number;
}

export interface Uploads {
  begin(upload: Omit<Upload, 'id'>): Upload;
  /** The upload, or the refusal `NoSuchUpload`; an upload of another key is none. */
  get(id: string, bucket: string, key: string): Upload;
  putPart(upload: Upload, part: Part): void;
  parts(upload: Upload): readonly Part[];
  /** Forgets the upload and drops its parts. */
  end(upload: Upload): void;
  /** Files that parts lie in. */
  files(): readonly Record<string, SQLOutputValue>[];
}

export const openUploads = (database: DatabaseSync, discard: (file: string) => void): Uploads => {
  database.exec(`
    CREATE TABLE IF NOT EXISTS uploads (
      id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL, checksum TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS parts (
      upload TEXT NOT NULL REFERENCES uploads ON DELETE CASCADE, number INTEGER NOT NULL, file TEXT NOT NULL,
      size INTEGER NOT NULL, etag TEXT NOT NULL, checksums TEXT NOT NULL, modified INTEGER NOT NULL,
      PRIMARY KEY (upload, number)
    ) STRICT;`);
  const partsOf = database.prepare('SELECT * FROM parts WHERE upload = ? ORDER BY number');
  const find = database.prepare('SELECT * FROM uploads WHERE id = ? AND bucket = ? AND key = ?');
  const write = database.prepare('INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)');
  const parts = (upload: Upload) => partsOf.all(upload.id).map(partOf);
  const get = (id: string, bucket: string, key: string): Upload => {
    const row = find.get(id, bucket, key);
    if (row === undefined) throw serviceError(404, 'NoSuchUpload', 'The specified upload does not exist.');
    return { id, bucket, key, headers: JSON.parse(String(row.headers)), checksum: String(row.checksum) };
  };
  return {
    begin: ({ bucket, key, headers, checksum }) => {
      const id = randomBytes(24).toString('base64url');
      const values = [id, bucket, key, JSON.stringify(headers), checksum];
      database.prepare('INSERT INTO uploads VALUES (?, ?, ?, ?, ?)').run(...values);
      return { id, bucket, key, headers, checksum };
    },
    get,
    putPart: (upload, { number, file, size, etag, checksums, modified }) => {
      const replaced = transact(database, () => {
        // the upload may have been completed or aborted while the bytes were arriving
        get(upload.id, upload.bucket, upload.key);
        const before = parts(upload).find((part) => part.number === number);
        write.run(upload.id, number, file, size, etag, JSON.stringify(checksums), modified);
        return before;
      });
      if (replaced !== undefined) discard(replaced.file);
    },
    parts,
    end: (upload) => {
      const files = parts(upload).map((part) => part.file);
      database.prepare('DELETE FROM uploads WHERE id = ?').run(upload.id);
      files.forEach(discard);
    },
    files: () => database.prepare('SELECT file FROM parts').all(),
  };
};

const partOf = (row: Record<string, SQLOutputValue>): Part => ({
  number: Number(row.number),
  file: String(row.file),
  size: Number(row.size),
  etag: String(row.etag),
  checksums: JSON.parse(String(row.checksums)),
  modified: Number(row.modified),
});
