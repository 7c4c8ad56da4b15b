import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localCredentials, localRegion } from './engines/credentials.ts';
import type { Outcome } from './functions.ts';
import { openState, type State } from './state.ts';
import { type StreamCalls, streamCalls } from './stream-calls.ts';
import type { StreamEventRecord } from './stream-records.ts';
import { type StreamReader, startStream } from './streams.ts';
import type { MappingSpec } from './template-events.ts';
import { aTable, engines } from './testing.ts';

let home: string;
let endpoint: string;
let dynamoDb: DynamoDBClient;
let streams: StreamCalls;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'streams-test-'));
  ({ endpoint } = await engines().dynamoDb());
  dynamoDb = new DynamoDBClient({ endpoint });
  streams = streamCalls({ endpoint, region: localRegion, credentials: localCredentials });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

type Stream = Parameters<typeof startStream>[0]['mapping'];
const aMapping = (table: string, changes: Partial<MappingSpec> = {}): Stream => ({
  logicalId: `Mapping-${table}`,
  functionName: 'relay',
  batchSize: 10,
  windowMs: 0,
  filters: [],
  partialFailures: true,
  maximumRetries: 2,
  maximumAgeMs: undefined,
  bisect: true,
  onFailureQueue: 'aside',
  startingPosition: 'TRIM_HORIZON',
  parallel: 1,
  maximumConcurrency: 5,
  ...changes,
  source: { kind: 'stream', table },
});

const put = (table: string, pk: string, sk: string | number, more: Record<string, { S: string }> = {}) =>
  dynamoDb.send(new PutItemCommand({ TableName: table, Item: { pk: { S: pk }, sk: { S: String(sk) }, ...more } }));

const keyOf = ({ dynamodb }: StreamEventRecord): [string, string] => {
  const { pk, sk } = dynamodb.Keys as { pk: { S: string }; sk: { S: string } };
  return [pk.S, sk.S];
};

/** A reader whose function is a piece of the test. */
const reading = async (
  mapping: Stream,
  state: State,
  take: (records: readonly StreamEventRecord[]) => Promise<unknown>,
) => {
  const aside: unknown[] = [];
  const invoke = async (_: string, event: unknown): Promise<Outcome> => {
    try {
      const answer = await take((event as { Records: StreamEventRecord[] }).Records);
      return { ok: true, payload: JSON.stringify(answer ?? null) };
    } catch (error) {
      return { ok: false, reason: 'threw', message: String(error) };
    }
  };
  const reader: StreamReader = await startStream({
    mapping,
    dynamoDb,
    streams,
    functions: { invoke },
    state,
    region: localRegion,
    setAside: (queue, message) => aside.push({ queue, message }),
  });
  return { reader, aside };
};

const withState = async (name: string, work: (state: State) => Promise<void>): Promise<void> => {
  const state = openState(join(home, name));
  await work(state).finally(() => state.close());
};

describe('the stream of a table', () => {
  test('reaches the function once per write, in the order of each key, through several consumers at once', async () => {
    const table = await aTable('ORDER_TABLE', { stream: true });
    const seen = new Map<string, number[]>();
    let together = 0;
    let most = 0;
    await withState('order', async (state) => {
      const { reader } = await reading(aMapping(table), state, async (records) => {
        most = Math.max(most, ++together);
        await pause(5);
        for (const record of records) {
          const [pk, sk] = keyOf(record);
          seen.set(pk, [...(seen.get(pk) ?? []), Number(sk)]);
        }
        together -= 1;
      });
      const keys = Array.from({ length: 12 }, (_, index) => `unit-${index}`);
      await Promise.all(
        keys.map(async (key) => {
          for (let turn = 0; turn < 15; turn += 1) await put(table, key, turn);
        }),
      );
      await reader.caughtUp();
      expect(reader.lag().pending).toBe(0);
      expect([...seen.keys()].sort()).toEqual(keys.sort());
      const inOrder = Array.from({ length: 15 }, (_, turn) => turn);
      for (const turns of seen.values()) expect(turns).toEqual(inOrder);
      expect(most).toBeGreaterThan(1);
      await reader.stop();
    });
  });

  test('loses nothing when it ends before the first of some records was done and others were', async () => {
    const table = await aTable('FIRST_TABLE', { stream: true });
    const keys = Array.from({ length: 12 }, (_, index) => `unit-${index}`);
    const done = new Set<string>();
    await withState('first', async (state) => {
      const { reader } = await reading(aMapping(table), state, async (records) => {
        const [pk] = keyOf(records[0] as StreamEventRecord);
        if (pk !== keys[0] && done.size < 3) for (const record of records) done.add(keyOf(record)[0]);
        else throw new Error('not yet');
      });
      for (const key of keys) await put(table, key, 1);
      await expect.poll(() => done.size).toBeGreaterThanOrEqual(3);
      await reader.stop();
    });
    await withState('first', async (state) => {
      const { reader } = await reading(aMapping(table), state, async (records) => {
        for (const record of records) done.add(keyOf(record)[0]);
      });
      await reader.caughtUp();
      await reader.stop();
    });
    expect([...done].sort()).toEqual(keys.toSorted());
  });

  test('brings only what the filter takes, in the form Lambda hands over', async () => {
    const table = await aTable('FILTER_TABLE', { stream: true });
    const seen: StreamEventRecord[] = [];
    await withState('filter', async (state) => {
      const filters = [{ dynamodb: { NewImage: { fact: { S: [{ prefix: 'meeting' }] } } } }];
      const { reader } = await reading(aMapping(table, { filters }), state, async (records) => {
        seen.push(...records);
      });
      await put(table, 'a', 1, { fact: { S: 'meeting-closed' } });
      await put(table, 'a', 2, { fact: { S: 'points-added' } });
      await put(table, 'a', 3);
      await reader.caughtUp();
      await reader.stop();
    });
    expect(seen.map(({ dynamodb }) => dynamodb.NewImage)).toEqual([
      { pk: { S: 'a' }, sk: { S: '1' }, fact: { S: 'meeting-closed' } },
    ]);
    expect(seen[0]).toMatchObject({ eventName: 'INSERT', eventSource: 'aws:dynamodb', eventVersion: '1.1' });
  });

  test('a record that always fails is set aside after its tries, and everything else arrives in order', async () => {
    const table = await aTable('POISON_TABLE', { stream: true });
    const done: string[] = [];
    let tries = 0;
    await withState('poison', async (state) => {
      const { reader, aside } = await reading(aMapping(table), state, async (records) => {
        const at = records.findIndex((record) => keyOf(record)[1] === '3');
        done.push(...(at < 0 ? records : records.slice(0, at)).map((record) => keyOf(record)[1]));
        if (at === 0 && records.length === 1) tries += 1;
        return at < 0 ? {} : { batchItemFailures: [{ itemIdentifier: records[at]?.dynamodb.SequenceNumber }] };
      });
      for (let turn = 0; turn < 8; turn += 1) await put(table, 'same', turn);
      await reader.caughtUp();
      await reader.stop();
      expect(done).toEqual(['0', '1', '2', '4', '5', '6', '7']);
      expect(tries).toBe(3);
      expect(aside).toMatchObject([{ queue: 'aside', message: { DDBStreamBatchInfo: { batchSize: 1 } } }]);
    });
  });

  test('without partial failures a batch that throws is tried again as a whole until it passes', async () => {
    const table = await aTable('WHOLE_TABLE', { stream: true });
    const batches: number[] = [];
    await withState('whole', async (state) => {
      const mapping = aMapping(table, { partialFailures: false, bisect: false, maximumRetries: undefined });
      for (let turn = 0; turn < 4; turn += 1) await put(table, 'same', turn);
      const { reader } = await reading(mapping, state, async (records) => {
        batches.push(records.length);
        if (batches.length < 3) throw new Error('not yet');
      });
      await reader.caughtUp();
      await reader.stop();
      expect(batches).toEqual([4, 4, 4]);
    });
  });

  test('what was done before a stop is not brought again, what came meanwhile is', async () => {
    const table = await aTable('RESTART_TABLE', { stream: true });
    const seen: string[] = [];
    const take = async (records: readonly StreamEventRecord[]) => void seen.push(...records.map((it) => keyOf(it)[1]));
    for (const turn of [1, 2]) {
      await withState('restart', async (state) => {
        const { reader } = await reading(aMapping(table), state, take);
        await put(table, 'a', `${turn}`);
        await reader.caughtUp();
        await reader.stop();
      });
      await put(table, 'a', `${turn} meanwhile`);
    }
    await withState('restart', async (state) => {
      const { reader } = await reading(aMapping(table), state, take);
      await reader.caughtUp();
      await reader.stop();
    });
    expect(seen).toEqual(['1', '1 meanwhile', '2', '2 meanwhile']);
  });

  test('a mapping from the latest leaves out what is older than itself, also after a restart', async () => {
    const table = await aTable('LATEST_TABLE', { stream: true });
    const seen: string[] = [];
    const take = async (records: readonly StreamEventRecord[]) => void seen.push(...records.map((it) => keyOf(it)[1]));
    await put(table, 'a', 'old');
    for (const turn of ['first', 'second']) {
      await withState('latest', async (state) => {
        const { reader } = await reading(aMapping(table, { startingPosition: 'LATEST' }), state, take);
        await reader.caughtUp();
        await put(table, 'a', turn);
        await reader.caughtUp();
        await reader.stop();
      });
    }
    expect(seen).toEqual(['first', 'second']);
  });

  test('killed at any moment, the reader goes on without losing a record', async () => {
    const table = await aTable('KILL_TABLE', { stream: true });
    const dataDir = join(home, 'killed');
    const doneFile = join(home, 'done.txt');
    const reader = () =>
      spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'fixture/stream-reader.ts')],
        {
          env: {
            ...process.env,
            READER: JSON.stringify({ endpoint, dataDir, doneFile, mapping: aMapping(table, { batchSize: 3 }) }),
          },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
    const total = 300;
    const writing = (async () => {
      for (let turn = 0; turn < total; turn += 1) await put(table, `key-${turn % 7}`, turn);
    })();
    const doneTurns = () => (existsSync(doneFile) ? readFileSync(doneFile, 'utf8').split('\n').filter(Boolean) : []);
    for (let round = 0; round < 5; round += 1) {
      const child = reader();
      await once(child.stdout, 'data');
      const before = doneTurns().length;
      const target = before + 7 + round * 5;
      while (doneTurns().length < Math.min(target, total)) await pause(1);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await writing;
    const last = reader();
    await expect.poll(() => new Set(doneTurns()).size).toBe(total);
    last.kill('SIGKILL');
    await once(last, 'exit');
  });
});
