import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Outcome } from './functions.ts';
import type { StreamEventRecord } from './stream-records.ts';
import type { MappingSpec } from './template-events.ts';

/** What delivering a batch needs of the world. */
export interface Delivery {
  invoke(event: { readonly Records: readonly StreamEventRecord[] }): Promise<Outcome>;
  /** All up to this sequence number is done. */
  done(sequence: string): void;
  /** Tells the on-failure destination of records that are given up. */
  setAside(message: unknown): void;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** Waits between two tries of the same records, doubled each time. In milliseconds. */
const backoff = { first: 100, most: 10_000 };

/**
 * Hands records to the function until each is done or given up, in order: a partial failure goes on from the first failed
 * record, a failure without progress is split in two if the mapping says so, and what fails too often or is too old is set
 * aside. Returns early, with records left, only when the signal says stop.
 */
export const deliver = async (
  mapping: MappingSpec,
  records: readonly StreamEventRecord[],
  delivery: Delivery,
): Promise<void> => {
  let rest = records;
  let failures = 0;
  while (rest.length > 0 && !delivery.signal.aborted) {
    const outcome = await delivery.invoke({ Records: rest });
    const failedAt = firstFailure(mapping, outcome, rest);
    const last = failedAt === undefined ? rest.at(-1) : rest[failedAt - 1];
    if (last !== undefined) delivery.done(last.dynamodb.SequenceNumber);
    if (failedAt === undefined) return;
    rest = rest.slice(failedAt);
    if (failedAt > 0) {
      failures = 0;
      continue;
    }
    if (mapping.bisect && rest.length > 1) {
      const middle = Math.ceil(rest.length / 2);
      await wait(backoff.first, delivery.signal);
      await deliver(mapping, rest.slice(0, middle), delivery);
      return deliver(mapping, rest.slice(middle), delivery);
    }
    if (isGivenUp(mapping, rest, failures, delivery.now())) {
      delivery.setAside(asideMessage(mapping, rest, outcome, failures));
      delivery.done((rest.at(-1) as StreamEventRecord).dynamodb.SequenceNumber); // the loop runs with records only
      return;
    }
    await wait(Math.min(backoff.first * 2 ** failures, backoff.most), delivery.signal);
    failures += 1;
  }
};

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  pause(ms, undefined, { signal }).catch(() => undefined);

/** Place of the first record that failed; 0 when the whole batch did, `undefined` when none did. */
const firstFailure = (
  mapping: MappingSpec,
  outcome: Outcome,
  records: readonly StreamEventRecord[],
): number | undefined => {
  if (!outcome.ok) return 0;
  if (!mapping.partialFailures) return undefined;
  const failures: unknown = JSON.parse(outcome.payload)?.batchItemFailures;
  if (failures === undefined || failures === null) return undefined;
  if (!Array.isArray(failures)) return 0;
  const places = failures.map((failure) =>
    records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === failure?.itemIdentifier),
  );
  return places.length === 0 ? undefined : Math.max(0, Math.min(...places));
};

const isGivenUp = (
  mapping: MappingSpec,
  [oldest]: readonly StreamEventRecord[],
  failures: number,
  now: number,
): boolean => {
  if (mapping.maximumRetries !== undefined && failures >= mapping.maximumRetries) return true;
  const age = now - (oldest?.dynamodb.ApproximateCreationDateTime ?? 0) * 1_000;
  return mapping.maximumAgeMs !== undefined && age > mapping.maximumAgeMs;
};

/** What the on-failure destination is told. It names the records, it does not hold them. Source: Lambda guide, "Discarded batches". */
const asideMessage = (
  mapping: MappingSpec,
  records: readonly StreamEventRecord[],
  outcome: Outcome,
  failures: number,
): unknown => ({
  version: '1.0',
  timestamp: new Date().toISOString(),
  requestContext: {
    requestId: randomUUID(),
    functionArn: mapping.functionName,
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: failures + 1,
  },
  responseContext: outcome.ok
    ? { statusCode: 200, executedVersion: '$LATEST' }
    : { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  DDBStreamBatchInfo: {
    startSequenceNumber: records[0]?.dynamodb.SequenceNumber,
    endSequenceNumber: records.at(-1)?.dynamodb.SequenceNumber,
    batchSize: records.length,
    streamArn: records[0]?.eventSourceARN,
  },
});
