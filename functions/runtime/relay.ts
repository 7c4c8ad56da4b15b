import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { isPractice } from '#shared/kernel/practice.ts';
import { askAws } from './aws-call.ts';
import { env } from './env.ts';
import { type AttributeValue, fromAttributes } from './item-values.ts';
import { faultOf, log } from './log.ts';

/**
 * Carries the facts of one table's stream to the queue of each consumer. The routes (fact type → queue URLs) are set by
 * infra. A record whose facts could not all be sent is given back with all after it, so order per key holds and nothing
 * is skipped; a consumer may see a fact twice.
 */
export const handler = async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  // set by infra from the same declarations that make the queues
  const routes = JSON.parse(env('FACT_ROUTES')) as Readonly<Record<string, readonly string[]>>;
  const waiting = new Map<string, { sequence: number; body: string }[]>();
  event.Records.forEach((record, sequence) => {
    // of the item only its fact is taken apart; facts are written by tables of ours
    const told = record.dynamodb?.NewImage?.['fact']?.M as Record<string, AttributeValue> | undefined;
    if (!told) return;
    const fact = fromAttributes(told);
    for (const url of routes[routeOf(fact)] ?? []) {
      const queue = waiting.get(url) ?? [];
      queue.push({ sequence, body: JSON.stringify(fact) });
      waiting.set(url, queue);
    }
  });
  const lost = await Promise.all([...waiting].map(([url, messages]) => send(url, messages)));
  const first = Math.min(...lost.flat());
  log({ event: 'facts-relayed', count: event.Records.length });
  const at = Number.isFinite(first) ? event.Records[first]?.dynamodb?.SequenceNumber : undefined;
  return { batchItemFailures: at === undefined ? [] : [{ itemIdentifier: at }] };
};

/** What was practised goes only where a route of its own leads: nobody else ever hears of it. */
const routeOf = (fact: Readonly<Record<string, unknown>>): string =>
  isPractice(String(fact['unitId'])) ? `practice:${String(fact['type'])}` : String(fact['type']);

/** Sends in tens; answers the places (in the event) of those that could not be sent. */
const send = async (url: string, messages: readonly { sequence: number; body: string }[]): Promise<number[]> => {
  const lost: number[] = [];
  for (let from = 0; from < messages.length; from += 10) {
    const ten = messages.slice(from, from + 10);
    try {
      const answer = await askAws<{ Failed?: readonly { Id: string }[] }>('sqs', 'SendMessageBatch', {
        QueueUrl: url,
        Entries: ten.map(({ body }, index) => ({ Id: String(index), MessageBody: body })),
      });
      for (const entry of answer.Failed ?? []) lost.push(ten[Number(entry.Id)]?.sequence ?? 0);
    } catch (error) {
      // one queue out of reach must not lose the others' facts: the record is given back and sent again
      log({ level: 'error', event: 'relay-failed', count: ten.length, fault: faultOf(error) });
      lost.push(...ten.map(({ sequence }) => sequence));
    }
  }
  return lost;
};
