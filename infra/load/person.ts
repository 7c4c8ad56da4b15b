import { Agent, request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type InputOf, type Operation, type OutputOf, requestOf } from '#shared/kernel/operation.ts';

/** What one request cost as the phone sees it. */
export interface Answer<T> {
  readonly status: number;
  /** The parsed body; undefined when there was none. */
  readonly body: T;
  /** Bytes both ways as a kept HTTP/2 connection carries them: a header line that was sent before costs one. */
  readonly bytes: number;
  readonly etag?: string;
  readonly retryAfterSeconds?: number;
}

export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

// one pool for all persons: a hall's phones share an address, and a generator must not run out of ports
const agent = new Agent({ keepAlive: true, maxSockets: 512 });

/** A member's phone without the screen: cookies, same-origin requests, conditional reads. */
export class Person {
  readonly base: URL;
  private readonly cookies = new Map<string, { value: string; path: string }>();
  private readonly lines = new Set<string>();

  constructor(base: string) {
    this.base = new URL(base);
  }

  /** The same phone, signed in as it is, on another way to the site. */
  via(base: string): Person {
    const other = new Person(base);
    for (const [name, cookie] of this.cookies) other.cookies.set(name, cookie);
    return other;
  }

  /** What the phone keeps of its sign-in: for another process, or for a browser. */
  jar(): readonly Cookie[] {
    return [...this.cookies].map(([name, cookie]) => ({ name, ...cookie }));
  }

  /** The same phone, signed in as the jar says. */
  withJar(jar: readonly Cookie[]): this {
    for (const { name, value, path } of jar) this.cookies.set(name, { value, path });
    return this;
  }

  /** Asks one operation; any status is an answer, a broken connection throws. */
  ask<Op extends Operation>(
    op: Op,
    input: InputOf<Op>,
    options: { abortAfterSend?: true } = {},
  ): Promise<Answer<OutputOf<Op> & { code?: string }>> {
    const { path, rest } = requestOf(op, input as Record<string, unknown>); // every input is an object
    const query = new URLSearchParams(
      Object.entries(rest).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)] as [string, string]],
      ),
    ).toString();
    return op.method === 'GET'
      ? this.send('GET', query === '' ? path : `${path}?${query}`, undefined, {}, options)
      : this.send('POST', path, JSON.stringify(rest), {}, options);
  }

  /** Reads a file of the content path; with the etag of an earlier copy a 304 costs next to nothing. */
  read<T>(path: string, etag?: string): Promise<Answer<T>> {
    return this.send('GET', path, undefined, etag === undefined ? {} : { 'if-none-match': etag });
  }

  has(cookiePrefix: string): boolean {
    return [...this.cookies.keys()].some((name) => name.startsWith(cookiePrefix));
  }

  private send<T>(
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
    headers: Record<string, string>,
    { abortAfterSend }: { abortAfterSend?: true } = {},
  ): Promise<Answer<T>> {
    const cookie = [...this.cookies]
      .filter(([, { path: below }]) => path.startsWith(below))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const sent = {
      ...headers,
      'accept-encoding': 'br, gzip',
      'sec-fetch-site': 'same-origin',
      ...(cookie !== '' && { cookie }),
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
      }),
    };
    const up = FRAMES + this.weigh('>', Object.entries({ ...sent, ':path': path })) + Buffer.byteLength(body ?? '');
    return new Promise((resolve, reject) => {
      const out = request(
        {
          agent,
          host: this.base.hostname,
          port: this.base.port,
          method,
          path,
          headers: { host: this.base.host, ...sent },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            for (const line of response.headers['set-cookie'] ?? []) this.keep(line);
            const raw = Buffer.concat(chunks);
            const down = raw.length + this.weigh('<', pairsIn(response.rawHeaders));
            const text = decode(raw, response.headers['content-encoding']);
            resolve({
              status: response.statusCode ?? 0,
              body: (text === '' ? undefined : parseJson(text)) as T, // the caller states what the contract says
              bytes: up + down,
              ...(response.headers.etag !== undefined && { etag: response.headers.etag }),
              ...(response.headers['retry-after'] !== undefined && {
                retryAfterSeconds: Number(response.headers['retry-after']),
              }),
            });
          });
        },
      );
      out.on('error', reject);
      out.end(body, () => {
        if (abortAfterSend) out.destroy(new Error('hung up after sending'));
      });
    });
  }

  /** Takes these header lines, whatever they say, for new the next time: a new version of a file brings its own. */
  forgetLines(names: readonly string[]): void {
    for (const line of this.lines)
      if (names.some((name) => line.slice(1).startsWith(`${name}:`))) this.lines.delete(line);
  }

  /** Header lines as header compression carries them: known whole, known by name, or new. */
  private weigh(way: '<' | '>', pairs: readonly (readonly [string, string])[]): number {
    let bytes = 0;
    for (const [name, value] of pairs) {
      const line = `${way}${name}:${value}`;
      if (this.lines.has(line)) bytes += 1;
      else bytes += (this.lines.has(way + name) ? 1 : huffman(name)) + huffman(value) + 2;
      this.lines.add(line).add(way + name);
    }
    return bytes;
  }

  private keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
    const gone = attributes.some((attribute) => /^max-age=0$/i.test(attribute));
    if (gone) this.cookies.delete(name);
    else this.cookies.set(name, { value: pair.slice(at + 1), path });
  }
}

/** Bits of each sign from the space to the tilde. Source: RFC 7541, appendix B. */
const BITS = '6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6f56565666577666567655677777fbed';
const bitsBySign = new Map([...BITS].map((bits, at) => [String.fromCharCode(at + 32), Number.parseInt(bits, 36)]));
const bitsOf = (sign: string): number => bitsBySign.get(sign) ?? 30;

/** Bytes of a text as header compression codes it. */
const huffman = (text: string): number => {
  let bits = 0;
  for (const sign of text) bits += bitsOf(sign);
  return Math.ceil(bits / 8);
};

const decode = (raw: Buffer, encoding: string | undefined): string => {
  if (encoding === 'br') return brotliDecompressSync(raw).toString('utf8');
  if (encoding === 'gzip') return gunzipSync(raw).toString('utf8');
  return raw.toString('utf8');
};

const pairsIn = (raw: readonly string[]): (readonly [string, string])[] =>
  raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []));

/** Frame heads and the indexed method and status of one exchange, in bytes. */
const FRAMES = 22;

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
