/** A request between the parts of the edge; header names are lower case. */
export interface HttpRequest {
  readonly method: string;
  /** Path as it was sent, still encoded. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Address of who asked. */
  readonly ip: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Values of `set-cookie`, one each. */
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/** An answer in JSON. */
export const jsonResponse = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  cookies: [],
  body: Buffer.from(JSON.stringify(value)),
});
