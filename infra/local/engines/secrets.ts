import { randomBytes, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { type Credentials, localAccount, localCredentials, localRegion } from './credentials.ts';
import { openDatabase, transact } from './database.ts';
import { type JsonOperation, jsonOperation, serveJson } from './json-service.ts';
import type { Listening } from './listen.ts';
import { serviceError } from './service-error.ts';

export interface SecretsOptions {
  readonly dataDir: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly credentials?: Credentials;
}

export interface Secrets extends Listening {
  /** ARN of the secret of this name; it is made with the value of `invent` when there is none yet. */
  ensure(name: string, invent: () => string): string;
}

const schema = `
  CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, arn TEXT NOT NULL UNIQUE, created INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS versions (
    name TEXT NOT NULL REFERENCES secrets, id TEXT NOT NULL, value TEXT NOT NULL, created INTEGER NOT NULL,
    PRIMARY KEY (name, id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS stages (
    name TEXT NOT NULL, stage TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (name, stage),
    FOREIGN KEY (name, id) REFERENCES versions
  ) STRICT;`;

/**
 * Local secrets with versions and their stages, enough for values that are rotated. What it acknowledged survives
 * `kill -9`. The values lie readable in the data folder, which only its owner may open.
 */
export const startSecrets = async (options: SecretsOptions): Promise<Secrets> => {
  const database = openDatabase(options.dataDir, 'secrets.sqlite', schema);
  const store = openVersions(database);
  const listening = await serveJson({
    port: options.port,
    target: 'secretsmanager',
    service: 'secretsmanager',
    credentials: options.credentials ?? localCredentials,
    malformed: 'InvalidParameterException',
    operations: operationsOf(store),
  });
  return {
    ...listening,
    ensure: (name, invent) => (store.find(name) ?? store.create(name, invent(), randomUUID(), Date.now()).secret).arn,
    stop: async () => {
      await listening.stop();
      database.close();
    },
  };
};

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly created: number;
}

interface Version {
  readonly id: string;
  readonly value: string;
  readonly created: number;
  readonly stages: readonly string[];
}

interface Versions {
  /** By name or ARN. */
  find(id: string): Secret | undefined;
  need(id: string): Secret;
  create(name: string, value: string, version: string, now: number): { secret: Secret; version: Version };
  /** Adds a version and moves the stages to it; the same version with the same value again changes nothing. */
  add(secret: Secret, version: Omit<Version, 'created'>, now: number): Version;
  versions(secret: Secret): readonly Version[];
  moveStage(secret: Secret, stage: string, to: string | undefined, from: string | undefined): void;
}

const openVersions = (database: DatabaseSync): Versions => {
  const one = database.prepare('SELECT * FROM secrets WHERE name = ? OR arn = ?');
  const all = database.prepare('SELECT * FROM versions WHERE name = ? ORDER BY created, id');
  const staged = database.prepare('SELECT * FROM stages WHERE name = ?');
  const put = database.prepare('INSERT INTO versions VALUES (?, ?, ?, ?)');
  const stageAt = database.prepare('INSERT OR REPLACE INTO stages VALUES (?, ?, ?)');
  const unstage = database.prepare('DELETE FROM stages WHERE name = ? AND stage = ?');
  const find = (id: string): Secret | undefined => {
    const row = one.get(id, id);
    return row && { name: String(row.name), arn: String(row.arn), created: Number(row.created) };
  };
  const need = (id: string): Secret => {
    const secret = find(id);
    if (secret === undefined) {
      throw serviceError(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  };
  const versions = ({ name }: Secret): readonly Version[] => {
    const stages = staged.all(name);
    return all.all(name).map((row) => ({
      id: String(row.id),
      value: String(row.value),
      created: Number(row.created),
      stages: stages.filter((stage) => stage.id === row.id).map((stage) => String(stage.stage)),
    }));
  };
  /** The version that was current before stays reachable as the previous one. */
  const point = (secret: Secret, stage: string, id: string): void => {
    const before = versions(secret).find((version) => version.stages.includes(stage));
    stageAt.run(secret.name, stage, id);
    if (stage === 'AWSCURRENT' && before !== undefined && before.id !== id) {
      stageAt.run(secret.name, 'AWSPREVIOUS', before.id);
    }
  };
  const add = (secret: Secret, { id, value, stages }: Omit<Version, 'created'>, now: number): Version => {
    const present = versions(secret).find((version) => version.id === id);
    if (present !== undefined) {
      if (present.value === value) return present;
      throw serviceError(400, 'ResourceExistsException', 'This version has another value already.');
    }
    put.run(secret.name, id, value, now);
    for (const stage of stages) point(secret, stage, id);
    return { id, value, created: now, stages };
  };
  return {
    find,
    need,
    versions,
    create: (name, value, id, now) =>
      transact(database, () => {
        if (find(name) !== undefined) {
          throw serviceError(400, 'ResourceExistsException', `A secret with the name ${name} exists already.`);
        }
        const arn = `arn:aws:secretsmanager:${localRegion}:${localAccount}:secret:${name}-${randomBytes(3).toString('hex')}`;
        database.prepare('INSERT INTO secrets VALUES (?, ?, ?)').run(name, arn, now);
        const secret = { name, arn, created: now };
        return { secret, version: add(secret, { id, value, stages: ['AWSCURRENT'] }, now) };
      }),
    add: (secret, version, now) => transact(database, () => add(secret, version, now)),
    moveStage: (secret, stage, to, from) =>
      transact(database, () => {
        const holder = versions(secret).find((version) => version.stages.includes(stage));
        if (holder !== undefined && holder.id !== from && holder.id !== to) {
          throw serviceError(400, 'InvalidParameterException', `The stage ${stage} is with another version.`);
        }
        if (to === undefined) unstage.run(secret.name, stage);
        else if (versions(secret).some((version) => version.id === to)) point(secret, stage, to);
        else throw serviceError(400, 'ResourceNotFoundException', 'There is no such version.');
      }),
  };
};

/** Longest value, in bytes. Source: AWS Secrets Manager. */
const Value = v.pipe(v.string(), v.maxBytes(65_536));
const SecretId = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));
const Stages = v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(20));
const Token = v.optional(v.pipe(v.string(), v.minLength(32), v.maxLength(64)));

const operationsOf = (store: Versions): Record<string, JsonOperation> => ({
  CreateSecret: jsonOperation(
    v.object({
      Name: v.pipe(v.string(), v.regex(/^[\w/+=.@-]{1,512}$/)),
      SecretString: Value,
      ClientRequestToken: Token,
    }),
    ({ Name, SecretString, ClientRequestToken }) => {
      const { secret, version } = store.create(Name, SecretString, ClientRequestToken ?? randomUUID(), Date.now());
      return { ...named(secret), VersionId: version.id };
    },
  ),
  GetSecretValue: jsonOperation(
    v.object({ SecretId, VersionId: v.optional(v.string()), VersionStage: v.optional(v.string()) }),
    ({ SecretId: id, VersionId, VersionStage = VersionId === undefined ? 'AWSCURRENT' : undefined }) => {
      const secret = store.need(id);
      const version = store
        .versions(secret)
        .filter((one) => VersionId === undefined || one.id === VersionId)
        .find((one) => VersionStage === undefined || one.stages.includes(VersionStage));
      if (version === undefined) {
        throw serviceError(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret value.");
      }
      const { value, stages, created } = version;
      const stated = { VersionId: version.id, VersionStages: stages, CreatedDate: created / 1000 };
      return { ...named(secret), SecretString: value, ...stated };
    },
  ),
  PutSecretValue: jsonOperation(
    v.object({
      SecretId,
      SecretString: Value,
      ClientRequestToken: Token,
      VersionStages: v.optional(Stages, ['AWSCURRENT']),
    }),
    ({ SecretId: id, SecretString, ClientRequestToken, VersionStages }) => {
      const secret = store.need(id);
      const fresh = { id: ClientRequestToken ?? randomUUID(), value: SecretString, stages: VersionStages };
      const version = store.add(secret, fresh, Date.now());
      return { ...named(secret), VersionId: version.id, VersionStages: version.stages };
    },
  ),
  DescribeSecret: jsonOperation(v.object({ SecretId }), ({ SecretId: id }) => {
    const secret = store.need(id);
    const stages = store.versions(secret).filter((version) => version.stages.length > 0);
    return {
      ...named(secret),
      CreatedDate: secret.created / 1000,
      VersionIdsToStages: Object.fromEntries(stages.map((version) => [version.id, version.stages])),
    };
  }),
  UpdateSecretVersionStage: jsonOperation(
    v.object({
      SecretId,
      VersionStage: v.string(),
      MoveToVersionId: v.optional(v.string()),
      RemoveFromVersionId: v.optional(v.string()),
    }),
    ({ SecretId: id, VersionStage, MoveToVersionId, RemoveFromVersionId }) => {
      const secret = store.need(id);
      store.moveStage(secret, VersionStage, MoveToVersionId, RemoveFromVersionId);
      return named(secret);
    },
  ),
});

const named = ({ arn, name }: Secret) => ({ ARN: arn, Name: name });
