import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Sqs, startSqs } from './engines/sqs.ts';
import type { Outcome } from './functions.ts';
import { type QueueReader, startQueueReader } from './queues.ts';
import type { MappingSpec } from './template-events.ts';

let home: string;
let sqs: Sqs;
const readers: QueueReader[] = [];
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'queues-test-'));
  sqs = await startSqs({ dataDir: home, queues: [] });
});
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.stop()));
});
afterAll(async () => {
  await sqs.stop();
  rmSync(home, { recursive: true, force: true });
});

interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** A queue (with dead letters) read by a piece of the test. */
const aQueue = (
  name: string,
  changes: Partial<MappingSpec>,
  take: (bodies: readonly string[], event: QueueEvent) => Promise<unknown>,
): QueueReader => {
  sqs.addQueue({ name: `${name}-aside`, visibilityTimeout: 30 });
  sqs.addQueue({ name, visibilityTimeout: 1, redrive: { to: `${name}-aside`, maxReceiveCount: 2 } });
  const mapping = {
    logicalId: name,
    functionName: 'take',
    batchSize: 10,
    windowMs: 0,
    filters: [],
    partialFailures: true,
    maximumRetries: undefined,
    maximumAgeMs: undefined,
    bisect: false,
    onFailureQueue: undefined,
    startingPosition: 'TRIM_HORIZON' as const,
    parallel: 1,
    maximumConcurrency: 5,
    ...changes,
    source: { kind: 'queue' as const, queue: name },
  };
  const invoke = async (_: string, raw: unknown): Promise<Outcome> => {
    const event = raw as QueueEvent;
    try {
      const answer = await take(
        event.Records.map(({ body }) => body),
        event,
      );
      return { ok: true, payload: JSON.stringify(answer ?? null) };
    } catch (error) {
      return { ok: false, reason: 'threw', message: String(error) };
    }
  };
  const reader = startQueueReader({
    mapping,
    sqs,
    functions: { invoke },
    region: 'ap-southeast-1',
    account: '000000000000',
    visibilityTimeoutSeconds: 1,
  });
  readers.push(reader);
  return reader;
};
const isEmpty = (reader: QueueReader) => reader.lag().waiting + reader.lag().inFlight === 0;

describe('a queue before a function', () => {
  test('hands over what is in it and is empty afterwards', async () => {
    const seen: string[] = [];
    const reader = aQueue('plain', {}, async (bodies) => void seen.push(...bodies));
    const bodies = Array.from({ length: 25 }, (_, index) => `fact ${index}`);
    for (const body of bodies) sqs.send('plain', body);
    await expect.poll(() => isEmpty(reader)).toBe(true);
    expect(seen.sort()).toEqual(bodies.sort());
  });

  test('gathers what comes within its window into one batch, beyond ten too', async () => {
    const batches: number[] = [];
    const reader = aQueue(
      'gathering',
      { windowMs: 300, batchSize: 100 },
      async (bodies) => void batches.push(bodies.length),
    );
    for (let index = 0; index < 30; index += 1) sqs.send('gathering', `check-in ${index}`);
    await expect.poll(() => isEmpty(reader)).toBe(true);
    expect(batches).toEqual([30]);
  });

  test('gives back only what failed, and sets it aside after its tries', async () => {
    const tries = new Map<string, number>();
    const reader = aQueue('partial', {}, async (bodies, { Records }) => {
      for (const body of bodies) tries.set(body, (tries.get(body) ?? 0) + 1);
      const bad = Records.filter(({ body }) => body === 'bad');
      return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    for (const body of ['good', 'bad', 'fine']) sqs.send('partial', body);
    await expect.poll(() => sqs.depth('partial-aside').visible).toBe(1);
    expect(Object.fromEntries(tries)).toEqual({ good: 1, bad: 2, fine: 1 });
    expect(isEmpty(reader)).toBe(true);
  });

  test('brings everything again when the function throws or names a message it was not given', async () => {
    let calls = 0;
    const reader = aQueue('again', {}, async () => {
      calls += 1;
      if (calls === 1) return { batchItemFailures: [{ itemIdentifier: 'unheard' }] };
      return {};
    });
    sqs.send('again', 'fact');
    await expect.poll(() => calls === 2 && isEmpty(reader)).toBe(true);
  });

  test('has no more batches under way than its mapping allows', async () => {
    let together = 0;
    let most = 0;
    const reader = aQueue('narrow', { batchSize: 1, maximumConcurrency: 2 }, async () => {
      together += 1;
      most = Math.max(most, together);
      await new Promise((resolve) => setTimeout(resolve, 20));
      together -= 1;
    });
    for (let index = 0; index < 8; index += 1) sqs.send('narrow', `fact ${index}`);
    await expect.poll(() => isEmpty(reader)).toBe(true);
    expect(most).toBe(2);
  });

  test('drops what its filter does not take, without asking the function', async () => {
    const seen: string[] = [];
    const filters = [{ body: { type: ['wanted'] } }];
    const reader = aQueue('filtered', { filters }, async (bodies) => void seen.push(...bodies));
    for (const type of ['wanted', 'other']) sqs.send('filtered', JSON.stringify({ type }));
    sqs.send('filtered', 'no JSON');
    await expect.poll(() => isEmpty(reader)).toBe(true);
    expect(seen).toEqual(['{"type":"wanted"}']);
  });

  test('what a killed receiver held is given back at the next start', async () => {
    const dataDir = mkdtempSync(join(home, 'killed-'));
    const queues = [{ name: 'held', visibilityTimeout: 1_000 }];
    const first = await startSqs({ dataDir, queues });
    first.send('held', 'fact');
    expect(await first.receive('held')).toHaveLength(1);
    await first.stop();
    const second = await startSqs({ dataDir, queues, receiversEnded: true });
    const [message] = await second.receive('held');
    expect(message?.Attributes.ApproximateReceiveCount).toBe('1');
    await second.stop();
  });
});
