import { createHash } from 'node:crypto';
import { type AwsAnswer, type AwsCall, callAws } from './aws-call.ts';
import { tellPut } from './capacity.ts';
import { type EnvName, env } from './env.ts';

/**
 * Immutable files are named by their hash. `private`: a phone keeps it for its owner only; the edge's own cache policy
 * shares it among those it let in. Said by the file itself, so that an answer that it is missing is kept by nobody.
 */
export const keepForever = 'private, max-age=31536000, immutable';
/** Short-lived shared state: two seconds at the edge, then asked again while the old copy still serves. Source: burst.md §5.1. */
export const keepBriefly = 'public, max-age=1, s-maxage=2, stale-while-revalidate=5, stale-if-error=86400';

export interface StoredFile {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly contentType: string;
}

/** One call of a bucket, addressed by path so that a local bucket needs no host name of its own. */
const ask = (
  name: EnvName,
  key: string,
  call: Pick<AwsCall, 'method'> & Partial<Pick<AwsCall, 'headers' | 'body'>>,
): Promise<AwsAnswer> => {
  const path = `/${env(name)}/${key.split('/').map(encoded).join('/')}`;
  return callAws({ service: 's3', path, headers: {}, body: '', ...call });
};

/** All but letters, digits and `-._~` percent-encoded, as the signature wants it. */
export const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const fault = (method: string, { status, body }: AwsAnswer): Error =>
  new Error(`s3 ${method}: ${status} ${/<Code>(\w+)<\/Code>/.exec(body.toString())?.[1] ?? ''}`);

const header = ({ headers }: AwsAnswer, name: string): string => String(headers[name] ?? '');

export const openBucket = (name: EnvName) => ({
  async read(key: string): Promise<StoredFile | undefined> {
    const answer = await ask(name, key, { method: 'GET' });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw fault('GET', answer);
    const contentType = header(answer, 'content-type') || 'application/octet-stream';
    return { body: answer.body, etag: header(answer, 'etag'), contentType };
  },

  /** Size in bytes and etag, or undefined when there is no such file. */
  async look(key: string): Promise<{ size: number; etag: string } | undefined> {
    const answer = await ask(name, key, { method: 'HEAD' });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw fault('HEAD', answer);
    return { size: Number(header(answer, 'content-length')), etag: header(answer, 'etag') };
  },

  /**
   * Writes a file whole and answers its etag. With `ifMatch` only over that version, with `ifNew` only where none
   * stands; false says someone was faster and nothing was written.
   */
  async write(
    key: string,
    body: Uint8Array | string,
    how: { contentType: string; cacheControl: string; ifMatch?: string; ifNew?: true },
  ): Promise<string | false> {
    const headers = {
      'content-type': how.contentType,
      'cache-control': how.cacheControl,
      ...(how.ifMatch !== undefined && { 'if-match': how.ifMatch }),
      ...(how.ifNew && { 'if-none-match': '*' }),
    };
    const answer = await ask(name, key, { method: 'PUT', headers, body });
    tellPut();
    if (answer.status === 200) return header(answer, 'etag');
    // 404: the file that was to be replaced is gone
    if ([404, 409, 412].includes(answer.status) && (how.ifMatch !== undefined || how.ifNew)) return false;
    throw fault('PUT', answer);
  },

  async remove(key: string): Promise<void> {
    const answer = await ask(name, key, { method: 'DELETE' });
    if (answer.status !== 204 && answer.status !== 200) throw fault('DELETE', answer);
  },
});
export type Bucket = ReturnType<typeof openBucket>;

/** SHA-256 in hex: the name of an immutable file. */
export const hashOf = (body: Uint8Array | string): string => createHash('sha256').update(body).digest('hex');

export const json = 'application/json; charset=utf-8';
