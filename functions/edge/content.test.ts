import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import { type EdgeFunction, edgeFunction } from '../../infra/local/edge-function.ts';

const files = ['content.js', 'site.js'];
const codeOf = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');

/**
 * What the CDN's runtime 2.0 runs: ECMAScript 5.1 with `const`, `let`, arrow functions, templates, promises, async and
 * await, and four modules. Source: CloudFront developer guide, "JavaScript runtime 2.0 features", November 2026.
 */
const allowedSyntax = new Set(
  [
    'SourceFile EndOfFileToken ImportDeclaration ImportClause',
    'FunctionDeclaration ArrowFunction Parameter Block ReturnStatement IfStatement ExpressionStatement',
    'VariableStatement VariableDeclarationList VariableDeclaration FirstStatement',
    'Identifier StringLiteral NumericLiteral FirstLiteralToken NullKeyword TrueKeyword FalseKeyword RegularExpressionLiteral',
    'ObjectLiteralExpression PropertyAssignment ArrayLiteralExpression',
    'PropertyAccessExpression ElementAccessExpression CallExpression ParenthesizedExpression',
    'BinaryExpression PrefixUnaryExpression ConditionalExpression AwaitExpression',
    'TemplateExpression TemplateHead TemplateSpan TemplateMiddle TemplateTail LastTemplateToken NoSubstitutionTemplateLiteral',
    'TryStatement CatchClause AsyncKeyword EqualsGreaterThanToken QuestionToken ColonToken',
    'EqualsEqualsEqualsToken ExclamationEqualsEqualsToken AmpersandAmpersandToken BarBarToken',
    'LessThanToken GreaterThanToken PlusToken MinusToken AsteriskToken SlashToken FirstBinaryOperator FirstAssignment EqualsToken',
  ]
    .join(' ')
    .split(' '),
);
const allowedModules = ['cloudfront', 'crypto', 'querystring'];
const allowedGlobals = ['JSON', 'Date', 'Buffer', 'Math', 'String', 'Number', 'RegExp'];

/** Everything in the code that the runtime does not promise to run. */
const outsideSubset = (code: string): string[] => {
  const source = ts.createSourceFile('edge.js', code, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const found: string[] = [];
  const declared = new Set<string>();
  const visit = (node: ts.Node, act: (node: ts.Node) => void): void => {
    act(node);
    ts.forEachChild(node, (child) => visit(child, act));
  };
  visit(source, (node) => {
    const named = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isFunctionDeclaration(node);
    if (named && node.name && ts.isIdentifier(node.name)) declared.add(node.name.text);
    if (ts.isImportClause(node) && node.name) declared.add(node.name.text);
  });
  visit(source, (node) => {
    const kind = ts.SyntaxKind[node.kind];
    if (!allowedSyntax.has(kind)) found.push(kind);
    if (ts.isImportDeclaration(node)) {
      const module = (node.moduleSpecifier as ts.StringLiteral).text;
      if (!allowedModules.includes(module)) found.push(`import ${module}`);
    }
    if (ts.isParameter(node) && (node.initializer || node.dotDotDotToken))
      found.push('a default or the rest of parameters');
    const isName = ts.isIdentifier(node) && !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node);
    if (
      isName &&
      !ts.isPropertyAssignment(node.parent) &&
      !declared.has(node.text) &&
      !allowedGlobals.includes(node.text)
    )
      found.push(`global ${node.text}`);
  });
  return found;
};

describe('what runs at the edge', () => {
  test.each(files)('%s is small and within the subset of its runtime', (file) => {
    expect(Buffer.byteLength(codeOf(file))).toBeLessThan(10_240);
    expect(outsideSubset(codeOf(file))).toEqual([]);
  });

  test.each([
    'const { a } = event;',
    'for (const a of b) c(a);',
    'class A {}',
    'const a = b?.c ?? d;',
    'const a = [...b];',
    'const f = (a = 1) => a;',
    "import fs from 'node:fs';",
    "fetch('https://x');",
    'setTimeout(a, 1);',
    'process.env.A;',
  ])('"%s" would be found', (line) => {
    expect(outsideSubset(`const b = 1;\n${line}`)).not.toEqual([]);
  });
});

describe('who may fetch which content path', () => {
  const key = 'the key of this week';
  const store = new Map<string, string>();
  let gate: EdgeFunction;
  beforeAll(() => {
    store.set('content', JSON.stringify({ suffix: '-4173', keys: { c1: key } }));
    const spec = {
      logicalId: 'ContentGate',
      runtime: 'cloudfront-js-2.0',
      code: codeOf('content.js'),
      stores: ['store'],
    };
    gate = edgeFunction(spec as never, 'distribution', (_, name) => store.get(name));
  });

  const claims = { pass: 's-1.1', expires: Date.now() / 1000 + 60, units: ['chi-bo-1', 'xa-1', 'tinh'] };
  const cookieOf = (what: object, { kid = 'c1', signedBy = key } = {}) => {
    const payload = `${kid}.${Buffer.from(JSON.stringify(what)).toString('base64url')}`;
    return `${payload}.${createHmac('sha256', signedBy).update(payload).digest('base64url')}`;
  };
  const fetching = async (path: string, cookie?: string, name = '__Secure-content-4173') => {
    const headers = cookie === undefined ? {} : { cookie: `${name}=${cookie}` };
    const verdict = await gate({
      method: 'GET',
      path,
      query: '',
      headers,
      body: Buffer.alloc(0),
      ip: '203.0.113.7',
    } as never);
    return verdict.go === 'on' ? 'on' : `${verdict.response.status} ${JSON.parse(String(verdict.response.body)).code}`;
  };

  test('a member gets what is of his branch and of those above it', async () => {
    for (const unit of claims.units)
      expect(await fetching(`/content/pack/${unit}/3f2a.json`, cookieOf(claims))).toBe('on');
    expect(await fetching('/content/live/chi-bo-1/m-1.json', cookieOf(claims))).toBe('on');
  });

  test('another branch, a path around it or none of ours is refused', async () => {
    for (const path of [
      '/content/pack/chi-bo-2/3f2a.json',
      '/content/pack/chi-bo-1/../chi-bo-2/3f2a.json',
      '/content/pack/chi-bo-1%2F..%2Fchi-bo-2/a',
      '/content//chi-bo-1/a',
      '/content/pack/chi-bo-1/',
      '/content/pack/chi-bo-1',
      '/content/pack/CHI-BO-1/a',
      '/content/',
    ])
      expect([path, await fetching(path, cookieOf(claims))]).toEqual([path, '403 not-allowed']);
  });

  test('without a cookie, with one under another name, changed, of an unknown key or of another signer is not signed in', async () => {
    const good = cookieOf(claims);
    const [kid, , signature] = good.split('.');
    const widened = Buffer.from(JSON.stringify({ ...claims, units: ['chi-bo-2'] })).toString('base64url');
    for (const cookie of [
      undefined,
      '',
      `${kid}.${widened}.${signature}`,
      good.slice(0, -2),
      `${good}.more`,
      cookieOf(claims, { kid: 'c9' }),
      cookieOf(claims, { kid: 'constructor' }),
      cookieOf(claims, { signedBy: 'another' }),
    ])
      expect(await fetching('/content/pack/chi-bo-1/a', cookie)).toBe('401 not-signed-in');
    expect(await fetching('/content/pack/chi-bo-1/a', good, '__Secure-content')).toBe('401 not-signed-in');
  });

  test('an expired cookie and an ended pass are over', async () => {
    expect(await fetching('/content/pack/tinh/a', cookieOf({ ...claims, expires: Date.now() / 1000 - 1 }))).toBe(
      '401 session-ended',
    );
    store.set('ended/s-1.1', '1');
    expect(await fetching('/content/pack/tinh/a', cookieOf(claims))).toBe('401 session-ended');
    expect(await fetching('/content/pack/tinh/a', cookieOf({ ...claims, pass: 's-1.2' }))).toBe('on');
  });

  test('before the keys are there nobody gets anything', async () => {
    const settings = store.get('content') ?? '';
    store.delete('content');
    expect(await fetching('/content/pack/tinh/a', cookieOf(claims))).toBe('401 not-signed-in');
    store.set('content', settings);
  });
});
