import { Readable } from 'node:stream';
import type { Credentials } from '../credentials.ts';
import { readBody } from '../listen.ts';
import { serviceError } from '../service-error.ts';
import { encode, sameText, sign } from '../signature.ts';
import { receiveBytes } from './body.ts';
import { type S3Call, type S3Reply, xmlReply } from './call.ts';

/** Longest form that is taken, in bytes; the policy of the form sets the limit of its file. */
const longestForm = 100 * 1024 * 1024;

interface Form {
  /** Names in lower case; only what stands before the file counts. */
  readonly fields: ReadonlyMap<string, string>;
  readonly file: { readonly name: string; readonly type: string | undefined; readonly bytes: Buffer };
}

type Condition = Readonly<Record<string, string>> | readonly [string, string | number, string | number];

/** A file sent by a browser's form under a signed policy: everything sent must be covered by the policy and fit it. */
export const postForm = async (call: S3Call, credentials: Credentials): Promise<S3Reply> => {
  const { request, storage, bucket, now } = call;
  const form = parseForm(await readBody(request, longestForm), boundaryOf(request.headers['content-type']));
  requirePolicy(form, bucket, credentials, now);
  const { fields, file } = form;
  const key = (fields.get('key') ?? '').replaceAll(`\${filename}`, file.name);
  if (key === '') throw serviceError(400, 'InvalidArgument', "Bucket POST must contain a field named 'key'.");
  const headers: Record<string, string> = {
    'content-type': fields.get('content-type') ?? file.type ?? 'binary/octet-stream',
  };
  for (const [name, value] of fields) {
    if (/^(content-disposition|cache-control|x-amz-meta-.+)$/.test(name)) headers[name] = value;
  }
  const declared = {
    chunked: false,
    headers: Object.fromEntries([...fields].filter(([name]) => name.startsWith('x-amz-checksum-'))),
  };
  const blob = await receiveBytes(Readable.from([file.bytes]), storage.newFile(), declared);
  const { etag } = storage.put({ ...blob, bucket, key, headers }, {}, now);
  const location = `/${bucket}/${key.split('/').map(encode).join('/')}`;
  switch (fields.get('success_action_status')) {
    case '200':
      return { status: 200, headers: { etag, location } };
    case '201':
      return xmlReply('PostResponse', { Location: location, Bucket: bucket, Key: key, ETag: etag }, 201);
    default:
      return { status: 204, headers: { etag, location } };
  }
};

const malformed = (sentence: string) => serviceError(400, 'MalformedPOSTRequest', sentence);

const boundaryOf = (contentType: string | undefined): string => {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType ?? '')?.[1];
  if (boundary === undefined) throw malformed('The form has no boundary.');
  return boundary;
};

const parseForm = (body: Buffer, boundary: string): Form => {
  const fields = new Map<string, string>();
  const separator = Buffer.from(`\r\n--${boundary}`);
  let start = body.indexOf(`--${boundary}`) + boundary.length + 2;
  while (start > boundary.length + 1) {
    const end = body.indexOf(separator, start);
    const split = body.indexOf('\r\n\r\n', start);
    if (end < 0 || split < 0 || split > end) break;
    const head = body.subarray(start, split).toString();
    const content = body.subarray(split + 4, end);
    const name = /\bname="([^"]*)"/.exec(head)?.[1]?.toLowerCase();
    if (name === undefined) throw malformed('A part of the form has no name.');
    if (name === 'file') {
      const type = /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim();
      return { fields, file: { name: /filename="([^"]*)"/.exec(head)?.[1] ?? '', type, bytes: content } };
    }
    fields.set(name, content.toString());
    start = end + separator.length;
  }
  throw serviceError(400, 'InvalidArgument', 'POST requires exactly one file upload per request.');
};

/** Fields that the policy need not name. Source: Amazon S3, POST policy. */
const uncovered = /^(x-amz-signature|policy|x-ignore-.*)$/;

const requirePolicy = ({ fields, file }: Form, bucket: string, credentials: Credentials, now: number): void => {
  const text = fields.get('policy') ?? '';
  const [keyId, ...scope] = (fields.get('x-amz-credential') ?? '').split('/');
  if (text === '' || scope.length !== 4) throw denied('the form is not signed');
  if (keyId !== credentials.accessKeyId) throw serviceError(403, 'InvalidAccessKeyId', 'The access key is not known.');
  const expected = sign(credentials.secretAccessKey, scope.join('/'), text);
  if (scope[2] !== 's3' || !sameText(expected, fields.get('x-amz-signature') ?? '')) {
    throw serviceError(403, 'SignatureDoesNotMatch', 'The signature of the policy does not match.');
  }
  const policy: { expiration: string; conditions: readonly Condition[] } = JSON.parse(
    Buffer.from(text, 'base64').toString(),
  );
  if (!(Date.parse(policy.expiration) > now)) throw denied('Policy expired.');
  const values = new Map([...fields, ['bucket', bucket]]);
  const covered = new Set<string>();
  for (const condition of policy.conditions.flatMap(asTriples)) {
    const [operator, subject, limit] = condition;
    if (operator === 'content-length-range') {
      requireSize(file.bytes.length, Number(subject), Number(limit));
      continue;
    }
    const name = String(subject).replace(/^\$/, '').toLowerCase();
    covered.add(name);
    const value = values.get(name);
    const holds = operator === 'eq' ? value === limit : operator === 'starts-with' && value?.startsWith(String(limit));
    if (holds !== true) throw denied(`Policy Condition failed: ${JSON.stringify(condition)}`);
  }
  const extra = [...fields.keys()].filter((name) => !covered.has(name) && !uncovered.test(name));
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(', ')}`);
};

const asTriples = (condition: Condition): readonly (readonly [string, string | number, string | number])[] =>
  isTriple(condition)
    ? [condition]
    : Object.entries(condition).map(([name, value]) => ['eq', `$${name}`, value] as const);

const isTriple = (condition: Condition): condition is readonly [string, string | number, string | number] =>
  Array.isArray(condition);

const denied = (reason: string) => serviceError(403, 'AccessDenied', `Invalid according to Policy: ${reason}`);

const requireSize = (size: number, smallest: number, largest: number): void => {
  if (size < smallest)
    throw serviceError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  if (size > largest)
    throw serviceError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
};
