import type * as v from 'valibot';
import type { Permission } from './permissions.ts';

/** Status of a refusal on the wire. 409 state, 410 ended, 422 content, 404 not there (or not for you), 403 not allowed, 429 too often. */
export type RefusalStatus = 401 | 403 | 404 | 409 | 410 | 413 | 422 | 429 | 503;

/** Refusals that any operation may answer with; each has its sentence in the web's `problems.ts`. */
export const generalRefusals = {
  malformed: 422,
  'too-large': 413,
  'wrong-origin': 403,
  'not-signed-in': 401,
  'session-ended': 401,
  'not-allowed': 403,
  'step-up-needed': 403,
  'not-found': 404,
  'too-many': 429,
  busy: 503,
} as const satisfies Record<string, RefusalStatus>;
export type GeneralRefusal = keyof typeof generalRefusals;

/**
 * Who may call: `anyone` (no session), `session` (the session cookie itself, at its own door),
 * `signed-in` (a valid pass; the record is one's own), or a permission at the unit named `{unitId}` in the path.
 */
export type Allow = 'anyone' | 'session' | 'signed-in' | Permission;

/** What waits first when the tables are slow, in this order. Source: burst.md §5.5. */
export type GivesWay = 'statistics' | 'polls' | 'uploads' | 'opinions';

// valibot's schema types need a loose bound here; inputs and outputs stay exact through inference
// biome-ignore lint/suspicious/noExplicitAny: the bound of a generic, never a value
type Schema = v.GenericSchema<any, any>;

/** What a client may ask: one value read by the server, the web, the load test and the OpenAPI document. */
export interface Operation<
  I extends Schema = Schema,
  O extends Schema = Schema,
  R extends Readonly<Record<string, RefusalStatus>> = Readonly<Record<string, RefusalStatus>>,
> {
  /** `<context>.<verb>`, also the OpenAPI operation id. */
  readonly id: `${string}.${string}`;
  readonly summary: string;
  readonly method: 'GET' | 'POST';
  /** `/api/<context>/…`; `{name}` takes the field of the input with that name. The rest is query (GET) or JSON body. */
  readonly path: `/api/${string}`;
  readonly allow: Allow;
  /** An act that binds others: needs the PIN or password within 12 hours. Source: access.md §1. */
  readonly stepUp?: true;
  /** Stands in the audit log, done or refused: changes that bind others, and every look at a full record. */
  readonly audited?: true;
  /** May wait in the outbox of the phone until there is a network. Needs an idempotent act. */
  readonly later?: true;
  /** No line is written of a request: not even that there was one may be kept. */
  readonly unlogged?: true;
  /** Refused with `busy` while the tables are slow, so that check-in and ballots are not. */
  readonly givesWay?: GivesWay;
  readonly input: I;
  readonly output: O;
  readonly refusals: R;
}

export type InputOf<Op extends Operation> = v.InferInput<Op['input']>;
export type ParsedInputOf<Op extends Operation> = v.InferOutput<Op['input']>;
export type OutputOf<Op extends Operation> = v.InferOutput<Op['output']>;
export type RefusalOf<Op extends Operation> = Extract<keyof Op['refusals'], string> | GeneralRefusal;

/** States an operation; only here so that its exact types are inferred. A page that asks one carries only that one. */
/* @__NO_SIDE_EFFECTS__ */
export const operation = <
  const I extends Schema,
  const O extends Schema,
  const R extends Readonly<Record<string, RefusalStatus>>,
>(
  stated: Operation<I, O, R>,
): Operation<I, O, R> => stated;

/** Names of the `{fields}` in a path, in order. */
export const pathFields = (path: string): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);

/** The request a client sends for this input: path with its fields filled in, and the rest for query or body. */
export const requestOf = (
  op: Operation,
  input: Readonly<Record<string, unknown>>,
): { readonly path: string; readonly rest: Readonly<Record<string, unknown>> } => {
  const fields = pathFields(op.path);
  const path = op.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name])));
  const rest = Object.fromEntries(Object.entries(input).filter(([name]) => !fields.includes(name)));
  return { path, rest };
};
