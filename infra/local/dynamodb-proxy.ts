import { Agent, request as httpRequest } from 'node:http';
import { type Listening, listen, readBody } from './engines/listen.ts';

/** What a fault does to a call: it is throttled, or it meets another transaction. */
export type Fault = 'throttle' | 'conflict';

/** Decides for each call whether it fails, and how. */
export type FaultHook = (call: { readonly operation: string; readonly body: string }) => Fault | undefined;

export interface DynamoDbProxy extends Listening {
  /** Capacity units that calls have consumed, by table. */
  consumed(): Readonly<Record<string, number>>;
  resetConsumed(): void;
}

/** Calls whose consumed capacity is asked for. */
const metered =
  /^(GetItem|PutItem|UpdateItem|DeleteItem|Query|Scan|BatchGetItem|BatchWriteItem|TransactGetItems|TransactWriteItems)$/;

const largestCall = 20 * 1024 * 1024;

/** Stands before the DynamoDB engine, only when asked for: meters consumed capacity and lets chosen calls fail. */
export const startDynamoDbProxy = async (target: string, fault: FaultHook): Promise<DynamoDbProxy> => {
  const agent = new Agent({ keepAlive: true });
  const consumed = new Map<string, number>();
  const note = (answer: string): void => {
    const capacity = JSON.parse(answer).ConsumedCapacity ?? [];
    for (const { TableName, CapacityUnits } of [capacity].flat()) {
      consumed.set(TableName, (consumed.get(TableName) ?? 0) + Number(CapacityUnits));
    }
  };
  const listening = await listen(async (incoming, outgoing) => {
    try {
      const operation = String(incoming.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
      const body = (await readBody(incoming, largestCall)).toString();
      const failing = fault({ operation, body });
      if (failing !== undefined) {
        const { status, text } = refusalOf(failing, operation, body);
        outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
        return;
      }
      const meter = metered.test(operation);
      const asked = meter ? JSON.stringify({ ReturnConsumedCapacity: 'TOTAL', ...JSON.parse(body) }) : body;
      const { status, text } = await forward(agent, target, incoming.headers, asked);
      if (meter && status === 200) note(text);
      outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
    } catch (error) {
      console.error('DynamoDB proxy:', error);
      outgoing.writeHead(500).end();
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

const refusalOf = (fault: Fault, operation: string, body: string): { status: number; text: string } => {
  const type = (name: string) => `com.amazonaws.dynamodb.v20120810#${name}`;
  if (fault === 'throttle') {
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

/** `throttle=0.05,conflict=0.1`: each call fails that often. Conflicts meet writes only. */
export const faultsOf = (text: string): FaultHook => {
  const shares = text.split(',').map((part) => {
    const [, kind = '', share = ''] = /^(throttle|conflict)=(0?\.\d+|0|1)$/.exec(part.trim()) ?? [];
    if (kind === '') throw new Error(`"${text}" names no faults; write for example throttle=0.05,conflict=0.1`);
    return [kind as Fault, Number(share)] as const; // the expression allows no other kind
  });
  return ({ operation }) => {
    const writes = /^(Put|Update|Delete|TransactWrite)/.test(operation);
    return shares.find(
      ([kind, share]) => (kind === 'throttle' || writes) && metered.test(operation) && Math.random() < share,
    )?.[0];
  };
};
