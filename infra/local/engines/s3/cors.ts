import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { serviceError } from '../service-error.ts';

/** A rule as it stands in the template's `CorsConfiguration.CorsRules`. */
export interface CorsRule {
  readonly AllowedOrigins: readonly string[];
  readonly AllowedMethods: readonly string[];
  readonly AllowedHeaders?: readonly string[];
  readonly ExposedHeaders?: readonly string[];
  /** Seconds. */
  readonly MaxAge?: number;
}

/** Answer to a browser's question before its request; refused as S3 refuses when no rule allows it. */
export const preflightHeaders = (rules: readonly CorsRule[], headers: IncomingHttpHeaders): OutgoingHttpHeaders => {
  const wanted = String(headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const method = String(headers['access-control-request-method'] ?? '');
  const rule = ruleFor(rules, headers.origin, method, wanted);
  if (rule === undefined) {
    throw serviceError(403, 'AccessForbidden', 'CORSResponse: This CORS request is not allowed.');
  }
  return { ...grantOf(rule, headers.origin), 'access-control-allow-headers': wanted.join(', ') };
};

/** Headers that let the page of this origin read the answer; none when no rule allows it. */
export const corsHeaders = (
  rules: readonly CorsRule[],
  headers: IncomingHttpHeaders,
  method: string,
): OutgoingHttpHeaders => {
  const rule = ruleFor(rules, headers.origin, method, []);
  return rule === undefined ? {} : grantOf(rule, headers.origin);
};

const ruleFor = (rules: readonly CorsRule[], origin: string | undefined, method: string, wanted: readonly string[]) =>
  origin === undefined
    ? undefined
    : rules.find(
        (rule) =>
          rule.AllowedOrigins.some((pattern) => matches(pattern, origin)) &&
          rule.AllowedMethods.includes(method) &&
          wanted.every((name) => rule.AllowedHeaders?.some((pattern) => matches(pattern.toLowerCase(), name))),
      );

const grantOf = (rule: CorsRule, origin: string | undefined): OutgoingHttpHeaders => ({
  'access-control-allow-origin': rule.AllowedOrigins.includes('*') ? '*' : origin,
  'access-control-allow-methods': rule.AllowedMethods.join(', '),
  ...(rule.ExposedHeaders !== undefined && { 'access-control-expose-headers': rule.ExposedHeaders.join(', ') }),
  ...(rule.MaxAge !== undefined && { 'access-control-max-age': String(rule.MaxAge) }),
  vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
});

/** One `*` in the pattern stands for any text. */
const matches = (pattern: string, text: string): boolean => {
  const [head = '', tail] = pattern.split('*');
  return tail === undefined
    ? pattern === text
    : text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
};
