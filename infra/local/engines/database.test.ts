import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, transact } from './database.ts';
import { startDynamoDb } from './dynamodb.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'database-test-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const schema = 'CREATE TABLE IF NOT EXISTS names (name TEXT PRIMARY KEY) STRICT;';

test('a transaction that fails leaves nothing', () => {
  const database = openDatabase(join(home, 'good'), 'a.sqlite', schema);
  const failing = () =>
    transact(database, () => {
      database.prepare('INSERT INTO names VALUES (?)').run('half');
      throw new Error('no');
    });
  expect(failing).toThrow('no');
  expect(database.prepare('SELECT * FROM names').all()).toEqual([]);
  database.close();
});

test('a broken data folder is refused in one sentence that names the file', async () => {
  const file = join(home, 'broken', 'a.sqlite');
  mkdirSync(join(home, 'broken'));
  writeFileSync(file, 'this is no database, however long it may be'.repeat(100));
  expect(() => openDatabase(join(home, 'broken'), 'a.sqlite', schema)).toThrow(
    `The data folder cannot be used: ${file}`,
  );
  writeFileSync(join(home, 'not-a-folder'), '');
  expect(() => openDatabase(join(home, 'not-a-folder'), 'a.sqlite', schema)).toThrow('The data folder cannot be used');
  writeFileSync(join(home, 'broken', 'dynamodb.sqlite'), 'neither is this'.repeat(500));
  await expect(startDynamoDb({ dataDir: join(home, 'broken') })).rejects.toThrow('The DynamoDB engine did not start');
});
