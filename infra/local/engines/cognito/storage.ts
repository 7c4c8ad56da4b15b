import { createHash, randomBytes } from 'node:crypto';
import { openDatabase, transact } from '../database.ts';
import { openSeal, type Seal } from './seal.ts';
import type { Verifier } from './srp.ts';

export interface User extends Verifier {
  readonly pool: string;
  /** Lower case: names differ not by case. */
  readonly username: string;
  readonly sub: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly status: 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD';
  /** Until when a temporary password holds, in milliseconds since 1970. */
  readonly temporaryUntil?: number;
  /** Sealed secret of the authenticator app, and the last step of a code that was taken. */
  readonly totp?: { readonly sealed: string; readonly lastStep: number };
  /** A secret that was handed out and not proven yet. */
  readonly offeredTotp?: string;
  readonly created: number;
  readonly modified: number;
}

/** One sign-in, with the refresh token that it gave. */
export interface SignIn {
  readonly pool: string;
  readonly username: string;
  readonly client: string;
  /** Stands in every token of this sign-in (`origin_jti`). */
  readonly origin: string;
  /** Seconds since 1970. */
  readonly authTime: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Failed tries at one name, known or not. */
export interface Attempts {
  readonly failures: number;
  readonly last: number;
}

/** Half a sign-in: where it stands is one of `sign-in.ts`'s steps, kept as plain data. */
export interface HalfSignIn<Step> {
  readonly pool: string;
  readonly client: string;
  readonly step: Step;
  readonly expires: number;
}

export interface UserStorage {
  readonly seal: Seal;
  /** PEM of the pool's signing key; made by `invent` the first time. */
  signingKey(pool: string, invent: () => string): string;
  find(pool: string, username: string): User | undefined;
  /** By name, or by a verified phone number or e-mail address. */
  findByAlias(pool: string, name: string): User | undefined;
  save(user: User): void;
  remove(user: User): void;
  page(pool: string, after: string): Iterable<User>;
  /** Keeps a half sign-in; answers the text that leads back to it. */
  keep<Step>(half: HalfSignIn<Step>, now: number): string;
  half<Step>(session: string): HalfSignIn<Step> | undefined;
  replace<Step>(session: string, half: HalfSignIn<Step>): void;
  drop(session: string): void;
  attempts(pool: string, name: string): Attempts;
  setAttempts(pool: string, name: string, attempts: Attempts | undefined): void;
  /** Keeps the sign-in; answers its refresh token, of which only a hash stays here. */
  addSignIn(signIn: SignIn): string;
  signInOf(refreshToken: string): SignIn | undefined;
  isSignedIn(origin: string): boolean;
  endSignIn(origin: string): void;
  endSignIns(pool: string, username: string): void;
  close(): void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS keys (pool TEXT PRIMARY KEY, sealed TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS users (
    pool TEXT NOT NULL, username TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (pool, username)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS aliases (
    pool TEXT NOT NULL, alias TEXT NOT NULL, username TEXT NOT NULL, PRIMARY KEY (pool, alias)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS alias_owner ON aliases (pool, username);
  CREATE TABLE IF NOT EXISTS sessions (hash TEXT PRIMARY KEY, document TEXT NOT NULL, expires INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS attempts (
    pool TEXT NOT NULL, name TEXT NOT NULL, failures INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (pool, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sign_ins (
    hash TEXT PRIMARY KEY, origin TEXT NOT NULL UNIQUE, pool TEXT NOT NULL, username TEXT NOT NULL, document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS sign_in_owner ON sign_ins (pool, username);`;

export const openUserStorage = (dataDir: string): UserStorage => {
  const database = openDatabase(dataDir, 'cognito.sqlite', schema);
  const seal = openSeal(dataDir);
  const one = database.prepare('SELECT document FROM users WHERE pool = ? AND username = ?');
  const aliased = database.prepare('SELECT username FROM aliases WHERE pool = ? AND alias = ?');
  const write = database.prepare('INSERT OR REPLACE INTO users VALUES (?, ?, ?)');
  const unalias = database.prepare('DELETE FROM aliases WHERE pool = ? AND username = ?');
  const alias = database.prepare('INSERT OR REPLACE INTO aliases VALUES (?, ?, ?)');
  const page = database.prepare('SELECT document FROM users WHERE pool = ? AND username > ? ORDER BY username');
  const keep = database.prepare('INSERT INTO sessions VALUES (?, ?, ?)');
  const forget = database.prepare('DELETE FROM sessions WHERE expires < ?');
  const half = database.prepare('SELECT document FROM sessions WHERE hash = ?');
  const replace = database.prepare('UPDATE sessions SET document = ? WHERE hash = ?');
  const drop = database.prepare('DELETE FROM sessions WHERE hash = ?');
  const tries = database.prepare('SELECT failures, last FROM attempts WHERE pool = ? AND name = ?');
  const setTries = database.prepare('INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?)');
  const clearTries = database.prepare('DELETE FROM attempts WHERE pool = ? AND name = ?');
  const addSignIn = database.prepare('INSERT INTO sign_ins VALUES (?, ?, ?, ?, ?)');
  const signInOf = database.prepare('SELECT document FROM sign_ins WHERE hash = ?');
  const signedIn = database.prepare('SELECT 1 FROM sign_ins WHERE origin = ?');
  const endSignIns = database.prepare('DELETE FROM sign_ins WHERE pool = ? AND username = ?');

  const find = (pool: string, username: string): User | undefined => parsed(one.get(pool, username.toLowerCase()));
  return {
    seal,
    signingKey: (pool, invent) => {
      const kept = database.prepare('SELECT sealed FROM keys WHERE pool = ?').get(pool);
      if (kept !== undefined) return seal.open(String(kept.sealed));
      const fresh = invent();
      database.prepare('INSERT INTO keys VALUES (?, ?)').run(pool, seal.close(fresh));
      return fresh;
    },
    find,
    findByAlias: (pool, name) => {
      const owner = aliased.get(pool, name.toLowerCase())?.username;
      return find(pool, name) ?? (owner === undefined ? undefined : find(pool, String(owner)));
    },
    save: (user) =>
      transact(database, () => {
        write.run(user.pool, user.username, JSON.stringify(user));
        unalias.run(user.pool, user.username);
        for (const name of aliasesOf(user)) alias.run(user.pool, name, user.username);
      }),
    remove: ({ pool, username }) =>
      transact(database, () => {
        unalias.run(pool, username);
        endSignIns.run(pool, username);
        database.prepare('DELETE FROM users WHERE pool = ? AND username = ?').run(pool, username);
      }),
    page: function* (pool, after) {
      for (const row of page.iterate(pool, after)) yield parsed<User>(row) as User;
    },
    keep: (begun, now) => {
      const session = randomBytes(96).toString('base64');
      forget.run(now - sessionMemory);
      keep.run(hashOf(session), seal.close(JSON.stringify(begun)), begun.expires);
      return session;
    },
    half: (session) => {
      const row = half.get(hashOf(session));
      return row === undefined ? undefined : JSON.parse(seal.open(String(row.document)));
    },
    replace: (session, changed) => void replace.run(seal.close(JSON.stringify(changed)), hashOf(session)),
    drop: (session) => void drop.run(hashOf(session)),
    attempts: (pool, name) => {
      const row = tries.get(pool, name);
      return { failures: Number(row?.failures ?? 0), last: Number(row?.last ?? 0) };
    },
    setAttempts: (pool, name, attempts) => {
      if (attempts === undefined) clearTries.run(pool, name);
      else setTries.run(pool, name, attempts.failures, attempts.last);
    },
    addSignIn: (signIn) => {
      const token = randomBytes(72).toString('base64url');
      const { origin, pool, username } = signIn;
      addSignIn.run(hashOf(token), origin, pool, username, JSON.stringify(signIn));
      return token;
    },
    signInOf: (refreshToken) => parsed(signInOf.get(hashOf(refreshToken))),
    isSignedIn: (origin) => signedIn.get(origin) !== undefined,
    endSignIn: (origin) => void database.prepare('DELETE FROM sign_ins WHERE origin = ?').run(origin),
    endSignIns: (pool, username) => void endSignIns.run(pool, username),
    close: () => database.close(),
  };
};

/** Names besides the user name that a user may sign in with: what is verified. Source: Amazon Cognito, alias attributes. */
export const aliasesOf = ({ attributes }: Pick<User, 'attributes'>): readonly string[] =>
  ['phone_number', 'email']
    .filter((name) => attributes[name] !== undefined && attributes[`${name}_verified`] === 'true')
    .map((name) => (attributes[name] ?? '').toLowerCase());

/** Milliseconds for which an expired half sign-in is still told apart from one that never was. */
const sessionMemory = 3_600_000;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

const parsed = <T>(row: Record<string, unknown> | undefined): T | undefined =>
  row === undefined ? undefined : (JSON.parse(String(row.document)) as T);
