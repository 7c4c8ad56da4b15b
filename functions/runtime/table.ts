import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { practiceExpiry } from '#shared/kernel/practice.ts';
import { AwsRefusal, askAws } from './aws-call.ts';
import { tellConsumed } from './capacity.ts';
import { type EnvName, env } from './env.ts';
import { Expression } from './expression.ts';
import { readItem } from './item-reads.ts';
import { type Attributes, fromAttributes, toAttributes } from './item-values.ts';

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

const fromDb = (attributes: Attributes): Item => fromAttributes(attributes) as Item; // every item of ours has pk and sk

/** One operation on a table, with what it consumed told. */
const ask = async <T extends object>(operation: string, input: object): Promise<T> => {
  try {
    const answer = await askAws<T & { ConsumedCapacity?: { CapacityUnits?: number } }>('dynamodb', operation, {
      ...input,
      ReturnConsumedCapacity: 'TOTAL',
    });
    tellConsumed(operation, answer.ConsumedCapacity);
    return answer;
  } catch (error) {
    // a write whose condition fails costs what the write would have: at least one
    if (isConditionFailure(error)) tellConsumed(operation, { CapacityUnits: 1 });
    throw error;
  }
};

const isConditionFailure = (error: unknown): error is AwsRefusal =>
  error instanceof AwsRefusal && error.code === 'ConditionalCheckFailedException';

/** The item that stood where a condition failed. */
const standing = (refusal: AwsRefusal) => existingOf(refusal.fields['Item'] as Attributes | undefined); // the API's form

const existingOf = (item: Attributes | undefined): { existing?: Item } =>
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

interface Reason {
  readonly Code?: string;
  readonly Item?: Attributes;
}
/** Why a transaction was given up, part by part; nothing for any other refusal. */
const reasonsOf = (error: unknown): readonly Reason[] | undefined =>
  error instanceof AwsRefusal && error.code === 'TransactionCanceledException'
    ? ((error.fields['CancellationReasons'] ?? []) as readonly Reason[]) // the API's form
    : undefined;

const isConflict = (error: unknown): boolean => {
  if (error instanceof AwsRefusal && error.code === 'TransactionConflictException') return true;
  const codes = (reasonsOf(error) ?? []).map(({ Code = '' }) => Code);
  return (
    !codes.includes('ConditionalCheckFailed') &&
    codes.some((code) => ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'].includes(code))
  );
};

/** `eventually`: half the price, and what was written in the last second may be missing. Nothing said: as it stands now. */
export interface HowRead {
  readonly eventually?: true;
}

/** Attributes of one `add` call: an expression is 4 KB at most. */
const ADDED_AT_ONCE = 100;

/** What belongs to a practice branch leaves its table by itself, whoever wrote it and whichever table it is. */
const leaving = ({ pk }: Pick<Key, 'pk'>): { readonly expiresAt?: number } => {
  const expiresAt = pk.split('#').map(practiceExpiry).find(Boolean);
  return expiresAt === undefined ? {} : { expiresAt };
};

/** The table granted under this name. Every write is conditional or safe to repeat. */
export const openTable = (name: EnvName) => ({
  async get(key: Key, { eventually }: HowRead = {}): Promise<Item | undefined> {
    const item = await readItem(env(name), key, eventually !== true);
    return item && fromDb(item);
  },

  /** Puts the whole item. Repeating it with the same content is harmless. */
  async put(item: Item, onlyIf?: OnlyIf): Promise<Written> {
    const expression = new Expression();
    const condition = onlyIf && expression.condition(onlyIf);
    try {
      await throughConflicts(() =>
        ask('PutItem', {
          TableName: env(name),
          Item: toAttributes({ ...item, ...leaving(item) }),
          ...(condition !== undefined && {
            ConditionExpression: condition,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            ...expression.fields(),
          }),
        }),
      );
      return { done: true, item };
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return { done: false, ...standing(error) };
    }
  },

  async change(key: Key, change: Change): Promise<Written> {
    const expression = new Expression();
    const update = expression.update({ ...change, set: { ...change.set, ...leaving(key) } });
    const condition = change.onlyIf && expression.condition(change.onlyIf);
    try {
      const { Attributes } = await throughConflicts(() =>
        ask<{ Attributes?: Attributes }>('UpdateItem', {
          TableName: env(name),
          Key: toAttributes({ ...key }),
          UpdateExpression: update,
          ReturnValues: 'ALL_NEW',
          ...(condition !== undefined && {
            ConditionExpression: condition,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
          ...expression.fields(),
        }),
      );
      return { done: true, item: fromDb(Attributes ?? {}) };
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
      return { done: false, ...standing(error) };
    }
  },

  /**
   * Adds attributes, under their exact names, to an item that comes to be with the first of them. Names that say what
   * happened and when make it harmless to add them again and in any order, many facts in one write.
   */
  async add(key: Key, attributes: Readonly<Record<string, unknown>>): Promise<void> {
    const all = Object.entries({ ...attributes, ...leaving(key) });
    for (let from = 0; from < all.length; from += ADDED_AT_ONCE) {
      const some = all.slice(from, from + ADDED_AT_ONCE);
      await throughConflicts(() =>
        ask('UpdateItem', {
          TableName: env(name),
          Key: toAttributes({ ...key }),
          UpdateExpression: `SET ${some.map((_, at) => `#n${at} = :v${at}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(some.map(([attribute], at) => [`#n${at}`, attribute])),
          ExpressionAttributeValues: toAttributes(Object.fromEntries(some.map(([, value], at) => [`:v${at}`, value]))),
        }),
      );
    }
  },

  /** Items of one `pk` in order of `sk`, all pages unless `limit` says fewer. */
  async query(pk: string, page: Page & HowRead = {}): Promise<readonly Item[]> {
    const expression = new Expression();
    const pkIs = `${expression.name('pk')} = ${expression.value(pk)}`;
    const range =
      page.prefix !== undefined
        ? ` AND begins_with(${expression.name('sk')}, ${expression.value(page.prefix)})`
        : page.from !== undefined || page.to !== undefined
          ? ` AND ${expression.name('sk')} BETWEEN ${expression.value(page.from ?? ' ')} AND ${expression.value(page.to ?? '￿')}`
          : '';
    const items: Item[] = [];
    let start: Attributes | undefined;
    do {
      const answer: { Items?: readonly Attributes[]; LastEvaluatedKey?: Attributes } = await ask('Query', {
        TableName: env(name),
        KeyConditionExpression: pkIs + range,
        ConsistentRead: page.eventually !== true,
        ScanIndexForward: page.descending !== true,
        ...(page.limit !== undefined && { Limit: page.limit - items.length }),
        ...(start && { ExclusiveStartKey: start }),
        ...expression.fields(),
      });
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
        ask('TransactWriteItems', {
          TransactItems: items,
          // a transaction that was done and whose answer was lost is answered as done when it is sent again
          ClientRequestToken: token ?? randomUUID(),
        }),
      );
      return { done: true };
    } catch (error) {
      const reasons = reasonsOf(error);
      if (!reasons) throw error;
      const failed = reasons.flatMap((reason, part) =>
        reason.Code === 'ConditionalCheckFailed' ? [{ part, ...existingOf(reason.Item) }] : [],
      );
      if (failed.length === 0) throw error;
      return { done: false, failed };
    }
  },
});
export type Table = ReturnType<typeof openTable>;

const transactItem = (TableName: string, part: Part): object => {
  const expression = new Expression();
  const onFailure = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
  if ('put' in part) {
    const condition = part.onlyIf && { ConditionExpression: expression.condition(part.onlyIf), ...onFailure };
    return {
      Put: {
        TableName,
        Item: toAttributes({ ...part.put, ...leaving(part.put) }),
        ...condition,
        ...expression.fields(),
      },
    };
  }
  if ('change' in part) {
    const UpdateExpression = expression.update({ ...part.to, set: { ...part.to.set, ...leaving(part.change) } });
    const condition = part.to.onlyIf && { ConditionExpression: expression.condition(part.to.onlyIf), ...onFailure };
    return {
      Update: {
        TableName,
        Key: toAttributes({ ...part.change }),
        UpdateExpression,
        ...condition,
        ...expression.fields(),
      },
    };
  }
  const ConditionExpression = expression.condition(part.onlyIf);
  return {
    ConditionCheck: {
      TableName,
      Key: toAttributes({ ...part.check }),
      ConditionExpression,
      ...onFailure,
      ...expression.fields(),
    },
  };
};
