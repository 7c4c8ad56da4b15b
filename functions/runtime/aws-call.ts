import { createHmac, createSecretKey, hash, type KeyObject, randomInt } from 'node:crypto';
import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { noteTableCall } from './pressure.ts';

/**
 * One call of an AWS service, signed (Signature Version 4) and sent over kept connections. The functions of the meeting
 * hour use this instead of the SDK's clients: a call costs a quarter of the processor time, and a bundle is spared half
 * a megabyte. Rare calls (Cognito, uploads in parts, the edge's store) stay with the SDK.
 */
export interface AwsCall {
  readonly service: 'dynamodb' | 's3' | 'sqs' | 'secretsmanager' | 'cloudfront' | 'monitoring' | 'lambda';
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Encoded path. */
  readonly path: string;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface AwsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Whether an answer below 500 says that the same call may do later. */
type Passing = (answer: AwsAnswer) => boolean;

const connections = { keepAlive: true, maxSockets: 128, scheduling: 'lifo' } as const;
const agents = { 'http:': new PlainAgent(connections), 'https:': new Agent(connections) };

/** Tries of one call, and the bounds of the waits between them in milliseconds: doubled each time, with full jitter. */
const tries = { most: 6, firstWait: 50, longestWait: 2_000 };
/** A service that has not answered by then is asked again, in milliseconds. */
const PATIENCE_MS = 10_000;

/** The answer of the service, whatever it says. Lost connections, 5xx and passing refusals are tried again. */
export const callAws = async (call: AwsCall, isPassing: Passing = () => false): Promise<AwsAnswer> => {
  const begun = performance.now();
  const answer = await triedAgain(call, isPassing);
  if (call.service === 'dynamodb') noteTableCall(performance.now() - begun);
  return answer;
};

const triedAgain = async (call: AwsCall, isPassing: Passing): Promise<AwsAnswer> => {
  for (let attempt = 1; ; attempt++) {
    const last = attempt === tries.most;
    try {
      const answer = await send(call);
      if (last || (answer.status < 500 && answer.status !== 429 && !isPassing(answer))) return answer;
    } catch (error) {
      if (last || !isLostConnection(error)) throw error;
    }
    await pause(randomInt(1, Math.min(tries.longestWait, tries.firstWait * 2 ** attempt)));
  }
};

const isLostConnection = (error: unknown): boolean =>
  error instanceof Error &&
  ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENOTFOUND'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );

const send = (call: AwsCall): Promise<AwsAnswer> =>
  new Promise((resolve, reject) => {
    const { protocol, hostname, port, host } = endpointOf(call.service);
    const headers = signed(call, host, new Date());
    const options = { method: call.method, hostname, port, path: call.path, headers };
    const receive = (incoming: import('node:http').IncomingMessage): void => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
      });
    };
    const asked =
      protocol === 'http:'
        ? plainRequest({ ...options, agent: agents['http:'] }, receive)
        : request({ ...options, agent: agents['https:'] }, receive);
    asked.setTimeout(PATIENCE_MS, () => {
      asked.destroy(Object.assign(new Error(`${call.service} did not answer in time`), { code: 'ETIMEDOUT' }));
    });
    asked.on('error', reject);
    asked.end(call.body);
  });

const endpoints = new Map<string, URL>();
const endpointNames: Partial<Record<AwsCall['service'], string>> = {
  secretsmanager: 'SECRETS_MANAGER',
  monitoring: 'CLOUDWATCH',
};

/** The standard variables by which other endpoints are named; without them the service of the function's own Region. */
export const endpointOf = (service: AwsCall['service']): URL => {
  const name = endpointNames[service] ?? service.toUpperCase();
  const { [`AWS_ENDPOINT_URL_${name}`]: other } = process.env;
  const text =
    other || `https://${service === 'cloudfront' ? service : `${service}.${regionOf(service)}`}.amazonaws.com`;
  const url = endpoints.get(text) ?? new URL(text);
  endpoints.set(text, url);
  return url;
};

/** CloudFront is of no Region and signs as the first one. */
export const regionOf = (service: AwsCall['service']): string =>
  service === 'cloudfront' ? 'us-east-1' : (process.env['AWS_REGION'] ?? '');

export const hmac = (key: string | Buffer | KeyObject, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

// a signing key holds for a day, a Region and a service
const signingKeys = new Map<string, KeyObject>();
export const signingKeyOf = (secret: string, scope: string): KeyObject => {
  const known = signingKeys.get(secret + scope);
  if (known) return known;
  if (signingKeys.size > 16) signingKeys.clear();
  // ready for use: taking bytes in as a key costs as much as signing with it
  const key = createSecretKey(
    scope.split('/').reduce<string | Buffer>((parent, part) => hmac(parent, part), `AWS4${secret}`) as Buffer, // never empty
  );
  signingKeys.set(secret + scope, key);
  return key;
};

/** The headers of the call with its signature. Source: AWS General Reference, "Signature Version 4". */
export const signed = (
  { service, method, path, headers, body }: AwsCall,
  host: string,
  now: Date,
): Record<string, string> => {
  const { AWS_ACCESS_KEY_ID: keyId = '', AWS_SECRET_ACCESS_KEY: secret = '', AWS_SESSION_TOKEN: token } = process.env;
  const date = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const payload = hash('sha256', body, 'hex');
  const all: Record<string, string> = {
    ...headers,
    host,
    'x-amz-date': date,
    ...(service === 's3' && { 'x-amz-content-sha256': payload }),
    ...(token !== undefined && { 'x-amz-security-token': token }),
  };
  const names = Object.keys(all).sort();
  const mark = path.indexOf('?');
  const [plain, query] = mark < 0 ? [path, ''] : [path.slice(0, mark), path.slice(mark + 1)];
  const lines = names.map((name) => `${name}:${all[name]}\n`).join('');
  const canonical = `${method}\n${plain}\n${query}\n${lines}\n${names.join(';')}\n${payload}`;
  const scope = `${date.slice(0, 8)}/${regionOf(service)}/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical, 'hex')}`;
  const signature = hmac(signingKeyOf(secret, scope), toSign).toString('hex');
  const credential = `Credential=${keyId}/${scope}`;
  return {
    ...all,
    'content-length': String(typeof body === 'string' ? Buffer.byteLength(body) : body.length),
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
};

/** A refusal of a service that speaks JSON: its code, and the fields it said more in. */
export class AwsRefusal extends Error {
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(service: string, operation: string, fields: Readonly<Record<string, unknown>>) {
    const code = String(fields['__type'] ?? 'Unknown').replace(/^.*#/, '');
    super(`${service} ${operation}: ${code} ${fields['message'] ?? fields['Message'] ?? ''}`);
    this.name = code;
    this.code = code;
    this.fields = fields;
  }
}

const targets = {
  dynamodb: { prefix: 'DynamoDB_20120810', version: '1.0' },
  sqs: { prefix: 'AmazonSQS', version: '1.0' },
  secretsmanager: { prefix: 'secretsmanager', version: '1.1' },
  monitoring: { prefix: 'GraniteServiceVersion20100801', version: '1.0' },
} as const;

/** Refusals that pass by themselves. Source: the services' lists of common errors. */
const passing =
  /(ThrottlingException|ProvisionedThroughputExceededException|RequestLimitExceeded|RequestThrottled|TransactionInProgressException|LimitExceededException)"/;

/** One operation of a service that speaks JSON; throws an AwsRefusal for what it refuses. */
export const askAws = async <T>(service: keyof typeof targets, operation: string, input: unknown): Promise<T> => {
  const { prefix, version } = targets[service];
  const answer = await callAws(
    {
      service,
      method: 'POST',
      path: '/',
      headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${prefix}.${operation}` },
      body: JSON.stringify(input),
    },
    ({ status, body }) => status === 400 && passing.test(body.toString()),
  );
  const text = answer.body.toString();
  if (answer.status === 200) return JSON.parse(text) as T; // the service's own documented form
  throw new AwsRefusal(service, operation, refusalIn(text, answer.status));
};

const refusalIn = (text: string, status: number): Record<string, unknown> => {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said === 'object' && said !== null) return { ...said };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { __type: `HTTP ${status}` };
};
