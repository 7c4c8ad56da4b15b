import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { askAws } from './aws-call.ts';
import { tellConsumed } from './capacity.ts';
import { type Attributes, toAttributes } from './item-values.ts';
import type { Key } from './table.ts';

/** One look at one item that waits to be sent. */
interface Look {
  readonly table: string;
  readonly key: Key;
  readonly strongly: boolean;
  /** Runs something as a part of whoever asked for this look. */
  readonly within: <T>(run: () => T) => T;
  resolve(item: Attributes | undefined): void;
  reject(error: unknown): void;
}

/** Most items of one call. Source: DynamoDB quotas, BatchGetItem. */
const MOST_AT_ONCE = 100;

let waiting: Look[] = [];

/**
 * Reads one item. Looks that are asked for in the same turn travel in one call, whatever their tables: an act that
 * needs a person, a meeting and his own mark waits once. An item costs the same alone and together.
 */
export const readItem = (table: string, key: Key, strongly: boolean): Promise<Attributes | undefined> =>
  new Promise((resolve, reject) => {
    if (waiting.length === 0) setImmediate(sendWaiting);
    waiting.push({ table, key, strongly, within: AsyncLocalStorage.snapshot(), resolve, reject });
  });

const sendWaiting = (): void => {
  // one call reads a table either strongly or not: who asks for a table in the other way waits for a second call
  const ways = new Map<string, boolean>();
  const calls: [Look[], Look[]] = [[], []];
  for (const look of waiting) {
    const way = ways.get(look.table) ?? look.strongly;
    ways.set(look.table, way);
    calls[way === look.strongly ? 0 : 1].push(look);
  }
  waiting = [];
  for (const looks of calls)
    for (let from = 0; from < looks.length; from += MOST_AT_ONCE)
      void sendLooks(looks.slice(from, from + MOST_AT_ONCE));
};

const sendLooks = async (looks: readonly Look[]): Promise<void> => {
  try {
    await (looks.length === 1 ? readOne(looks[0] as Look) : readSome(looks));
  } catch (error) {
    for (const look of looks) look.reject(error);
  }
};

interface Consumption {
  readonly ConsumedCapacity?: { readonly CapacityUnits: number };
}

const readOne = async ({ table, key, strongly, within, resolve }: Look): Promise<void> => {
  const answer = await askAws<Consumption & { Item?: Attributes }>('dynamodb', 'GetItem', {
    TableName: table,
    Key: toAttributes({ ...key }),
    ConsistentRead: strongly,
    ReturnConsumedCapacity: 'TOTAL',
  });
  within(() => tellConsumed('GetItem', answer.ConsumedCapacity));
  resolve(answer.Item);
};

interface BatchRequest {
  [table: string]: { readonly ConsistentRead: boolean; readonly Keys: readonly Attributes[] };
}
interface BatchAnswer {
  readonly Responses?: Readonly<Record<string, readonly Attributes[]>>;
  readonly UnprocessedKeys?: BatchRequest;
  readonly ConsumedCapacity?: readonly { readonly CapacityUnits: number }[];
}

const readSome = async (looks: readonly Look[]): Promise<void> => {
  const found = new Map<string, Attributes>();
  let asked: BatchRequest = {};
  for (const [table, own] of Map.groupBy(looks, (look) => look.table)) {
    const keys = new Map(own.map(({ key }) => [`${key.pk}\n${key.sk}`, toAttributes({ ...key })]));
    asked[table] = { ConsistentRead: own[0]?.strongly ?? true, Keys: [...keys.values()] };
  }
  for (let round = 0; Object.keys(asked).length > 0; round++) {
    if (round > 8) throw new Error('the table left items unread in every round');
    if (round > 0) await pause(Math.random() * 25 * 2 ** round);
    const answer = await askAws<BatchAnswer>('dynamodb', 'BatchGetItem', {
      RequestItems: asked,
      ReturnConsumedCapacity: 'TOTAL',
    });
    for (const { within } of looks) within(() => tellConsumed('BatchGetItem', answer.ConsumedCapacity, looks.length));
    for (const [table, items] of Object.entries(answer.Responses ?? {}))
      for (const item of items) found.set(nameOf(table, item), item);
    asked = answer.UnprocessedKeys ?? {};
  }
  for (const { table, key, resolve } of looks) resolve(found.get(nameOf(table, toAttributes({ ...key }))));
};

const nameOf = (table: string, { pk, sk }: Attributes): string => `${table}\n${JSON.stringify([pk, sk])}`;
