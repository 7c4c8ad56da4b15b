import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { eachFact, groupedFacts } from './queue.ts';

const Fact = v.object({ type: v.literal('counted'), meetingId: v.string(), by: v.number() });

const deliver = async (handler: ReturnType<typeof eachFact>, bodies: readonly unknown[]): Promise<SQSBatchResponse> => {
  const Records = bodies.map((body, index) => ({
    messageId: `m${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }));
  // only these two fields of a record are read
  return (await handler({ Records } as SQSEvent, {} as Context, () => {})) as SQSBatchResponse;
};
const failedOf = ({ batchItemFailures }: SQSBatchResponse) => batchItemFailures.map((entry) => entry.itemIdentifier);
const fact = (meetingId: string, by: number) => ({ type: 'counted', meetingId, by });

describe('a queue of facts', () => {
  it('keeps the good ones and gives back the one that failed', async () => {
    const taken: number[] = [];
    const handler = eachFact(Fact, async ({ by }) => {
      if (by === 2) throw new Error('the world failed');
      taken.push(by);
    });
    expect(failedOf(await deliver(handler, [fact('a', 1), fact('a', 2), fact('a', 3)]))).toEqual(['m1']);
    expect(taken).toEqual([1, 3]);
  });

  it('gives back what is no such fact, so that it is set aside and not lost in silence', async () => {
    const handler = eachFact(Fact, async () => {});
    expect(failedOf(await deliver(handler, ['{broken', fact('a', 1), { type: 'other' }, 'null']))).toEqual([
      'm0',
      'm2',
      'm3',
    ]);
  });

  it('takes facts that belong together in one go', async () => {
    const groups: Record<string, number[]> = {};
    const handler = groupedFacts(
      Fact,
      ({ meetingId }) => meetingId,
      async (facts) => {
        groups[facts[0]?.meetingId as string] = facts.map(({ by }) => by);
      },
    );
    await deliver(handler, [fact('a', 1), fact('b', 2), fact('a', 3)]);
    expect(groups).toEqual({ a: [1, 3], b: [2] });
  });

  it('gives back a whole group when it fails, and no other', async () => {
    const handler = groupedFacts(
      Fact,
      ({ meetingId }) => meetingId,
      async (facts) => {
        if (facts[0]?.meetingId === 'a') throw new Error('the world failed');
      },
    );
    expect(failedOf(await deliver(handler, [fact('a', 1), fact('b', 2), fact('a', 3)]))).toEqual(['m0', 'm2']);
  });
});
