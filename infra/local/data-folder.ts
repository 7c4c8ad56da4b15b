import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openState } from './state.ts';

export type SeedKind = 'demo' | 'empty';

/** Which seed a data folder was given, and whether it was finished. */
export interface SeedMark {
  readonly kind: SeedKind;
  readonly state: 'begun' | 'done';
}

const markFile = 'seed.json';

export const readSeedMark = (dataDir: string): SeedMark | undefined => {
  const file = join(dataDir, markFile);
  if (!existsSync(file)) return undefined;
  try {
    const { kind, state } = JSON.parse(readFileSync(file, 'utf8'));
    return (kind === 'demo' || kind === 'empty') && (state === 'begun' || state === 'done')
      ? { kind, state }
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** Writes down which seed a data folder has, and whether it was finished. */
export const writeSeedMark = (dataDir: string, mark: SeedMark): void => {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, markFile), JSON.stringify(mark));
};

/** Files and folders that this program makes in a data folder; nothing else is ever deleted. */
const ours = [
  'cloud.sqlite',
  'cloud.sqlite-wal',
  'cloud.sqlite-shm',
  markFile,
  'demo-accounts.json',
  'dynamodb',
  's3',
  'sqs',
  'cognito',
  'secrets',
  'edge-store',
  'logs',
];

/** Empties a data folder. One in use, and one that holds anything else, is refused in one sentence. */
export const emptyDataFolder = (dataDir: string): void => {
  if (!existsSync(dataDir)) return;
  const found = readdirSync(dataDir);
  const foreign = found.find((name) => !ours.includes(name));
  if (foreign !== undefined) {
    throw new Error(`The folder ${dataDir} holds "${foreign}", which is not ours; choose another with --data.`);
  }
  try {
    openState(dataDir).close();
  } catch (error) {
    // a broken folder may be emptied, one in use may not
    if (error instanceof Error && error.message.includes('is in use')) throw error;
  }
  for (const name of found) rmSync(join(dataDir, name), { recursive: true, force: true });
};
