import { copyFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { serviceError } from '../service-error.ts';
import { decode } from '../signature.ts';
import { isChunked, receiveBytes } from './body.ts';
import {
  checksumHeaders,
  keptHeaders,
  readDocument,
  requireObject,
  type S3Call,
  type S3Reply,
  xmlReply,
} from './call.ts';
import { type Preconditions, type StoredObject, sameEtag } from './storage.ts';
import { listed, xmlBlocks, xmlText } from './xml.ts';

/** Most keys in one page of a listing and in one bulk delete. Source: Amazon S3. */
const mostKeys = 1000;

export const putObject = async (call: S3Call): Promise<S3Reply> => {
  const { request, storage, bucket, key, now } = call;
  const declared = { chunked: isChunked(request.headers), headers: request.headers };
  const blob = await receiveBytes(request, storage.newFile(), declared);
  try {
    const stored = storage.put({ ...blob, bucket, key, headers: keptHeaders(call) }, preconditionsOf(call), now);
    return { status: 200, headers: { etag: stored.etag, ...checksumHeaders(stored.checksums) } };
  } catch (cause) {
    storage.discard(blob.file);
    throw cause;
  }
};

export const copyObject = async (call: S3Call): Promise<S3Reply> => {
  const { request, storage, bucket, key, now } = call;
  request.resume();
  const source = decode(String(request.headers['x-amz-copy-source'])).replace(/^\//, '');
  const slash = source.indexOf('/');
  const original = requireObject({ storage, bucket: source.slice(0, slash), key: source.slice(slash + 1) });
  const expected = request.headers['x-amz-copy-source-if-match'];
  if (typeof expected === 'string' && !sameEtag(expected, original.etag)) throw changed();
  const headers = request.headers['x-amz-metadata-directive'] === 'REPLACE' ? keptHeaders(call) : original.headers;
  const path = storage.newFile();
  await copyFile(storage.pathOf(original.file), path);
  const copy = storage.put({ ...original, file: basename(path), bucket, key, headers }, preconditionsOf(call), now);
  return xmlReply('CopyObjectResult', { LastModified: new Date(now).toISOString(), ETag: copy.etag });
};

export const getObject = async (call: S3Call): Promise<S3Reply> => {
  const { request, storage } = call;
  const object = requireObject(call);
  const conditional = conditionalReply(call, object);
  if (conditional !== undefined) return conditional;
  const range = rangeOf(request.headers.range, object.size);
  const { start, end } = range ?? { start: 0, end: object.size - 1 };
  const whole = range === undefined && request.headers['x-amz-checksum-mode'] === 'ENABLED';
  const headers = {
    'content-type': 'binary/octet-stream',
    ...objectHeaders(object),
    ...overrides(call),
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    ...(range !== undefined && { 'content-range': `bytes ${start}-${end}/${object.size}` }),
    ...(whole && checksumHeaders(object.checksums)),
  };
  const status = range === undefined ? 200 : 206;
  if (request.method === 'HEAD' || object.size === 0) return { status, headers };
  return { status, headers, body: storage.read(object, { start, end }) };
};

export const deleteObject = async (call: S3Call): Promise<S3Reply> => {
  call.request.resume();
  call.storage.remove(call.bucket, call.key, preconditionsOf(call));
  return { status: 204 };
};

export const deleteObjects = async (call: S3Call): Promise<S3Reply> => {
  const document = await readDocument(call);
  const keys = xmlBlocks(document, 'Object').map((block) => xmlText(block, 'Key') ?? '');
  if (keys.length === 0 || keys.length > mostKeys || keys.includes('')) {
    throw serviceError(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate.');
  }
  for (const key of keys) call.storage.remove(call.bucket, key, {});
  const quiet = xmlText(document, 'Quiet') === 'true';
  return xmlReply('DeleteResult', { Deleted: quiet ? [] : keys.map((key) => ({ Key: key })) });
};

export const listObjects = async ({ bucket, query, storage, request }: S3Call): Promise<S3Reply> => {
  request.resume();
  if (query.get('list-type') !== '2') {
    throw serviceError(
      501,
      'NotImplemented',
      'Only the second version of the listing is spoken by this local service.',
    );
  }
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const encoding = query.get('encoding-type');
  const token = query.get('continuation-token');
  const after = token === undefined ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const limit = Math.min(Number(query.get('max-keys') ?? mostKeys), mostKeys);
  if (!Number.isInteger(limit) || limit < 0) throw serviceError(400, 'InvalidArgument', 'max-keys must be a number.');
  const page = limit === 0 ? { objects: [], prefixes: [] } : storage.list(bucket, { prefix, delimiter, after, limit });
  return xmlReply('ListBucketResult', {
    Name: bucket,
    Prefix: listed(prefix, encoding),
    Delimiter: delimiter === '' ? undefined : listed(delimiter, encoding),
    EncodingType: encoding,
    MaxKeys: limit,
    KeyCount: page.objects.length + page.prefixes.length,
    IsTruncated: page.next !== undefined,
    NextContinuationToken: page.next === undefined ? undefined : Buffer.from(page.next).toString('base64url'),
    Contents: page.objects.map((object) => ({
      Key: listed(object.key, encoding),
      LastModified: new Date(object.modified).toISOString(),
      ETag: object.etag,
      Size: object.size,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: page.prefixes.map((common) => ({ Prefix: listed(common, encoding) })),
  });
};

/** What the object itself says: its own headers, etag and time. */
export const objectHeaders = (object: StoredObject): Record<string, string> => ({
  ...object.headers,
  etag: object.etag,
  'last-modified': new Date(object.modified).toUTCString(),
});

/** A single range of a body of this size; none when absent or not understood. `InvalidRange` when outside. */
export const rangeOf = (
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | undefined => {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (parts === null || (parts[1] === '' && parts[2] === '')) return undefined;
  const [first, last] = [parts[1] as string, parts[2] as string];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) throw serviceError(416, 'InvalidRange', 'The requested range is not satisfiable');
  return { start, end };
};

const preconditionsOf = ({ request }: S3Call): Preconditions => ({
  ifMatch: request.headers['if-match'],
  ifNoneMatch: request.headers['if-none-match'],
});

const changed = () =>
  serviceError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');

/** 412 or 304 when the reader's conditions say so. An etag counts before a time. Source: RFC 9110 §13.2.2. */
const conditionalReply = ({ request }: S3Call, object: StoredObject): S3Reply | undefined => {
  const { headers } = request;
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  const seconds = Math.floor(object.modified / 1000) * 1000;
  const unmodifiedSince = Date.parse(headers['if-unmodified-since'] ?? '');
  const modifiedSince = Date.parse(headers['if-modified-since'] ?? '');
  if (ifMatch === undefined ? seconds > unmodifiedSince : ifMatch !== '*' && !sameEtag(ifMatch, object.etag)) {
    throw changed();
  }
  const known =
    ifNoneMatch === undefined ? seconds <= modifiedSince : ifNoneMatch === '*' || sameEtag(ifNoneMatch, object.etag);
  if (!known) return undefined;
  const { etag, 'last-modified': modified, 'cache-control': caching } = objectHeaders(object);
  return { status: 304, headers: { etag, 'last-modified': modified, ...(caching && { 'cache-control': caching }) } };
};

/** Headers that a signed reader asked to have instead of the object's own. */
const overrides = ({ query }: S3Call): Record<string, string> =>
  Object.fromEntries(
    ['content-type', 'content-disposition', 'content-language', 'content-encoding', 'cache-control', 'expires']
      .map((name) => [name, query.get(`response-${name}`)])
      .filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
