import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSHandler } from 'aws-lambda';
import * as v from 'valibot';
import { type Instant, instantOf } from '#shared/kernel/time.ts';
import { faultOf, log } from './log.ts';

/** A fact as it arrived, with the id of its message. */
export interface Arrived<F> {
  readonly fact: F;
  readonly messageId: string;
}

type Take<F> = (fact: F, now: Instant) => Promise<void>;

// biome-ignore lint/suspicious/noExplicitAny: the bound of a generic, never a value
type FactSchema = v.GenericSchema<any, any>;

/** Each fact alone: a failed one is given back to the queue, the good ones are kept. */
export const eachFact = <S extends FactSchema>(schema: S, take: Take<v.InferOutput<S>>): SQSHandler =>
  groupedFacts(
    schema,
    (_, messageId) => messageId,
    async ([fact], now) => take(fact as v.InferOutput<S>, now),
  );

/**
 * Facts of one batch that belong together (same `groupOf`) are taken in one go, so that many check-ins make one file.
 * Groups are independent: if one fails, only its messages are given back. A message that is no such fact at all is
 * given back too, so that it ends in the dead letters and not in silence.
 */
export const groupedFacts = <S extends FactSchema>(
  schema: S,
  groupOf: (fact: v.InferOutput<S>, messageId: string) => string,
  take: (facts: readonly v.InferOutput<S>[], now: Instant) => Promise<void>,
): SQSHandler => {
  const handle = async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const failed: string[] = [];
    const groups = new Map<string, { facts: v.InferOutput<S>[]; ids: string[] }>();
    for (const { messageId, body } of event.Records) {
      const parsed = v.safeParse(schema, parseJson(body));
      if (!parsed.success) {
        log({ level: 'error', event: 'fact-malformed', requestId: messageId });
        failed.push(messageId);
        continue;
      }
      const key = groupOf(parsed.output, messageId);
      const group = groups.get(key) ?? { facts: [], ids: [] };
      group.facts.push(parsed.output);
      group.ids.push(messageId);
      groups.set(key, group);
    }
    await Promise.all(
      [...groups.values()].map(async ({ facts, ids }) => {
        try {
          await take(facts, instantOf(Date.now()));
        } catch (error) {
          log({
            level: 'error',
            event: 'fact-failed',
            requestId: ids[0] ?? '',
            count: ids.length,
            fault: faultOf(error),
          });
          failed.push(...ids);
        }
      }),
    );
    log({ event: 'facts-taken', count: event.Records.length - failed.length });
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
  return middy(handle) as SQSHandler; // middy's type is wider than the handler it wraps
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
