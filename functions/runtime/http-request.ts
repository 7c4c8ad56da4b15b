import { timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { type GeneralRefusal, type Operation, type ParsedInputOf, pathFields } from '#shared/kernel/operation.ts';
import { type Issue, ok, type Result, refuse } from '#shared/kernel/result.ts';
import { env } from './env.ts';

/** Largest body: an import of some hundred lines. Files go straight to a bucket. */
const MAX_BODY_BYTES = 1_000_000;

/** Only the CDN knows the secret header; a call to the API's own address is refused. Source: access.md §3. */
export const viaEdge = (event: APIGatewayProxyEventV2): boolean => {
  const given = Buffer.from(event.headers?.['x-origin-secret'] ?? '');
  const wanted = Buffer.from(env('ORIGIN_SECRET'));
  return given.length === wanted.length && timingSafeEqual(given, wanted);
};

/** A browser says itself where a request comes from; an older one at least names the origin. Neither: refused. */
export const sameOrigin = (event: APIGatewayProxyEventV2): boolean => {
  const isJson = (event.headers?.['content-type'] ?? '').startsWith('application/json');
  const site = event.headers?.['sec-fetch-site'];
  return isJson && (site !== undefined ? site === 'same-origin' : event.headers?.['origin'] === env('SITE_ORIGIN'));
};

/** Name of the pass cookie; locally with the instance's port, so that two copies do not overwrite each other. */
export const passCookieName = (): string => `__Host-pass${env('COOKIE_SUFFIX')}`;

export const cookiesOf = (event: APIGatewayProxyEventV2): Record<string, string> =>
  Object.fromEntries(
    (event.cookies ?? []).map((cookie) => {
      const at = cookie.indexOf('=');
      return [cookie.slice(0, at).trim(), cookie.slice(at + 1)];
    }),
  );

/** What was sent, as the operation's own schema reads it. */
export const inputOf = (
  op: Operation,
  event: APIGatewayProxyEventV2,
): Result<ParsedInputOf<Operation>, GeneralRefusal> => {
  const sent = sentInput(op, event);
  if (!sent.ok) return sent;
  const parsed = v.safeParse(op.input, sent.value);
  return parsed.success ? ok(parsed.output) : refuse('malformed', issuesOf(parsed.issues));
};

const sentInput = (op: Operation, event: APIGatewayProxyEventV2): Result<Record<string, unknown>, GeneralRefusal> => {
  const fields = Object.fromEntries(pathFields(op.path).map((name) => [name, decoded(event.pathParameters?.[name])]));
  if (op.method === 'GET') return { ok: true, value: { ...event.queryStringParameters, ...fields } };
  const raw = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');
  if (raw.length > MAX_BODY_BYTES) return refuse('too-large');
  try {
    const body: unknown = raw === '' ? {} : JSON.parse(raw);
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return refuse('malformed');
    return { ok: true, value: { ...body, ...fields } };
  } catch (error) {
    if (error instanceof SyntaxError) return refuse('malformed');
    throw error;
  }
};

const decoded = (text: string | undefined): string | undefined => {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
};

/** Where it went wrong and why, never the value that was sent. */
const issuesOf = (issues: readonly v.BaseIssue<unknown>[]): Issue[] =>
  issues.slice(0, 20).map((issue) => ({ at: v.getDotPath(issue) ?? '', code: issue.type }));
