import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { serviceError } from '../service-error.ts';
import { isChunked, receiveBytes } from './body.ts';
import {
  checksumElements,
  checksumHeaders,
  keptHeaders,
  readDocument,
  type S3Call,
  type S3Reply,
  xmlReply,
} from './call.ts';
import type { ObjectStorage } from './storage.ts';
import type { Part, Upload } from './uploads.ts';
import { xmlBlocks, xmlText } from './xml.ts';

/** Smallest part but the last one, in bytes, and the highest number of a part. Source: Amazon S3. */
const smallestPart = 5 * 1024 * 1024;
const highestPart = 10_000;

export const createUpload = async (call: S3Call): Promise<S3Reply> => {
  const { request, storage, bucket, key } = call;
  request.resume();
  const checksum = String(request.headers['x-amz-checksum-algorithm'] ?? '');
  const upload = storage.uploads.begin({ bucket, key, headers: keptHeaders(call), checksum });
  return xmlReply('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: upload.id });
};

export const putPart = async (call: S3Call): Promise<S3Reply> => {
  const { request, query, storage, now } = call;
  const upload = uploadOf(call);
  const number = Number(query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > highestPart) {
    throw serviceError(
      400,
      'InvalidArgument',
      `Part number must be an integer between 1 and ${highestPart}, inclusive`,
    );
  }
  const declared = { chunked: isChunked(request.headers), headers: request.headers };
  const blob = await receiveBytes(request, storage.newFile(), declared);
  try {
    storage.uploads.putPart(upload, { ...blob, number, modified: now });
  } catch (cause) {
    storage.discard(blob.file);
    throw cause;
  }
  return { status: 200, headers: { etag: blob.etag, ...checksumHeaders(blob.checksums) } };
};

export const listParts = async (call: S3Call): Promise<S3Reply> => {
  const { request, query, storage, bucket, key } = call;
  request.resume();
  const upload = uploadOf(call);
  const after = Number(query.get('part-number-marker') ?? 0);
  const limit = Math.min(Number(query.get('max-parts') ?? 1000), 1000);
  const parts = storage.uploads.parts(upload).filter((part) => part.number > after);
  const page = parts.slice(0, limit);
  return xmlReply('ListPartsResult', {
    Bucket: bucket,
    Key: key,
    UploadId: upload.id,
    MaxParts: limit,
    IsTruncated: parts.length > page.length,
    NextPartNumberMarker: page.at(-1)?.number,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.modified).toISOString(),
      ETag: part.etag,
      Size: part.size,
      ...checksumElements(part.checksums),
    })),
  });
};

export const abortUpload = async (call: S3Call): Promise<S3Reply> => {
  call.request.resume();
  call.storage.uploads.end(uploadOf(call));
  return { status: 204 };
};

export const completeUpload = async (call: S3Call): Promise<S3Reply> => {
  const { request, storage, bucket, key, now } = call;
  const upload = uploadOf(call);
  const parts = chosenParts(await readDocument(call), storage.uploads.parts(upload));
  const blob = await receiveBytes(joined(storage, parts), storage.newFile(), { chunked: false, headers: {} });
  const digests = parts.map((part) => Buffer.from(part.etag.replaceAll('"', ''), 'hex'));
  const etag = `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${parts.length}"`;
  const conditions = { ifMatch: request.headers['if-match'], ifNoneMatch: request.headers['if-none-match'] };
  const checksums = compositeChecksum(upload, parts);
  try {
    storage.put({ ...blob, etag, checksums, bucket, key, headers: upload.headers }, conditions, now);
  } catch (cause) {
    storage.discard(blob.file);
    throw cause;
  }
  storage.uploads.end(upload);
  const place = { Location: `/${bucket}/${key}`, Bucket: bucket, Key: key };
  return xmlReply('CompleteMultipartUploadResult', { ...place, ETag: etag, ...checksumElements(checksums) });
};

const uploadOf = ({ query, storage, bucket, key }: S3Call): Upload =>
  storage.uploads.get(query.get('uploadId') ?? '', bucket, key);

/** The parts that the client lists, in rising order, each with the etag it was given. */
const chosenParts = (document: string, present: readonly Part[]): readonly Part[] => {
  const listed = xmlBlocks(document, 'Part').map((block) => ({
    number: Number(xmlText(block, 'PartNumber')),
    etag: xmlText(block, 'ETag')?.replaceAll('"', ''),
  }));
  if (listed.length === 0) {
    throw serviceError(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate.');
  }
  if (listed.some((part, at) => at > 0 && part.number <= (listed[at - 1]?.number ?? 0))) {
    throw serviceError(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  const parts = listed.map(({ number, etag }) => {
    const part = present.find((one) => one.number === number && one.etag === `"${etag}"`);
    if (part === undefined) throw serviceError(400, 'InvalidPart', `Part ${number} is missing or has another etag.`);
    return part;
  });
  if (parts.slice(0, -1).some((part) => part.size < smallestPart)) {
    throw serviceError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  }
  return parts;
};

async function* joined(storage: ObjectStorage, parts: readonly Part[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield* createReadStream(storage.pathOf(part.file)) as AsyncIterable<Buffer>;
}

/** SHA-256 over the SHA-256 of the parts, when each part came with one. */
const compositeChecksum = (upload: Upload, parts: readonly Part[]): Record<string, string> => {
  if (upload.checksum !== 'SHA256' || parts.some((part) => part.checksums.sha256 === undefined)) return {};
  const digests = parts.map((part) => Buffer.from(part.checksums.sha256 ?? '', 'base64'));
  return { sha256: `${createHash('sha256').update(Buffer.concat(digests)).digest('base64')}-${parts.length}` };
};
