import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type EnvName, env } from './env.ts';

/** Where an item stands: `pk` is what it belongs to, `sk` what it is. Only a context's `store.ts` makes keys. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}
export type Item = Key & Readonly<Record<string, unknown>>;

/** When a write may happen. In `expression` write `#name` for an attribute and `:name` for a value. */
export interface OnlyIf {
  readonly expression: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** A change of some attributes. A dotted name (`ballots.m1`) goes into a map. */
export interface Change {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
  readonly onlyIf?: OnlyIf;
}

/** A write that was done, or not done because its condition did not hold; `existing` is what stood there then. */
export type Written = { readonly done: true; readonly item: Item } | { readonly done: false; readonly existing?: Item };

/** One part of a transaction. */
export type Part =
  | { readonly put: Item; readonly onlyIf?: OnlyIf }
  | { readonly change: Key; readonly to: Change }
  | { readonly check: Key; readonly onlyIf: OnlyIf };

export interface Page {
  readonly prefix?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly descending?: true;
}

/** Nothing stands at this key yet. */
export const isNew: OnlyIf = { expression: 'attribute_not_exists(#pk)' };
/** Something stands at this key. */
export const exists: OnlyIf = { expression: 'attribute_exists(#pk)' };

// one client for all tables of a function: connections are kept and shared
let client: DynamoDBClient | undefined;
const db = (): DynamoDBClient => {
  client ??= new DynamoDBClient({ maxAttempts: 6 });
  return client;
};

const toDb = (value: Readonly<Record<string, unknown>>) => marshall(value, { removeUndefinedValues: true });
const fromDb = (value: Record<string, AttributeValue>): Item => unmarshall(value) as Item; // every item of ours has pk and sk

/** Names and values of one expression, collected as the text is built. */
class Expression {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, unknown> = {};

  name(path: string): string {
    return path
      .split('.')
      .map((part) => {
        const key = `#${part.replace(/[^A-Za-z0-9_]/g, '_')}`;
        this.names[key] = part;
        return key;
      })
      .join('.');
  }

  value(given: unknown): string {
    const key = `:v${Object.keys(this.values).length}`;
    this.values[key] = given;
    return key;
  }

  condition(onlyIf: OnlyIf): string {
    for (const [, name] of onlyIf.expression.matchAll(/#(\w+)/g)) this.names[`#${name}`] ??= name as string;
    for (const [name, value] of Object.entries(onlyIf.values ?? {})) this.values[`:${name}`] = value;
    return onlyIf.expression;
  }

  update(change: Change): string {
    const set = Object.entries(change.set ?? {}).filter(([, value]) => value !== undefined);
    const add = Object.entries(change.add ?? {});
    const parts = [
      set.length > 0 && `SET ${set.map(([path, value]) => `${this.name(path)} = ${this.value(value)}`).join(', ')}`,
      add.length > 0 && `ADD ${add.map(([path, value]) => `${this.name(path)} ${this.value(value)}`).join(', ')}`,
      change.remove?.length && `REMOVE ${change.remove.map((path) => this.name(path)).join(', ')}`,
    ];
    return parts.filter(Boolean).join(' ');
  }

  fields() {
    return {
      ...(Object.keys(this.names).length > 0 && { ExpressionAttributeNames: this.names }),
      ...(Object.keys(this.values).length > 0 && { ExpressionAttributeValues: toDb(this.values) }),
    };
  }
}

const existingOf = (item: Record<string, AttributeValue> | undefined): { existing?: Item } =>
  item === undefined ? {} : { existing: fromDb(item) };

/** Tries again while a transaction of another stands in the way: full jitter, at most 10 tries and about 2 s. */
const throughConflicts = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConflict(error) || tries === 10) throw error;
      await pause(randomInt(1, Math.min(400, 10 * 2 ** tries)));
    }
  }
};

const isConflict = (error: unknown): boolean =>
  error instanceof TransactionConflictException ||
  (error instanceof TransactionCanceledException &&
    !(error.CancellationReasons ?? []).some((reason) => reason.Code === 'ConditionalCheckFailed') &&
    (error.CancellationReasons ?? []).some((reason) =>
      ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'].includes(reason.Code ?? ''),
    ));

/** The table granted under this name. Reads are strongly consistent; every write is conditional or safe to repeat. */
export const openTable = (name: EnvName) => ({
  async get(key: Key): Promise<Item | undefined> {
    const { Item } = await db().send(
      new GetItemCommand({ TableName: env(name), Key: toDb({ ...key }), ConsistentRead: true }),
    );
    return Item && fromDb(Item);
  },

  /** Puts the whole item. Repeating it with the same content is harmless. */
  async put(item: Item, onlyIf?: OnlyIf): Promise<Written> {
    const expression = new Expression();
    const condition = onlyIf && expression.condition(onlyIf);
    try {
      await throughConflicts(() =>
        db().send(
          new PutItemCommand({
            TableName: env(name),
            Item: toDb(item),
            ...(condition !== undefined && {
              ConditionExpression: condition,
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
              ...expression.fields(),
            }),
          }),
        ),
      );
      return { done: true, item };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { done: false, ...existingOf(error.Item) };
    }
  },

  async change(key: Key, change: Change): Promise<Written> {
    const expression = new Expression();
    const update = expression.update(change);
    const condition = change.onlyIf && expression.condition(change.onlyIf);
    try {
      const { Attributes } = await throughConflicts(() =>
        db().send(
          new UpdateItemCommand({
            TableName: env(name),
            Key: toDb({ ...key }),
            UpdateExpression: update,
            ReturnValues: 'ALL_NEW',
            ...(condition !== undefined && {
              ConditionExpression: condition,
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
            }),
            ...expression.fields(),
          }),
        ),
      );
      return { done: true, item: fromDb(Attributes ?? {}) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { done: false, ...existingOf(error.Item) };
    }
  },

  /** Items of one `pk` in order of `sk`, all pages unless `limit` says fewer. */
  async query(pk: string, page: Page = {}): Promise<readonly Item[]> {
    const expression = new Expression();
    const pkIs = `${expression.name('pk')} = ${expression.value(pk)}`;
    const range =
      page.prefix !== undefined
        ? ` AND begins_with(${expression.name('sk')}, ${expression.value(page.prefix)})`
        : page.from !== undefined || page.to !== undefined
          ? ` AND ${expression.name('sk')} BETWEEN ${expression.value(page.from ?? ' ')} AND ${expression.value(page.to ?? '￿')}`
          : '';
    const items: Item[] = [];
    let start: Record<string, AttributeValue> | undefined;
    do {
      const answer: QueryCommandOutput = await db().send(
        new QueryCommand({
          TableName: env(name),
          KeyConditionExpression: pkIs + range,
          ConsistentRead: true,
          ScanIndexForward: page.descending !== true,
          ...(page.limit !== undefined && { Limit: page.limit - items.length }),
          ...(start && { ExclusiveStartKey: start }),
          ...expression.fields(),
        }),
      );
      items.push(...(answer.Items ?? []).map(fromDb));
      start = answer.LastEvaluatedKey;
    } while (start && (page.limit === undefined || items.length < page.limit));
    return items;
  },

  /**
   * All parts or none. `token` makes a repeat within 10 minutes the same transaction.
   * Not done: `failed` lists the parts whose condition did not hold, with what stood there.
   */
  async together(
    parts: readonly Part[],
    token?: string,
  ): Promise<{ done: true } | { done: false; failed: readonly { part: number; existing?: Item }[] }> {
    const items = parts.map((part) => transactItem(env(name), part));
    try {
      await throughConflicts(() =>
        db().send(
          new TransactWriteItemsCommand({
            TransactItems: items,
            ...(token !== undefined && { ClientRequestToken: token }),
          }),
        ),
      );
      return { done: true };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const failed = (error.CancellationReasons ?? []).flatMap((reason, part) =>
        reason.Code === 'ConditionalCheckFailed' ? [{ part, ...existingOf(reason.Item) }] : [],
      );
      if (failed.length === 0) throw error;
      return { done: false, failed };
    }
  },
});
export type Table = ReturnType<typeof openTable>;

const transactItem = (TableName: string, part: Part): TransactWriteItem => {
  const expression = new Expression();
  const onFailure = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
  if ('put' in part) {
    const condition = part.onlyIf && { ConditionExpression: expression.condition(part.onlyIf), ...onFailure };
    return { Put: { TableName, Item: toDb(part.put), ...condition, ...expression.fields() } };
  }
  if ('change' in part) {
    const UpdateExpression = expression.update(part.to);
    const condition = part.to.onlyIf && { ConditionExpression: expression.condition(part.to.onlyIf), ...onFailure };
    return {
      Update: { TableName, Key: toDb({ ...part.change }), UpdateExpression, ...condition, ...expression.fields() },
    };
  }
  const ConditionExpression = expression.condition(part.onlyIf);
  return {
    ConditionCheck: {
      TableName,
      Key: toDb({ ...part.check }),
      ConditionExpression,
      ...onFailure,
      ...expression.fields(),
    },
  };
};
