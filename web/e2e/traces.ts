import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inject } from 'vitest';

/** Where something stands: in a row of a table, under its key, or in a file of a bucket. */
interface Traces {
  readonly rows: readonly { readonly table: string; readonly key: string }[];
  readonly files: readonly string[];
}

const reading = <T>(file: string, look: (database: DatabaseSync) => T): T => {
  const database = new DatabaseSync(join(inject('dataDir'), file), { readOnly: true });
  try {
    return look(database);
  } finally {
    database.close();
  }
};

/**
 * Every row of every table and every file of every bucket that names one of these, read past all functions in the data folder
 * of the local cloud. Streams are left out: they are the tables once more.
 */
export const tracesOf = (names: readonly string[]): Traces => {
  const named = (text: string) => names.some((name) => text.includes(name));
  const rows = reading('dynamodb/dynamodb.sqlite', (database) =>
    database
      .prepare('SELECT table_name FROM _tables')
      .all()
      .flatMap(({ table_name: table }) =>
        database
          .prepare(`SELECT pk || ' ' || sk AS key, item_json AS text FROM "${table}"`)
          .all()
          .filter(({ text }) => named(String(text)))
          .map(({ key }) => ({ table: String(table), key: String(key) })),
      ),
  );
  const files = reading('s3/s3.sqlite', (database) =>
    database
      .prepare('SELECT key, file FROM objects')
      .all()
      .filter(({ key, file }) => {
        const bytes = readFileSync(join(inject('dataDir'), 's3/objects', String(file)));
        return named(String(key)) || named(bytes.toString('latin1'));
      })
      .map(({ key }) => String(key)),
  );
  return { rows, files };
};
