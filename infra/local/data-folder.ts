import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openState, requireFolder } from './state.ts';

export type SeedKind = 'demo' | 'empty';

/** Which seed a data folder was given, and whether it was finished. */
export interface SeedMark {
  readonly kind: SeedKind;
  readonly state: 'begun' | 'done';
}

/** Raised when what the tables and files of a data folder hold can no longer be read by this program. */
const DATA_FORMAT = 1;

const markFile = 'seed.json';

export const readSeedMark = (dataDir: string): SeedMark | undefined => {
  const file = join(dataDir, markFile);
  if (!existsSync(file)) return undefined;
  try {
    const { kind, state, format = 1 } = JSON.parse(readFileSync(file, 'utf8'));
    if (format !== DATA_FORMAT) {
      throw new Error(
        `The data folder ${dataDir} was made by another version of this program; start with --fresh, or choose another with --data.`,
      );
    }
    if ((kind === 'demo' || kind === 'empty') && (state === 'begun' || state === 'done')) return { kind, state };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Error(brokenSentence(dataDir));
};

const brokenSentence = (dataDir: string): string =>
  `The data folder ${dataDir} is broken; start with --fresh to empty it, or choose another with --data.`;

/** Writes down which seed a data folder has, and whether it was finished. */
export const writeSeedMark = (dataDir: string, mark: SeedMark): void => {
  mkdirSync(dataDir, { recursive: true });
  const part = join(dataDir, `${markFile}.part`);
  writeFileSync(part, JSON.stringify({ ...mark, format: DATA_FORMAT }));
  renameSync(part, join(dataDir, markFile));
};

/** Files and folders that this program makes in a data folder; nothing else is ever deleted. */
const ours = [
  'cloud.sqlite',
  'cloud.sqlite-wal',
  'cloud.sqlite-shm',
  markFile,
  `${markFile}.part`,
  'demo-accounts.json',
  'demo-accounts.json.part',
  'dynamodb',
  's3',
  'sqs',
  'cognito',
  'secrets',
  'edge-store',
  'logs',
];

/** Says what is wrong with a data folder before minutes of building, not after. */
export const requireUsable = (dataDir: string): void => openState(dataDir).close();

/** What an engine says of a broken file, as one sentence; other errors stay as they are. */
export const inOneSentence = (error: unknown, dataDir: string): unknown => {
  const said = error instanceof Error ? error.message : String(error);
  return /not a (valid SQLite )?database|malformed|disk image|unable to open database file/.test(said)
    ? new Error(brokenSentence(dataDir), { cause: error })
    : error;
};

/** Empties a data folder. One in use, and one that holds anything else, is refused in one sentence. */
export const emptyDataFolder = (dataDir: string): void => {
  if (!existsSync(dataDir)) return;
  requireFolder(dataDir);
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
