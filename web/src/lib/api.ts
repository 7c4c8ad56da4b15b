import * as v from 'valibot';
import { type InputOf, type Operation, type OutputOf, type RefusalOf, requestOf } from '#shared/kernel/operation.ts';
import { type Issue, type Result, refuse } from '#shared/kernel/result.ts';
import { type Instant, instantOf } from '#shared/kernel/time.ts';
import { KEPT_AT } from './kept-copy.ts';
import { renewPass } from './renewal.ts';
import { hearServer, inServerTime, rightNow } from './server-clock.ts';
import { fullJitter, retryAfterMs, wait } from './waiting.ts';

/** What no contract states: there was no network, or the world failed on the way. */
export type Trouble = 'offline' | 'fault';

export type Answer<Op extends Operation> = Result<OutputOf<Op>, RefusalOf<Op> | Trouble>;

/** A try that has said nothing for this long is counted as no network. Hall Wi-Fi answers late before it answers never. */
const PATIENCE_MS = 15_000;
/** Tries when the server says 'too many' or 'busy'; the person sees the third word of three after this. */
const TRIES = 3;
/** A longer wait than this is the outbox's business, not that of a person looking at a button. */
const LONGEST_WAIT_MS = 8_000;

/** Asks one operation and never throws. The pass is renewed once in silence; a busy server is asked again a few times. */
export const ask = async <Op extends Operation>(
  op: Op,
  input: InputOf<Op>,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Answer<Op>> => {
  const sent = await send(sendingOf(op, input), signal);
  if (!sent.ok) return refuse(sent.code, sent.issues) as Answer<Op>; // the server answers with the refusals of the contract only
  const parsed = v.safeParse(op.output, sent.value);
  return parsed.success ? { ok: true, value: parsed.output } : refuse('fault');
};

/** A request as it can lie in a drawer: plain data, so that the outbox can keep it over a reload. */
export interface Sending {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: string;
  /** Whether a pass that has run out is worth renewing for it. */
  readonly pass: boolean;
  /** When it was done, if it waited for a network since. */
  readonly actedAt?: Instant;
}

export const sendingOf = <Op extends Operation>(op: Op, input: InputOf<Op>): Sending => {
  const { path, rest } = requestOf(op, input as Readonly<Record<string, unknown>>); // every input is one object
  const pass = op.allow !== 'anyone' && op.allow !== 'session';
  if (op.method === 'POST') return { method: 'POST', url: path, body: JSON.stringify(rest), pass };
  const query = new URLSearchParams(
    Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  ).toString();
  return { method: 'GET', url: query === '' ? path : `${path}?${query}`, pass };
};

/** What came of a sending: `value` is the answer's JSON, not yet parsed; `waitMs` how long a busy server asked to be left alone. */
export type Sent = Result<unknown> & { readonly waitMs?: number };

/** Sends it. The same sending sent twice is the same act. */
export const send = async (sending: Sending, signal?: AbortSignal): Promise<Sent> => {
  let renewed = false;
  for (let attempt = 0; ; attempt++) {
    const { result, waitMs } = await once(sending, signal);
    if (result.ok) return result;
    if (sending.pass && !renewed && (result.code === 'session-ended' || result.code === 'not-signed-in')) {
      renewed = true;
      const renewal = await renewPass();
      if (renewal.ok) continue;
      return renewal.code === 'offline' ? refuse('offline') : result;
    }
    if (waitMs === undefined) return result;
    if (attempt + 1 >= TRIES || waitMs > LONGEST_WAIT_MS) return { ...result, waitMs };
    await wait(waitMs + fullJitter(attempt, 1_000, 4_000, Math.random), signal);
    if (signal?.aborted) return refuse('offline');
  }
};

/** Statuses that may pass by themselves: too many, a gateway that lost its server, busy, a gateway that waited too long. */
const PASSING: readonly number[] = [429, 502, 503, 504];

const once = async (
  sending: Sending,
  signal: AbortSignal | undefined,
): Promise<{ readonly result: Result<unknown>; readonly waitMs?: number }> => {
  const response = await reach(sending.url, {
    method: sending.method,
    cache: 'no-store',
    ...(sending.body !== undefined && {
      body: sending.body,
      headers: { 'content-type': 'application/json', ...(sending.actedAt && { 'acted-at': sending.actedAt }) },
    }),
    ...(signal && { signal }),
  });
  if (!response) return { result: refuse('offline') };
  hearServer(response.headers.get('date'));
  const body = await jsonOf(response);
  if (response.ok) return { result: body.ok ? body : refuse('fault') };
  const stated = body.ok ? v.safeParse(RefusalBody, body.value) : undefined;
  const result = stated?.success ? refuse(stated.output.code, stated.output.issues) : refuse('fault');
  if (!PASSING.includes(response.status)) return { result };
  return { result, waitMs: retryAfterMs(response.headers.get('retry-after'), Date.now()) };
};

/** The one body of a refusal. */
const RefusalBody = v.object({
  code: v.string(),
  requestId: v.optional(v.string()),
  issues: v.optional(v.array(v.object({ at: v.string(), code: v.string() }))),
}) satisfies v.GenericSchema<unknown, { code: string; issues?: readonly Issue[] | undefined }>;

/** A file everybody reads, with the moment it left the content network. `kept`: this phone's own last copy. */
export interface Copy<T> {
  readonly value: T;
  readonly at: Instant;
  readonly kept: boolean;
}

/** Reads a content file (`/content/…`). A pass that has run out is renewed once; a copy kept on the phone says so. */
export const content = async <S extends v.GenericSchema>(
  path: `/content/${string}`,
  schema: S,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Result<Copy<v.InferOutput<S>>, 'not-found' | 'not-allowed' | 'session-ended' | Trouble>> => {
  // what is kept for some seconds at the edge is asked for there: a phone's own copy would always be one look behind
  const init = { ...(signal && { signal }), ...(path.startsWith('/content/live/') && { cache: 'no-cache' as const }) };
  let response = await reach(path, init);
  // what never changes comes from the phone itself and tells nothing
  if (path.startsWith('/content/live/') && !signal?.aborted) tellNetwork(response?.headers.get(KEPT_AT) === null);
  if (response?.status === 401 || response?.status === 403) {
    const renewal = await renewPass();
    if (!renewal.ok) return refuse(renewal.code === 'offline' ? 'offline' : 'session-ended');
    response = await reach(path, init);
  }
  if (!response) return refuse('offline');
  if (response.status === 404 || response.status === 410) return refuse('not-found');
  if (response.status === 401 || response.status === 403) return refuse('not-allowed');
  const body = response.ok ? await jsonOf(response) : undefined;
  const parsed = body?.ok ? v.safeParse(schema, body.value) : undefined;
  if (!parsed?.success) return refuse('fault');
  const keptAt = response.headers.get(KEPT_AT);
  const ageSeconds = Number(response.headers.get('age') ?? 0) || 0;
  const at = keptAt ? inServerTime(keptAt) : instantOf(rightNow() - ageSeconds * 1000); // written by our own worker
  return { ok: true, value: { value: parsed.output, at, kept: keptAt !== null } };
};

let away = false;

/**
 * Says so when the network has gone or come back, as reading the shared files finds it: a phone on a Wi-Fi that leads nowhere
 * believes it is online, and seldom says when it leads somewhere again. Everything that waits listens to the browser's own words.
 */
const tellNetwork = (there: boolean): void => {
  if (there === !away) return;
  away = !there;
  globalThis.dispatchEvent?.(new Event(there ? 'online' : 'offline'));
};

/** The answer, or undefined when there was none: no network, cut off, given up, or too late. */
const reach = async (url: string, init: RequestInit): Promise<Response | undefined> => {
  const late = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, late]) : late });
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return undefined;
    throw error;
  }
};

const jsonOf = async (response: Response): Promise<Result<unknown, 'fault'>> => {
  try {
    return { ok: true, value: await response.json() };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof DOMException)
      return refuse('fault');
    throw error;
  }
};
