import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { generalRefusals, operation, pathFields } from '#shared/kernel/operation.ts';
import { contracts } from './contracts.ts';
import { type Json, openApiOf, operationsOf } from './open-api.ts';

const operations = operationsOf(contracts);
const document = openApiOf(operations);

/** The parts of OpenAPI 3.1 that the document uses, as its specification defines them; anything else is refused. */
const Schema = v.custom<Json>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
const Content = v.strictObject({ 'application/json': v.strictObject({ schema: Schema }) });
const Response = v.strictObject({
  description: v.pipe(v.string(), v.minLength(1)),
  content: Content,
  headers: v.optional(v.record(v.string(), v.strictObject({ $ref: v.string() }))),
});
const OperationObject = v.strictObject({
  operationId: v.pipe(v.string(), v.regex(/^[a-z]+\.[a-zA-Z]+$/)),
  summary: v.pipe(v.string(), v.minLength(5)),
  tags: v.strictTuple([v.string()]),
  security: v.union([
    v.strictTuple([]),
    v.strictTuple([v.strictObject({ pass: v.strictTuple([]) })]),
    v.strictTuple([v.strictObject({ session: v.strictTuple([]) })]),
  ]),
  'x-allow': v.string(),
  'x-step-up': v.optional(v.literal(true)),
  'x-audited': v.optional(v.literal(true)),
  'x-later': v.optional(v.literal(true)),
  parameters: v.array(
    v.strictObject({
      name: v.string(),
      in: v.picklist(['path', 'query', 'header']),
      required: v.boolean(),
      description: v.optional(v.string()),
      schema: Schema,
    }),
  ),
  requestBody: v.optional(v.strictObject({ required: v.literal(true), content: Content })),
  responses: v.record(v.pipe(v.string(), v.regex(/^[2-5]\d\d$/)), Response),
});
const Document = v.strictObject({
  openapi: v.literal('3.1.0'),
  jsonSchemaDialect: v.pipe(v.string(), v.url()),
  info: v.strictObject({
    title: v.string(),
    version: v.string(),
    description: v.string(),
    license: v.strictObject({ name: v.string(), identifier: v.string() }),
  }),
  servers: v.array(v.strictObject({ url: v.string() })),
  tags: v.array(v.strictObject({ name: v.string() })),
  paths: v.record(
    v.pipe(v.string(), v.startsWith('/api/')),
    v.strictObject({ get: v.optional(OperationObject), post: v.optional(OperationObject) }),
  ),
  components: v.strictObject({
    securitySchemes: v.record(
      v.string(),
      v.strictObject({ type: v.literal('apiKey'), in: v.literal('cookie'), name: v.string(), description: v.string() }),
    ),
    headers: v.record(v.string(), v.strictObject({ description: v.string(), schema: Schema })),
  }),
});

const parsed = v.parse(Document, document);
const described = Object.entries(parsed.paths).flatMap(([path, item]) =>
  (['get', 'post'] as const).flatMap((method) => (item[method] ? [{ path, method, op: item[method] }] : [])),
);
const codesOf = (response: v.InferOutput<typeof Response>): string[] => {
  const { schema } = response.content['application/json'] as { schema: { properties: { code: { enum: string[] } } } };
  return schema.properties.code.enum;
};

describe('the OpenAPI document', () => {
  /** Homes of a context besides its own: the session's cookies have a path, and ballots are cast where no log is kept. */
  const besides: Readonly<Record<string, readonly string[]>> = {
    access: ['/api/session/'],
    meetings: ['/api/ballots/'],
  };

  it('describes every operation of every contract once, at least 25, in its own context', () => {
    expect(described.length).toBe(operations.length);
    expect(described.length).toBeGreaterThanOrEqual(25);
    expect(new Set(described.map(({ op }) => op.operationId)).size).toBe(described.length);
    for (const { path, op } of described) {
      const [context] = op.operationId.split('.') as [string];
      expect(op.tags).toEqual([context]);
      const homes = [`/api/${context}/`, ...(besides[context] ?? [])];
      expect(homes.some((home) => path.startsWith(home)) || path === '/api/session').toBe(true);
    }
  });

  it('lists for each operation every refusal with its status, and no other code', () => {
    for (const { op } of described) {
      const stated = operations.find(({ id }) => id === op.operationId);
      if (!stated) throw new Error(`${op.operationId} is no operation`);
      for (const [code, status] of Object.entries(stated.refusals))
        expect(codesOf(op.responses[String(status)] as v.InferOutput<typeof Response>)).toContain(code);
      for (const [status, response] of Object.entries(op.responses)) {
        if (status === '200') continue;
        const known = [...Object.keys(stated.refusals), ...Object.keys(generalRefusals), 'fault'];
        for (const code of codesOf(response)) expect(known).toContain(code);
      }
      expect(Object.keys(op.responses).filter((status) => status !== '200').length).toBeGreaterThan(1);
    }
  });

  it('needs a session wherever not anyone may call, and says who may', () => {
    for (const { op } of described) {
      const stated = operations.find(({ id }) => id === op.operationId);
      expect(op.security.length === 0).toBe(stated?.allow === 'anyone');
      expect(op['x-allow']).toBe(stated?.allow);
    }
    expect(described.some(({ op }) => op.security.length > 0)).toBe(true);
  });

  it('gives every field of a path a parameter, and sends none of them twice', () => {
    for (const { path, method, op } of described) {
      const inPath = op.parameters.filter((one) => one.in === 'path');
      expect(inPath.map(({ name }) => name)).toEqual(pathFields(path));
      for (const { required } of inPath) expect(required).toBe(true);
      expect(op.requestBody !== undefined).toBe(method === 'post');
      const body = JSON.stringify(Object.keys(bodyProperties(op.requestBody)));
      for (const { name } of inPath) expect(body).not.toContain(`"${name}"`);
    }
  });

  it('holds no reference that leads nowhere and no schema that says nothing of its type', () => {
    const text = JSON.stringify(document);
    for (const [, target] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = (target as string)
        .split('/')
        .reduce<unknown>((at, key) => (at as Json | undefined)?.[key], document);
      expect(found, target).toBeDefined();
    }
    for (const { op } of described)
      for (const { name, schema } of op.parameters)
        expect(Object.keys(schema).length, `${op.operationId} ${name}`).toBeGreaterThan(0);
  });

  it('takes an operation from its contract alone: path, query, body, refusals and step-up', () => {
    const given = operation({
      id: 'meetings.tryOut',
      summary: 'Try it out',
      method: 'POST',
      path: '/api/meetings/{unitId}/try',
      allow: 'meetings.run',
      stepUp: true,
      input: v.object({ unitId: v.string(), words: v.optional(v.pipe(v.string(), v.maxLength(5))) }),
      output: v.object({ at: v.string() }),
      refusals: { 'meeting-closed': 409 },
    });
    const { paths } = openApiOf([given]) as { paths: Record<string, { post: v.InferOutput<typeof OperationObject> }> };
    const { post } = paths['/api/meetings/{unitId}/try'] ?? {};
    expect(post?.parameters).toEqual([{ name: 'unitId', in: 'path', required: true, schema: { type: 'string' } }]);
    expect(post?.requestBody?.content['application/json'].schema).toEqual({
      type: 'object',
      properties: { words: { type: 'string', maxLength: 5 } },
    });
    expect(codesOf(post?.responses['409'] as v.InferOutput<typeof Response>)).toEqual(['meeting-closed']);
    expect(codesOf(post?.responses['403'] as v.InferOutput<typeof Response>)).toContain('step-up-needed');
    expect(post?.['x-step-up']).toBe(true);
  });
});

const bodyProperties = (body: { content: { 'application/json': { schema: Json } } } | undefined): Json => {
  const schema = body?.content['application/json'].schema;
  const choices = [schema, ...((schema?.['anyOf'] ?? schema?.['oneOf'] ?? []) as Json[])];
  return Object.assign({}, ...choices.map((one) => one?.['properties'] ?? {}));
};
