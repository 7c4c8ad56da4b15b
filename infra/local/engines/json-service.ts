import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { Credentials } from './credentials.ts';
import { type Listening, listen, readBody } from './listen.ts';
import { isServiceError, serviceError } from './service-error.ts';
import { sha256, splitTarget, verifySignature } from './signature.ts';

/** One operation of a service of the AWS JSON protocol: its input's schema, and what it does. */
export interface JsonOperation {
  readonly run: (input: unknown) => Promise<object> | object;
  /** Anybody may call it; what it needs to know of the caller stands in its input. */
  readonly unsigned?: boolean;
}

export interface JsonServiceOptions {
  readonly port?: number | undefined;
  /** Prefix of the `x-amz-target` header, such as `AmazonSQS`. */
  readonly target: string;
  /** Name in the signature's scope, such as `sqs`. */
  readonly service: string;
  readonly credentials: Credentials;
  readonly operations: Readonly<Record<string, JsonOperation>>;
  /** Code of the refusal of an input that does not fit. */
  readonly malformed: string;
  /** Headers of every answer, and of the answer to a browser's preflight; without them no page may call. */
  readonly cors?: OutgoingHttpHeaders;
  /** Answers a GET of this path; `undefined` is 404. */
  readonly page?: (path: string) => object | undefined;
}

/** Longest request, in bytes. */
const longestRequest = 4 * 1024 * 1024;

/** States an operation with the type of its input inferred from its schema. */
export const jsonOperation = <const S extends v.GenericSchema>(
  schema: S,
  run: (input: v.InferOutput<S>) => Promise<object> | object,
): JsonOperation => ({ run: (input) => run(v.parse(schema, input)) });

/** The same for an operation that needs no signature. */
export const unsignedOperation = <const S extends v.GenericSchema>(
  schema: S,
  run: (input: v.InferOutput<S>) => Promise<object> | object,
): JsonOperation => ({ ...jsonOperation(schema, run), unsigned: true });

/** Serves the operations on 127.0.0.1. Signatures are verified, refusals have the form that the SDK reads. */
export const serveJson = (options: JsonServiceOptions): Promise<Listening> =>
  listen((request, response) => void answer(request, response, options), options.port);

const answer = async (request: IncomingMessage, response: ServerResponse, options: JsonServiceOptions) => {
  const send = (status: number, body: object | undefined, more: OutgoingHttpHeaders = {}) => {
    const headers = { ...options.cors, ...more, 'x-amzn-requestid': randomUUID() };
    response.writeHead(
      status,
      body === undefined ? headers : { ...headers, 'content-type': 'application/x-amz-json-1.1' },
    );
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  if (request.method === 'OPTIONS') return send(options.cors === undefined ? 403 : 200, undefined);
  if (request.method === 'GET') {
    const page = options.page?.(splitTarget(request.url ?? '/').path);
    return send(page === undefined ? 404 : 200, page);
  }
  try {
    send(200, await perform(request, options));
  } catch (cause) {
    const { status, code, message } = refusalOf(cause, options);
    if (!request.complete) request.resume();
    send(status, { __type: code, message }, { 'x-amzn-errortype': code });
  }
};

const perform = async (request: IncomingMessage, options: JsonServiceOptions): Promise<object> => {
  const body = await readBody(request, longestRequest);
  const [target, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const operation = Object.hasOwn(options.operations, name) ? options.operations[name] : undefined;
  if (target !== options.target || operation === undefined) {
    throw serviceError(400, 'UnknownOperationException', `This local service does not speak ${name || 'that'}.`);
  }
  if (operation.unsigned !== true) {
    const { method = '', headers } = request;
    verifySignature(
      { method, ...splitTarget(request.url ?? '/'), headers },
      { service: options.service, credentials: options.credentials, payloadHash: sha256(body), now: Date.now() },
    );
  }
  return operation.run(parseJson(body));
};

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (malformed) {
    if (!(malformed instanceof SyntaxError)) throw malformed;
    throw serviceError(400, 'SerializationException', 'The body is no JSON.');
  }
};

const refusalOf = (cause: unknown, options: JsonServiceOptions) => {
  if (isServiceError(cause)) return cause;
  if (v.isValiError(cause)) {
    const [issue] = cause.issues;
    return serviceError(400, options.malformed, `${v.getDotPath(issue) ?? 'The input'}: ${issue.message}`);
  }
  console.error(`local ${options.service}:`, cause);
  return serviceError(500, 'InternalFailure', 'The local service failed.');
};
