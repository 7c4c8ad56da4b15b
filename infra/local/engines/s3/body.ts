import { createHash } from 'node:crypto';
import { createWriteStream, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { serviceError } from '../service-error.ts';
import type { Blob } from './storage.ts';

/** What the client said about the bytes it sends. */
export interface Declared {
  /** The body comes in chunks of its own format with a trailer (`aws-chunked`). */
  readonly chunked: boolean;
  readonly headers: IncomingHttpHeaders;
}

type Bytes = AsyncIterable<Buffer>;

/**
 * Writes the bytes to `path` and answers what they are. Refuses, and leaves no file, when they differ from what the
 * client said of them: length, `content-md5`, `x-amz-content-sha256`, `x-amz-checksum-…` in a header or in the trailer.
 */
export const receiveBytes = async (source: Bytes, path: string, declared: Declared): Promise<Blob> => {
  const trailer = new Map<string, string>();
  const meter = startMeter();
  try {
    const body = declared.chunked ? unwrapChunks(source, trailer) : source;
    await pipeline(body, meter.through, createWriteStream(path, { flags: 'wx' }));
    const checksums = requireDeclared(meter, declared, trailer);
    return { file: basename(path), size: meter.size(), etag: `"${meter.digest('md5').toString('hex')}"`, checksums };
  } catch (cause) {
    rmSync(path, { force: true });
    throw cause;
  }
};

/** Whether the body is wrapped as `aws-chunked`; signatures per chunk are not spoken here. */
export const isChunked = (headers: IncomingHttpHeaders): boolean => {
  const content = String(headers['x-amz-content-sha256'] ?? '');
  if (content.startsWith('STREAMING-AWS4')) {
    throw serviceError(
      501,
      'NotImplemented',
      'Chunks with signatures of their own are not spoken by this local service.',
    );
  }
  return content.startsWith('STREAMING-UNSIGNED') || String(headers['content-encoding'] ?? '').includes('aws-chunked');
};

interface Meter {
  readonly through: (source: Bytes) => AsyncGenerator<Buffer>;
  readonly size: () => number;
  readonly digest: (name: DigestName) => Buffer;
}

type DigestName = 'md5' | 'sha1' | 'sha256' | 'crc32';

const startMeter = (): Meter => {
  const hashes = { md5: createHash('md5'), sha1: createHash('sha1'), sha256: createHash('sha256') };
  const digests = new Map<DigestName, Buffer>();
  let size = 0;
  let crc = 0;
  return {
    through: async function* (source) {
      for await (const chunk of source) {
        for (const hash of Object.values(hashes)) hash.update(chunk);
        crc = crc32(chunk, crc);
        size += chunk.length;
        yield chunk;
      }
    },
    size: () => size,
    digest: (name) => {
      const known = digests.get(name) ?? (name === 'crc32' ? uint32(crc) : hashes[name].digest());
      digests.set(name, known);
      return known;
    },
  };
};

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const requireDeclared = (meter: Meter, { headers, chunked }: Declared, trailer: ReadonlyMap<string, string>) => {
  const length = headers[chunked ? 'x-amz-decoded-content-length' : 'content-length'];
  if (length !== undefined && Number(length) !== meter.size()) {
    throw serviceError(400, 'IncompleteBody', 'The body is not as long as its header says.');
  }
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== meter.digest('md5').toString('base64')) throw badDigest('content-md5');
  const content = String(headers['x-amz-content-sha256'] ?? '');
  if (/^[0-9a-f]{64}$/.test(content) && content !== meter.digest('sha256').toString('hex')) {
    throw serviceError(400, 'XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match.");
  }
  return requireChecksums(meter, new Map([...headerChecksums(headers), ...trailer]));
};

const headerChecksums = (headers: IncomingHttpHeaders): [string, string][] =>
  Object.entries(headers).map(([name, value]) => [name, String(value)]);

/** Checks each stated `x-amz-checksum-<name>`; answers them by name. */
const requireChecksums = (meter: Meter, stated: ReadonlyMap<string, string>): Record<string, string> => {
  const checksums: Record<string, string> = {};
  for (const [header, value] of stated) {
    const name = /^x-amz-checksum-(crc32c|crc64nvme|crc32|sha1|sha256)$/.exec(header)?.[1];
    if (name === undefined) continue;
    if (name === 'crc32c' || name === 'crc64nvme') {
      throw serviceError(501, 'NotImplemented', `The checksum ${name} is not known to this local service.`);
    }
    if (meter.digest(name as DigestName).toString('base64') !== value) throw badDigest(header);
    checksums[name] = value;
  }
  return checksums;
};

const badDigest = (header: string) =>
  serviceError(400, 'BadDigest', `The ${header} you specified did not match the calculated checksum.`);

/** Takes the bytes out of `aws-chunked`: `<hex length>\r\n<bytes>\r\n` repeated, length 0 last, then trailer lines. */
async function* unwrapChunks(source: Bytes, trailer: Map<string, string>): AsyncGenerator<Buffer> {
  const input = startReading(source);
  for (let length = chunkLength(await input.line()); length > 0; length = chunkLength(await input.line())) {
    yield* input.bytes(length);
    if ((await input.line()) !== '') throw malformedChunk();
  }
  for (let line = await input.line(); line !== ''; line = await input.line()) {
    const colon = line.indexOf(':');
    trailer.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

/** Reads lines and counted bytes in turn; the end of the source before that is a malformed body. */
const startReading = (source: Bytes) => {
  const arriving = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async () => {
    const { done, value } = await arriving.next();
    if (done === true) throw malformedChunk();
    held = held.length === 0 ? value : Buffer.concat([held, value]);
  };
  return {
    line: async (): Promise<string> => {
      while (!held.includes('\r\n')) await more();
      const end = held.indexOf('\r\n');
      const line = held.subarray(0, end).toString('latin1');
      held = held.subarray(end + 2);
      return line;
    },
    bytes: async function* (count: number): AsyncGenerator<Buffer> {
      for (let missing = count; missing > 0; ) {
        if (held.length === 0) await more();
        const bytes = held.subarray(0, missing);
        held = held.subarray(bytes.length);
        missing -= bytes.length;
        yield bytes;
      }
    },
  };
};

const chunkLength = (line: string): number => {
  const digits = /^([0-9a-fA-F]{1,8})(?:;.*)?$/.exec(line)?.[1];
  if (digits === undefined) throw malformedChunk();
  return Number.parseInt(digits, 16);
};

const malformedChunk = () => serviceError(400, 'IncompleteBody', 'The request body terminated unexpectedly');
