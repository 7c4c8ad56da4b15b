import type { IncomingMessage } from 'node:http';
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { type Credentials, localAccount, localCredentials } from './credentials.ts';
import { openDatabase, transact } from './database.ts';
import { type Listening, listen, readBody } from './listen.ts';
import { isServiceError, serviceError } from './service-error.ts';
import { decode, queryPairs, sha256, splitTarget } from './signature.ts';
import { verifySignatureV4a } from './signature-v4a.ts';

export interface EdgeStoreOptions {
  readonly dataDir: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** Last part of the store's ARN. */
  readonly name?: string;
  readonly credentials?: Credentials;
}

export interface EdgeStore extends Listening {
  readonly arn: string;
  /** What the edge function reads, at once. */
  get(key: string): string | undefined;
}

/** Limits of the service. Source: Amazon CloudFront, KeyValueStore quotas: 512 B, 1 KB, 5 MB, 50 keys a request. */
const Key = v.pipe(v.string(), v.minLength(1), v.maxBytes(512));
const Value = v.pipe(v.string(), v.maxBytes(1024));
const largestStore = 5 * 1024 * 1024;
const mostChanges = 50;
/** Longest request, in bytes. Source: the same, 3 MB. */
const longestRequest = 3 * 1024 * 1024;

/**
 * The data plane of one CloudFront KeyValueStore: every write names the version it has seen (`If-Match`) and is refused
 * with `ConflictException` when another came first. What it acknowledged survives `kill -9`.
 *
 * The SDK puts the account's number in front of the host, so the address must be a name: `000000000000.localhost` has to
 * lead to this machine (`resolveLocalhost`).
 */
export const startEdgeStore = async (options: EdgeStoreOptions): Promise<EdgeStore> => {
  const database = openDatabase(options.dataDir, 'edge-store.sqlite', schema);
  const entries = openEntries(database);
  const arn = `arn:aws:cloudfront::${localAccount}:key-value-store/${options.name ?? 'edge-store'}`;
  const credentials = options.credentials ?? localCredentials;
  const listening = await listen((request, response) => {
    perform(request, { arn, entries, credentials }).then(
      ({ body, etag }) => {
        response.writeHead(200, { 'content-type': 'application/json', ...(etag !== undefined && { etag }) });
        response.end(JSON.stringify(body));
      },
      (cause: unknown) => {
        const { status, code, message } = refusalOf(cause);
        if (!request.complete) request.resume();
        response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
        response.end(JSON.stringify({ Message: message }));
      },
    );
  }, options.port);
  const stop = async () => {
    await listening.stop();
    database.close();
  };
  return { ...listening, endpoint: `http://localhost:${listening.port}`, stop, arn, get: entries.get };
};

const schema = `
  CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS state (
    one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL
  ) STRICT;
  INSERT OR IGNORE INTO state VALUES (1, 1, unixepoch(), unixepoch());`;

interface Entries {
  get(key: string): string | undefined;
  after(key: string, limit: number): readonly { readonly Key: string; readonly Value: string }[];
  etag(): string;
  figures(): { readonly ItemCount: number; readonly TotalSizeInBytes: number };
  times(): { readonly Created: number; readonly LastModified: number };
  /** Makes all changes or none; the refusal is `ConflictException` unless `etag` is the version of now. */
  change(etag: string | undefined, puts: readonly { Key: string; Value: string }[], deletes: readonly string[]): void;
}

const openEntries = (database: DatabaseSync): Entries => {
  const one = database.prepare('SELECT value FROM entries WHERE key = ?');
  const page = database.prepare('SELECT key AS Key, value AS Value FROM entries WHERE key > ? ORDER BY key LIMIT ?');
  const state = database.prepare('SELECT * FROM state');
  const sums = database.prepare(
    'SELECT count(*) AS items, coalesce(sum(octet_length(key) + octet_length(value)), 0) AS bytes FROM entries',
  );
  const put = database.prepare('INSERT OR REPLACE INTO entries VALUES (?, ?)');
  const erase = database.prepare('DELETE FROM entries WHERE key = ?');
  const advance = database.prepare('UPDATE state SET version = version + 1, modified = unixepoch()');
  const get = (key: string) => {
    const row = one.get(key);
    return row === undefined ? undefined : String(row.value);
  };
  const etag = () => `KV${Number(state.get()?.version).toString(36).toUpperCase().padStart(12, '0')}`;
  const figures = () => {
    const row = sums.get();
    return { ItemCount: Number(row?.items), TotalSizeInBytes: Number(row?.bytes) };
  };
  return {
    get,
    etag,
    figures,
    after: (key, limit) => page.all(key, limit).map((row) => ({ Key: String(row.Key), Value: String(row.Value) })),
    times: () => {
      const row = state.get();
      return { Created: Number(row?.created), LastModified: Number(row?.modified) };
    },
    change: (expected, puts, deletes) =>
      transact(database, () => {
        if (expected === undefined) throw serviceError(400, 'ValidationException', 'If-Match is required.');
        if (expected !== etag()) throw serviceError(409, 'ConflictException', 'Pre-Condition failed');
        for (const key of deletes) if (erase.run(key).changes === 0) throw notFound(key);
        for (const { Key: key, Value: value } of puts) put.run(key, value);
        advance.run();
        if (figures().TotalSizeInBytes > largestStore) {
          throw serviceError(402, 'ServiceQuotaExceededException', 'The store would be larger than 5 MB.');
        }
      }),
  };
};

const notFound = (key: string) => serviceError(404, 'ResourceNotFoundException', `Key ${key} was not found.`);

interface Served {
  readonly arn: string;
  readonly entries: Entries;
  readonly credentials: Credentials;
}

interface Answer {
  readonly body: object;
  readonly etag?: string;
}

const perform = async (request: IncomingMessage, { arn, entries, credentials }: Served): Promise<Answer> => {
  const target = splitTarget(request.url ?? '/');
  const { method = '', headers } = request;
  const body = await readBody(request, longestRequest);
  const check = { service: 'cloudfront-keyvaluestore', credentials, payloadHash: sha256(body), now: Date.now() };
  verifySignatureV4a({ method, ...target, headers }, check);
  const [, root, store = '', keys, ...rest] = target.path.split('/');
  if (root !== 'key-value-stores' || decode(store) !== arn) {
    throw serviceError(404, 'ResourceNotFoundException', 'There is no such store.');
  }
  const key = rest.length === 0 ? undefined : v.parse(Key, decode(rest.join('/')));
  const ifMatch = headers['if-match'];
  const changed = (): Answer => ({ body: entries.figures(), etag: entries.etag() });
  switch (`${method} ${keys ?? ''}${key === undefined ? '' : '/key'}`) {
    case 'GET ': {
      const state = { KvsARN: arn, Status: 'READY', ...entries.figures(), ...entries.times() };
      return { body: state, etag: entries.etag() };
    }
    case 'GET keys':
      return { body: listKeys(entries, new Map(queryPairs(target.query))) };
    case 'GET keys/key': {
      const value = entries.get(key ?? '');
      if (value === undefined) throw notFound(key ?? '');
      return { body: { Key: key, Value: value, ...entries.figures() } };
    }
    case 'PUT keys/key': {
      const { Value: value } = v.parse(v.object({ Value }), JSON.parse(body.toString()));
      entries.change(ifMatch, [{ Key: key ?? '', Value: value }], []);
      return changed();
    }
    case 'DELETE keys/key':
      entries.change(ifMatch, [], [key ?? '']);
      return changed();
    case 'POST keys': {
      const { Puts, Deletes } = v.parse(Changes, JSON.parse(body.toString()));
      entries.change(
        ifMatch,
        Puts,
        Deletes.map((one) => one.Key),
      );
      return changed();
    }
    default:
      throw serviceError(400, 'ValidationException', `This local service does not speak ${method} ${target.path}.`);
  }
};

const Changes = v.pipe(
  v.object({
    Puts: v.optional(v.array(v.object({ Key, Value })), []),
    Deletes: v.optional(v.array(v.object({ Key })), []),
  }),
  v.check(({ Puts, Deletes }) => {
    const keys = [...Puts, ...Deletes].map((change) => change.Key);
    return keys.length > 0 && keys.length <= mostChanges && new Set(keys).size === keys.length;
  }, `between 1 and ${mostChanges} changes, each of another key`),
);

const listKeys = (entries: Entries, query: ReadonlyMap<string, string>): object => {
  const limit = Math.min(Math.max(1, Number(query.get('MaxResults') ?? 10)), 50);
  const after = Buffer.from(query.get('NextToken') ?? '', 'base64url').toString();
  const page = entries.after(after, limit + 1);
  const Items = page.slice(0, limit);
  if (page.length <= limit) return { Items };
  return { Items, NextToken: Buffer.from(Items.at(-1)?.Key ?? '').toString('base64url') };
};

const refusalOf = (cause: unknown) => {
  if (isServiceError(cause)) return cause;
  if (v.isValiError(cause) || cause instanceof SyntaxError) {
    return serviceError(400, 'ValidationException', cause.message);
  }
  console.error('local edge store:', cause);
  return serviceError(500, 'InternalServerException', 'The local service failed.');
};
