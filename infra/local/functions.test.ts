import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Functions, startFunctions } from './functions.ts';
import type { FunctionSpec } from './template-resources.ts';

let home: string;
let functions: Functions;
const shop = (name: string, changes: Partial<FunctionSpec> = {}): FunctionSpec => ({
  logicalId: name,
  name,
  arn: `arn:aws:lambda:ap-southeast-1:111111111111:function:${name}`,
  path: `Shop/${name}`,
  directory: join(import.meta.dirname, 'fixture/shop-api'),
  handler: 'index.handler',
  timeoutMs: 1_000,
  memoryMb: 256,
  environment: { SITE_ORIGIN: name },
  reserved: undefined,
  ...changes,
});

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'functions-test-'));
  functions = startFunctions(
    [
      shop('First'),
      shop('Second', { environment: {} }),
      shop('Slow'),
      shop('Fragile'),
      shop('Single', { reserved: 1 }),
      shop('Nowhere', { directory: home }),
    ],
    { logs: join(home, 'logs'), platform: { AWS_REGION: 'ap-southeast-1' } },
  );
});
afterAll(async () => {
  await functions.stop();
  rmSync(home, { recursive: true, force: true });
});

const bodyOf = async (name: string, path = '/') => {
  const outcome = await functions.invoke(name, { rawPath: path });
  if (!outcome.ok) throw new Error(outcome.message);
  return JSON.parse(JSON.parse(outcome.payload).body);
};

describe('a function of the template', () => {
  test('sees its own environment and nothing of its neighbours or of this machine', async () => {
    expect((await bodyOf('First')).environment).toEqual({ SITE_ORIGIN: 'First' });
    expect((await bodyOf('Second')).environment).toEqual({});
  });

  test('keeps its state between calls and shares it with no other function', async () => {
    const callsOf = async (name: string) => {
      const outcome = await functions.invoke(name, { rawPath: '/' });
      return outcome.ok ? Number(JSON.parse(outcome.payload).headers['x-calls']) : Number.NaN;
    };
    const before = await callsOf('First');
    expect(await callsOf('First')).toBe(before + 1);
    expect(await callsOf('Single')).toBe(1);
  });

  test('that throws fails its own call only, and is still loaded for the next', async () => {
    expect(await functions.invoke('First', { rawPath: '/throws' })).toMatchObject({
      ok: false,
      reason: 'threw',
      message: 'Error: the shop is on fire',
    });
    expect((await functions.invoke('First', { rawPath: '/' })).ok).toBe(true);
  });

  test('that exceeds its time fails that call, and the next call gets a fresh thread', async () => {
    expect(await functions.invoke('Slow', { rawPath: '/hangs' })).toMatchObject({ ok: false, reason: 'timed-out' });
    const outcome = await functions.invoke('Slow', { rawPath: '/' });
    expect(outcome.ok && JSON.parse(outcome.payload).headers['x-calls']).toBe('1');
  });

  test('that crashes fails every call under way and comes back for the next', async () => {
    const outcomes = await Promise.all([
      functions.invoke('Fragile', { rawPath: '/hangs' }),
      functions.invoke('Fragile', { rawPath: '/crashes' }),
    ]);
    expect(outcomes.map((outcome) => !outcome.ok && outcome.reason)).toEqual(['crashed', 'crashed']);
    expect((await functions.invoke('Fragile', { rawPath: '/' })).ok).toBe(true);
  });

  test('with a reserved concurrency refuses the call beyond it', async () => {
    const [first, second] = await Promise.all([
      functions.invoke('Single', { rawPath: '/' }),
      functions.invoke('Single', { rawPath: '/' }),
    ]);
    expect(first?.ok).toBe(true);
    expect(second).toMatchObject({ ok: false, reason: 'throttled' });
  });

  test('whose bundle is missing says so', async () => {
    expect(await functions.invoke('Nowhere', {})).toMatchObject({ ok: false, reason: 'threw' });
    expect(await functions.invoke('Unheard', {})).toMatchObject({ ok: false, reason: 'unknown' });
  });

  test('may not answer with more than 6 MB', async () => {
    expect(await functions.invoke('First', { rawPath: '/big' })).toMatchObject({ ok: false, reason: 'too-large' });
  });

  test('is counted, and what it logs is kept line by line', async () => {
    functions.resetCounts();
    await bodyOf('Second', '/logged');
    expect(functions.counts()['Second']).toMatchObject({ invocations: 1, failures: 0 });
    expect(functions.counts()['First']?.invocations).toBe(0);
    await expect
      .poll(() => readFileSync(join(home, 'logs/Second.jsonl'), 'utf8'))
      .toContain('"said":{"event":"asked","path":"/logged"}');
  });
});
