import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Opens (or makes) the database file of one engine. Write-ahead journal: what a finished statement wrote survives the
 * death of the process, however sudden. `NORMAL` does not wait for the disk, so a power cut may lose the last moments.
 * Only the user who runs it may read the folder.
 */
export const openDatabase = (dataDir: string, fileName: string, schema: string): DatabaseSync => {
  const file = join(dataDir, fileName);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file, { timeout: 5_000 });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
    database.exec(schema);
    return database;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The data folder cannot be used: ${file}: ${reason}. Take another one, or begin afresh.`, {
      cause,
    });
  }
};

/** Runs `work` as one transaction: all of it is kept, or none. It must not wait for anything. */
export const transact = <T>(database: DatabaseSync, work: () => T): T => {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (cause) {
    database.exec('ROLLBACK');
    throw cause;
  }
};
