import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Credentials } from './credentials.ts';
import { type Listening, listen } from './listen.ts';
import { type S3Call, type S3Reply, xmlReply } from './s3/call.ts';
import { type CorsRule, corsHeaders, preflightHeaders } from './s3/cors.ts';
import { postForm } from './s3/form.ts';
import { abortUpload, completeUpload, createUpload, listParts, putPart } from './s3/multipart.ts';
import { copyObject, deleteObject, deleteObjects, getObject, listObjects, putObject } from './s3/objects.ts';
import { type ObjectStorage, openObjectStorage } from './s3/storage.ts';
import { isServiceError, serviceError } from './service-error.ts';
import { decode, queryPairs, splitTarget, verifySignature } from './signature.ts';

export interface S3Options {
  readonly dataDir: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** Buckets that exist from the start; clients may create more. */
  readonly buckets: readonly { readonly name: string; readonly cors?: readonly CorsRule[] }[];
  readonly credentials: Credentials;
  /**
   * Told of every object that came to be or has new content, at least once and in order; told again until it resolves,
   * also after a restart.
   */
  readonly onObjectCreated?: (bucket: string, key: string, size: number, etag: string) => Promise<void> | void;
}

export interface S3 extends Listening {
  /** The objects themselves, for readers in this process such as the local CDN. */
  readonly objects: Pick<ObjectStorage, 'find' | 'bytes' | 'list' | 'addBucket'>;
}

/**
 * A local S3: path-style addresses, signatures verified, form policies enforced. What it acknowledged survives `kill -9`.
 * Not spoken: versions, tags, access lists, virtual hosts.
 */
export const startS3 = async (options: S3Options): Promise<S3> => {
  const { onObjectCreated } = options;
  const storage = openObjectStorage(options.dataDir, onObjectCreated !== undefined);
  for (const { name } of options.buckets) storage.addBucket(name);
  const rules = new Map(options.buckets.map(({ name, cors }) => [name, cors ?? []]));
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    void serve(request, response, storage, { rules, credentials: options.credentials });
  const listening = await listen(answer, options.port);
  const closing = new AbortController();
  const delivered = storage.outbox.deliver(
    async ({ bucket, key, size, etag }) => onObjectCreated?.(bucket, key, size, etag),
    closing.signal,
  );
  const stop = async () => {
    closing.abort();
    await listening.stop();
    await delivered;
    storage.close();
  };
  return { ...listening, stop, objects: storage };
};

interface Access {
  readonly rules: ReadonlyMap<string, readonly CorsRule[]>;
  readonly credentials: Credentials;
}

const serve = async (
  request: IncomingMessage,
  response: ServerResponse,
  storage: ObjectStorage,
  access: Access,
): Promise<void> => {
  const [, rawBucket = '', ...rawKey] = splitTarget(request.url ?? '/').path.split('/');
  const rules = access.rules.get(rawBucket) ?? [];
  const reply = await replyTo(request, storage, access, { rawBucket, rawKey: rawKey.join('/') });
  if (!request.complete) request.resume();
  response.writeHead(reply.status, {
    'x-amz-request-id': randomUUID(),
    ...(request.method !== 'OPTIONS' && corsHeaders(rules, request.headers, request.method ?? '')),
    ...reply.headers,
  });
  if (reply.body === undefined || typeof reply.body === 'string') {
    response.end(request.method === 'HEAD' ? undefined : reply.body);
    return;
  }
  // a reader who went away is no fault of ours
  await pipeline(reply.body, response).catch(() => response.destroy());
};

const replyTo = async (
  request: IncomingMessage,
  storage: ObjectStorage,
  access: Access,
  { rawBucket, rawKey }: { rawBucket: string; rawKey: string },
): Promise<S3Reply> => {
  try {
    const bucket = decode(rawBucket);
    const key = decode(rawKey);
    if (request.method === 'OPTIONS') {
      return { status: 200, headers: preflightHeaders(access.rules.get(bucket) ?? [], request.headers) };
    }
    const query = new Map(queryPairs(splitTarget(request.url ?? '/').query));
    const call: S3Call = { request, bucket, key, query, storage, now: Date.now() };
    if (
      request.method === 'POST' &&
      key === '' &&
      /^multipart\/form-data/.test(request.headers['content-type'] ?? '')
    ) {
      requireBucket(call);
      return await postForm(call, access.credentials);
    }
    authenticate(call, access.credentials);
    if (Buffer.byteLength(key) > 1024) throw serviceError(400, 'KeyTooLongError', 'Your key is too long');
    return await operationOf(call)(call);
  } catch (cause) {
    if (!isServiceError(cause) && !request.destroyed) console.error('local S3:', cause);
    const { status, code, message } = isServiceError(cause)
      ? cause
      : serviceError(500, 'InternalError', 'Internal error');
    return xmlReply('Error', { Code: code, Message: message }, status);
  }
};

const authenticate = ({ request, now }: S3Call, credentials: Credentials): void => {
  const { method = '', headers } = request;
  const target = splitTarget(request.url ?? '/');
  const signedQuery = target.query.includes('X-Amz-Signature=');
  const payloadHash = headers['x-amz-content-sha256'] ?? (signedQuery ? 'UNSIGNED-PAYLOAD' : undefined);
  if (payloadHash === undefined && headers.authorization !== undefined) {
    throw serviceError(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const check = { service: 's3', credentials, payloadHash: String(payloadHash), now };
  verifySignature({ method, ...target, headers }, check);
};

const requireBucket = ({ storage, bucket }: S3Call): void => {
  if (!storage.hasBucket(bucket)) throw serviceError(404, 'NoSuchBucket', 'The specified bucket does not exist');
};

type Operation = (call: S3Call) => Promise<S3Reply>;

/** Sub-resources that S3 has and this service has not; taken for the plain operation they would do something else. */
const unspoken =
  /^(acl|attributes|tagging|versions|versionId|policy|lifecycle|cors|versioning|website|retention|legal-hold|torrent|restore|select|notification|encryption|object-lock)$/;

const operationOf = (call: S3Call): Operation => {
  const { request, key, query } = call;
  const method = request.method ?? '';
  if (key === '' && method === 'PUT' && query.size === 0) return createBucket;
  requireBucket(call);
  const has = (...names: string[]) => names.every((name) => query.has(name));
  const strange = [...query.keys()].find((name) => unspoken.test(name));
  if (strange === undefined) {
    const operation = key === '' ? bucketOperation(method, has) : objectOperation(method, has, request);
    if (operation !== undefined) return operation;
  }
  throw serviceError(501, 'NotImplemented', `This local service does not speak ${method} ${strange ?? request.url}.`);
};

const createBucket: Operation = async ({ request, storage, bucket }) => {
  request.resume();
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw serviceError(400, 'InvalidBucketName', 'The specified bucket is not valid.');
  }
  storage.addBucket(bucket);
  return { status: 200, headers: { location: `/${bucket}` } };
};

const headBucket: Operation = async () => ({ status: 200 });

const bucketOperation = (method: string, has: (...names: string[]) => boolean): Operation | undefined => {
  if (method === 'HEAD') return headBucket;
  if (method === 'GET' && !has('uploads')) return listObjects;
  if (method === 'POST' && has('delete')) return deleteObjects;
  return undefined;
};

const objectOperation = (
  method: string,
  has: (...names: string[]) => boolean,
  request: IncomingMessage,
): Operation | undefined => {
  const copies = request.headers['x-amz-copy-source'] !== undefined;
  switch (method) {
    case 'GET':
      return has('uploadId') ? listParts : getObject;
    case 'HEAD':
      return getObject;
    case 'PUT':
      if (has('uploadId', 'partNumber')) return copies ? undefined : putPart;
      return copies ? copyObject : putObject;
    case 'POST':
      if (has('uploads')) return createUpload;
      return has('uploadId') ? completeUpload : undefined;
    case 'DELETE':
      return has('uploadId') ? abortUpload : deleteObject;
    default:
      return undefined;
  }
};
