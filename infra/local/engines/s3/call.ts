import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { readBody } from '../listen.ts';
import { serviceError } from '../service-error.ts';
import { sha256 } from '../signature.ts';
import type { ObjectStorage } from './storage.ts';
import { type XmlElement, xmlDocument } from './xml.ts';

/** One request to S3 whose sender is known. */
export interface S3Call {
  readonly request: IncomingMessage;
  readonly bucket: string;
  /** Empty when the bucket itself is meant. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly storage: ObjectStorage;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface S3Reply {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Readable;
}

/** Longest document that an operation takes as its body, in bytes. 1,000 keys of 1,024 bytes fit. */
const longestDocument = 4_000_000;

/** The XML that came as body, whole and as signed. */
export const readDocument = async ({ request }: S3Call): Promise<string> => {
  const body = await readBody(request, longestDocument);
  const stated = String(request.headers['x-amz-content-sha256'] ?? '');
  if (/^[0-9a-f]{64}$/.test(stated) && stated !== sha256(body)) {
    throw serviceError(400, 'XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match.");
  }
  return body.toString('utf8');
};

export const xmlReply = (root: string, content: XmlElement, status = 200): S3Reply => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: xmlDocument(root, content),
});

/** The object of the call, or the refusal `NoSuchKey`. */
export const requireObject = ({ storage, bucket, key }: Pick<S3Call, 'storage' | 'bucket' | 'key'>) => {
  const object = storage.find(bucket, key);
  if (object === undefined) throw serviceError(404, 'NoSuchKey', 'The specified key does not exist.');
  return object;
};

/** Headers that are kept with an object and come back with it. */
export const keptHeaders = ({ request }: S3Call): Record<string, string> => {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (!/^(content-type|content-disposition|content-language|cache-control|expires|x-amz-meta-.+)$/.test(name))
      continue;
    kept[name] = String(value);
  }
  const encoding = String(request.headers['content-encoding'] ?? '').replace(/aws-chunked,?\s*/, '');
  if (encoding !== '') kept['content-encoding'] = encoding;
  return kept;
};

export const checksumHeaders = (checksums: Readonly<Record<string, string>>): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value]));

/** Names of checksums as the documents of S3 spell them: `ChecksumSHA256`. */
export const checksumElements = (checksums: Readonly<Record<string, string>>): XmlElement =>
  Object.fromEntries(Object.entries(checksums).map(([name, value]) => [`Checksum${name.toUpperCase()}`, value]));
