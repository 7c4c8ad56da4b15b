import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Listening, listen, readBody } from './engines/listen.ts';
import type { FaultSwitch } from './faults.ts';

/** What becomes of a call that fails: it is throttled, or it meets another transaction. */
type Failure = 'throttle' | 'conflict';

export interface DynamoDbProxy extends Listening {
  /** Capacity units that calls have consumed, by table and whether they read or wrote: `Records reads`. */
  consumed(): Readonly<Record<string, number>>;
  resetConsumed(): void;
}

/** Calls whose consumed capacity is asked for. */
const metered =
  /^(GetItem|PutItem|UpdateItem|DeleteItem|Query|Scan|BatchGetItem|BatchWriteItem|TransactGetItems|TransactWriteItems)$/;

const largestCall = 20 * 1024 * 1024;

/** Stands before the DynamoDB engine, only when asked for: meters consumed capacity and lets chosen calls fail. */
export const startDynamoDbProxy = async (target: string, faults: FaultSwitch): Promise<DynamoDbProxy> => {
  const agent = new Agent({ keepAlive: true });
  const consumed = new Map<string, number>();
  const note = (operation: string, answer: string): void => {
    const capacity = JSON.parse(answer).ConsumedCapacity ?? [];
    const did = /Get|Query|Scan/.test(operation) ? 'reads' : 'writes';
    for (const { TableName, CapacityUnits } of [capacity].flat()) {
      const name = `${TableName} ${did}`;
      consumed.set(name, (consumed.get(name) ?? 0) + Number(CapacityUnits));
    }
  };
  const listening = await listen(async (incoming, outgoing) => {
    try {
      const operation = String(incoming.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
      const body = (await readBody(incoming, largestCall)).toString();
      await pause(faults.now()['slow-engine']);
      const failing = failureOf(operation, faults);
      if (failing !== undefined) {
        const { status, text } = refusalOf(failing, operation, body);
        outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
        return;
      }
      const meter = metered.test(operation);
      const asked = meter ? JSON.stringify({ ReturnConsumedCapacity: 'TOTAL', ...JSON.parse(body) }) : body;
      const { status, text } = await forward(agent, target, incoming.headers, asked);
      if (meter && status === 200) note(operation, text);
      outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
    } catch {
      // the engine is away: who calls finds nobody, as he would without this between
      outgoing.destroy();
    }
  });
  return {
    ...listening,
    consumed: () => Object.fromEntries(consumed),
    resetConsumed: () => consumed.clear(),
    stop: async () => {
      await listening.stop();
      agent.destroy();
    },
  };
};

const forward = (
  agent: Agent,
  target: string,
  headers: NodeJS.Dict<string | string[]>,
  body: string,
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const call = httpRequest(target, { method: 'POST', agent, headers: { ...headers, ...length } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 500, text: Buffer.concat(chunks).toString() }));
      answer.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });

const refusalOf = (failure: Failure, operation: string, body: string): { status: number; text: string } => {
  const type = (name: string) => `com.amazonaws.dynamodb.v20120810#${name}`;
  if (failure === 'throttle') {
    const message = 'The level of configured provisioned throughput for the table was exceeded';
    return { status: 400, text: JSON.stringify({ __type: type('ProvisionedThroughputExceededException'), message }) };
  }
  if (operation !== 'TransactWriteItems') {
    const message = 'Transaction is ongoing for the item';
    return { status: 400, text: JSON.stringify({ __type: type('TransactionConflictException'), message }) };
  }
  const items: unknown[] = JSON.parse(body).TransactItems ?? [];
  const CancellationReasons = items.map((_, at) => (at === 0 ? { Code: 'TransactionConflict' } : { Code: 'None' }));
  const message = 'Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]';
  return {
    status: 400,
    text: JSON.stringify({
      __type: type('TransactionCanceledException'),
      message,
      Message: message,
      CancellationReasons,
    }),
  };
};

/** Conflicts meet writes only; the tables' own descriptions are never refused. */
const failureOf = (operation: string, faults: FaultSwitch): Failure | undefined => {
  if (!metered.test(operation)) return undefined;
  if (faults.happens('throttle')) return 'throttle';
  return /^(Put|Update|Delete|TransactWrite)/.test(operation) && faults.happens('conflict') ? 'conflict' : undefined;
};
