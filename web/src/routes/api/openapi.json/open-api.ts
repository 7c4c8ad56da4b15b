import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { type GeneralRefusal, generalRefusals, type Operation, pathFields } from '#shared/kernel/operation.ts';

/** JSON as it stands in the document. */
export interface Json {
  readonly [name: string]: unknown;
}

/** What a contract module exports: operations among other things. */
export type Contract = Readonly<Record<string, unknown>>;

/** The operations of these contracts, each once, in the order of their ids. */
export const operationsOf = (contracts: readonly Contract[]): Operation[] =>
  [...new Set(contracts.flatMap((contract) => Object.values(contract)).filter(isOperation))].toSorted((a, b) =>
    a.id < b.id ? -1 : 1,
  );

const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'refusals' in value && 'allow' in value && 'path' in value;

/** The OpenAPI 3.1 document of these operations: everything in it is read from the contracts, nothing is written twice. */
export const openApiOf = (operations: readonly Operation[]): Json => {
  const paths: Record<string, Record<string, Json>> = {};
  for (const op of operations) paths[op.path] = { ...paths[op.path], [op.method.toLowerCase()]: operationOf(op) };
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Sổ tay đảng viên điện tử',
      version: '1',
      description:
        'Requests and answers are JSON. A refusal is answered as {code, requestId}; each operation lists its codes. ' +
        'POST needs content-type application/json and the site’s own origin.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(contextOf))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        pass: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-pass',
          description: 'Signed pass of about twelve hours, set at sign-in and renewed by the session.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Secure-session',
          description: 'The session itself, sent to its own door only.',
        },
      },
      headers: {
        retryAfter: { description: 'Seconds to wait, drawn at random.', schema: { type: 'integer', minimum: 0 } },
      },
    },
  };
};

const contextOf = ({ id }: Operation): string => id.slice(0, id.indexOf('.'));

const operationOf = (op: Operation): Json => {
  const input = schemaOf(op.input, 'input');
  const fields = pathFields(op.path);
  const rest = without(input, fields);
  return {
    operationId: op.id,
    summary: op.summary,
    tags: [contextOf(op)],
    security: op.allow === 'anyone' ? [] : [op.allow === 'session' ? { session: [] } : { pass: [] }],
    'x-allow': op.allow,
    ...(op.stepUp && { 'x-step-up': true }),
    ...(op.audited && { 'x-audited': true }),
    ...(op.later && { 'x-later': true }),
    parameters: [
      ...fields.map((name) => parameterOf(name, 'path', true, propertyOf(input, name))),
      ...(op.method === 'GET' ? queryOf(rest) : []),
      ...(op.later ? [ACTED_AT] : []),
    ],
    ...(op.method === 'POST' && { requestBody: { required: true, content: { 'application/json': { schema: rest } } } }),
    responses: {
      '200': { description: 'Done.', content: { 'application/json': { schema: schemaOf(op.output, 'output') } } },
      ...refusalsOf(op),
      '500': refusal(['fault'], 'The world failed; the request may be sent again.'),
    },
  };
};

/** Of acts that may wait for a network: `functions/runtime/http.ts`. */
const ACTED_AT: Json = {
  name: 'acted-at',
  in: 'header',
  required: false,
  description: 'When it was done, in UTC with milliseconds, where it is sent later than that.',
  schema: { type: 'string', format: 'date-time' },
};

const schemaOf = (schema: v.GenericSchema, typeMode: 'input' | 'output'): Json => {
  // checks that JSON Schema has no word for (a real day, a real instant) are left to the server
  const { $schema: _, ...plain } = toJsonSchema(schema as Parameters<typeof toJsonSchema>[0], {
    typeMode,
    target: 'draft-2020-12',
    errorMode: 'ignore',
  }) as Json;
  return plain;
};

/** An input schema without the fields that travel in the path; a choice of objects loses them in each. */
const without = (schema: Json, fields: readonly string[]): Json => {
  const { properties, required, anyOf, oneOf, allOf, ...more } = schema as {
    properties?: Json;
    required?: readonly string[];
    anyOf?: readonly Json[];
    oneOf?: readonly Json[];
    allOf?: readonly Json[];
  };
  const left = required?.filter((name) => !fields.includes(name)) ?? [];
  return {
    ...more,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !fields.includes(name))),
    }),
    ...(left.length > 0 && { required: left }),
    ...(anyOf && { anyOf: anyOf.map((one) => without(one, fields)) }),
    ...(oneOf && { oneOf: oneOf.map((one) => without(one, fields)) }),
    ...(allOf && { allOf: allOf.map((one) => without(one, fields)) }),
  };
};

/** The schema of one field; of a choice of objects, that of the first which has it. */
const propertyOf = (schema: Json, name: string): Json => {
  const parts = [schema, ...['anyOf', 'oneOf', 'allOf'].flatMap((word) => (schema[word] ?? []) as Json[])];
  const owner = parts.find((part) => (part['properties'] as Json | undefined)?.[name] !== undefined);
  if (!owner) throw new Error(`{${name}} stands in a path and not in its input`);
  return (owner['properties'] as Json)[name] as Json;
};

const queryOf = (rest: Json): Json[] =>
  Object.entries((rest['properties'] ?? {}) as Json).map(([name, schema]) =>
    parameterOf(name, 'query', ((rest['required'] ?? []) as string[]).includes(name), schema as Json),
  );

const parameterOf = (name: string, place: 'path' | 'query', required: boolean, schema: Json): Json => ({
  name,
  in: place,
  required,
  schema,
});

/** Which of the refusals that every operation knows this one can answer with. */
const generalOf = (op: Operation): GeneralRefusal[] => {
  const asked = op.allow !== 'anyone';
  const wanted: Readonly<Record<GeneralRefusal, boolean>> = {
    malformed: true,
    'too-large': op.method === 'POST',
    'wrong-origin': op.method === 'POST',
    'not-signed-in': asked,
    'session-ended': asked,
    'not-allowed': true,
    'step-up-needed': op.stepUp === true,
    'not-found': true,
    'too-many': true,
    busy: true,
  };
  return (Object.keys(wanted) as GeneralRefusal[]).filter((code) => wanted[code]);
};

/** One response for each status, with the closed list of its codes. */
const refusalsOf = (op: Operation): Json => {
  const codes = { ...Object.fromEntries(generalOf(op).map((code) => [code, generalRefusals[code]])), ...op.refusals };
  const byStatus = Map.groupBy(Object.entries(codes), ([, status]) => status);
  return Object.fromEntries(
    [...byStatus].map(([status, entries]) => [
      String(status),
      {
        ...refusal(entries.map(([code]) => code).toSorted(), 'Refused.'),
        ...([429, 503].includes(status) && { headers: { 'retry-after': { $ref: '#/components/headers/retryAfter' } } }),
      },
    ]),
  );
};

const refusal = (codes: readonly string[], description: string): Json => ({
  description,
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['code', 'requestId'],
        properties: {
          code: { type: 'string', enum: codes },
          requestId: { type: 'string' },
          issues: {
            type: 'array',
            items: {
              type: 'object',
              required: ['at', 'code'],
              properties: { at: { type: 'string' }, code: { type: 'string' } },
            },
          },
        },
      },
    },
  },
});
