import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What the local cloud itself must remember: how far streams are read, when schedules last ran, what was done once. */
export interface State {
  /** Positions of a reader in a shard, by lane; empty when it has never read. */
  positions(reader: string, shard: string): ReadonlyMap<string, string>;
  /** All of these, or none. */
  savePositions(reader: string, shard: string, positions: ReadonlyMap<string, string>): void;
  /** A small text under a name. */
  note(name: string): string | undefined;
  saveNote(name: string, text: string): void;
  close(): void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS positions (
    reader TEXT NOT NULL, shard TEXT NOT NULL, lane TEXT NOT NULL, sequence TEXT NOT NULL,
    PRIMARY KEY (reader, shard, lane)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;`;

/**
 * Opens the state of a data folder and holds it: a second cloud on the same folder is refused, and the hold ends with the
 * process however it ends. One clear sentence for a folder that is in use, broken or not writable.
 */
export const openState = (dataDir: string): State => {
  requireFolder(dataDir);
  const database = claim(dataDir);
  const select = database.prepare('SELECT lane, sequence FROM positions WHERE reader = ? AND shard = ?');
  const clear = database.prepare('DELETE FROM positions WHERE reader = ? AND shard = ?');
  const insert = database.prepare('INSERT INTO positions VALUES (?, ?, ?, ?)');
  const note = database.prepare('SELECT text FROM notes WHERE name = ?');
  const saveNote = database.prepare(
    'INSERT INTO notes VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET text = excluded.text',
  );
  return {
    positions: (reader, shard) =>
      new Map(select.all(reader, shard).map(({ lane, sequence }) => [String(lane), String(sequence)])),
    savePositions: (reader, shard, positions) => {
      database.exec('BEGIN');
      clear.run(reader, shard);
      for (const [lane, sequence] of positions) insert.run(reader, shard, lane, sequence);
      database.exec('COMMIT');
    },
    note: (name) => {
      const found = note.get(name);
      return found === undefined ? undefined : String(found['text']);
    },
    saveNote: (name, text) => void saveNote.run(name, text),
    close: () => database.close(),
  };
};

/** One folder after the other: where nothing can be made, making all at once never returns (Node 24 under /proc). */
const makeFolder = (path: string): void => {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
};

const claim = (dataDir: string): DatabaseSync => {
  try {
    makeFolder(dataDir);
    const database = new DatabaseSync(join(dataDir, 'cloud.sqlite'), { timeout: 300 });
    // the lock lasts as long as the connection; the write takes it
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec(schema);
    database.exec('BEGIN EXCLUSIVE; COMMIT;');
    return database;
  } catch (cause) {
    throw new Error(sentenceFor(cause, dataDir), { cause });
  }
};

/** A file where the folder should be: one sentence, before anything is read or emptied. */
export const requireFolder = (dataDir: string): void => {
  if (existsSync(dataDir) && !statSync(dataDir).isDirectory())
    throw new Error(`${dataDir} is a file, not a folder; choose another with --data.`);
};

const sentenceFor = (cause: unknown, dataDir: string): string => {
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (message.includes('locked'))
    return `The data folder ${dataDir} is in use by another copy; stop it or choose another with --data.`;
  if (message.includes('not a database') || message.includes('malformed')) {
    return `The data folder ${dataDir} is broken (${message}); start with --fresh to empty it.`;
  }
  if (/^(EACCES|EPERM|EROFS|ENOENT|ENOSPC)$/.test(code) || /readonly|disk is full/.test(message)) {
    return `The data folder ${dataDir} cannot be written to (${code || message}); choose another with --data.`;
  }
  // whatever the engine says of its own file ("unable to open database file") tells nobody what to do
  return `The data folder ${dataDir} is broken (cloud.sqlite cannot be opened); start with --fresh to empty it, or choose another with --data.`;
};
