import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import type { Credentials } from './engines/credentials.ts';
import { canonicalRequest, sha256, sign } from './engines/signature.ts';

/** A record of a table's stream as it travels: values in the form of DynamoDB's JSON, bytes in base64. */
export interface WireRecord {
  readonly eventID?: string;
  readonly eventName?: string;
  readonly dynamodb?: {
    /** Seconds since 1970. */
    readonly ApproximateCreationDateTime?: number;
    readonly Keys?: Readonly<Record<string, unknown>>;
    readonly NewImage?: Readonly<Record<string, unknown>>;
    readonly OldImage?: Readonly<Record<string, unknown>>;
    readonly SequenceNumber?: string;
    readonly SizeBytes?: number;
    readonly StreamViewType?: string;
  };
  readonly userIdentity?: object;
}

interface Shard {
  readonly ShardId?: string;
  readonly ParentShardId?: string;
}

/** The operations of a table's stream that a reader asks for. A refusal is thrown as an error named by its code. */
export interface StreamCalls {
  shards(streamArn: string): Promise<readonly Shard[]>;
  /** An iterator behind this sequence number, or at the oldest record there is. */
  iterator(streamArn: string, shard: string, after: string | undefined): Promise<string | undefined>;
  records(
    iterator: string,
    limit: number,
  ): Promise<{ readonly records: readonly WireRecord[]; readonly next: string | undefined }>;
}

/**
 * Reads streams by plain signed requests: a record is handed on as it travels. The SDK takes every value apart and this
 * machine would put it together again, a quarter of the edge thread's time in a meeting hour.
 */
export const streamCalls = (options: {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}): StreamCalls => {
  const { protocol, hostname, port, host } = new URL(options.endpoint);
  const send =
    protocol === 'http:'
      ? { request: plainRequest, agent: new PlainAgent({ keepAlive: true }) }
      : { request, agent: new Agent({ keepAlive: true }) };

  const ask = <T>(operation: string, input: object): Promise<T> =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(input);
      const headers = signedHeaders({ ...options, host, body, target: `DynamoDBStreams_20120810.${operation}` });
      const asked = send.request(
        { hostname, port, agent: send.agent, method: 'POST', path: '/', headers },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            // the service's own documented form
            if (answer.statusCode === 200) resolve(JSON.parse(text) as T);
            else reject(refusalOf(operation, answer.statusCode, text));
          });
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });

  return {
    shards: async (StreamArn) => {
      const shards: Shard[] = [];
      let last: string | undefined;
      do {
        const { StreamDescription } = await ask<{
          StreamDescription?: { Shards?: readonly Shard[]; LastEvaluatedShardId?: string };
        }>('DescribeStream', { StreamArn, ...(last !== undefined && { ExclusiveStartShardId: last }) });
        shards.push(...(StreamDescription?.Shards ?? []));
        last = StreamDescription?.LastEvaluatedShardId;
      } while (last !== undefined);
      return shards;
    },
    iterator: async (StreamArn, ShardId, after) => {
      const from =
        after === undefined
          ? { ShardIteratorType: 'TRIM_HORIZON' }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
      const { ShardIterator } = await ask<{ ShardIterator?: string }>('GetShardIterator', {
        StreamArn,
        ShardId,
        ...from,
      });
      return ShardIterator;
    },
    records: async (ShardIterator, Limit) => {
      const answer = await ask<{ Records?: readonly WireRecord[]; NextShardIterator?: string }>('GetRecords', {
        ShardIterator,
        Limit,
      });
      return { records: answer.Records ?? [], next: answer.NextShardIterator };
    },
  };
};

const signedHeaders = (call: {
  readonly region: string;
  readonly credentials: Credentials;
  readonly host: string;
  readonly body: string;
  readonly target: string;
}): Record<string, string> => {
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.0',
    host: call.host,
    'x-amz-date': date,
    'x-amz-target': call.target,
  };
  const names = Object.keys(headers);
  const canonical = canonicalRequest({ method: 'POST', path: '/', query: '', headers }, names, sha256(call.body));
  const scope = `${date.slice(0, 8)}/${call.region}/dynamodb/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`;
  const signature = sign(call.credentials.secretAccessKey, scope, toSign);
  const credential = `Credential=${call.credentials.accessKeyId}/${scope}`;
  return {
    ...headers,
    'content-length': String(Buffer.byteLength(call.body)),
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
};

const refusalOf = (operation: string, status: number | undefined, text: string): Error => {
  const code = /"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"/.exec(text)?.[1] ?? `HTTP ${status}`;
  return Object.assign(new Error(`${operation}: ${code}`), { name: code });
};
