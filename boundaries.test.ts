import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The contexts in the floor plan's order: each may know those to its left. */
const contexts = 'access members tasks documents meetings points surveys fees questions reports'.split(' ');
const root = import.meta.dirname;
const rooms = ['shared', 'functions', 'infra', 'web/src'];

const sources = (dir: string): string[] =>
  readdirSync(join(root, dir), { withFileTypes: true }).flatMap((entry) => {
    const path = `${dir}/${entry.name}`;
    if (entry.isDirectory()) return sources(path);
    const isSource =
      /\.(ts|svelte|js)$/.test(path) && !/\.test\.ts$|(^|[/.])testing\.ts$|\.d\.ts$|\/fixture/.test(path);
    return isSource ? [path] : [];
  });

const importsOf = (file: string): string[] =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /(?:^|\n)\s*(?:import|export)[^;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g,
    ),
  ]
    .map((match) => (match[1] ?? match[2]) as string)
    .map((target) => {
      if (target.startsWith('#shared/')) return target.replace('#shared', 'shared');
      if (target.startsWith('#runtime/')) return target.replace('#runtime', 'functions/runtime');
      if (target.startsWith('#lib/')) return target.replace('#lib', 'web/src/lib');
      return target.startsWith('.') ? relative(root, join(root, dirname(file), target)) : target;
    });

/** Why this import is not allowed, or nothing. Source: floor plan §4. */
const objection = (file: string, target: string): string | undefined => {
  const [room, context = ''] = file.split('/');
  const inside = /^(shared|functions|infra|web)\//.test(target);
  const [targetRoom, targetContext = ''] = target.split('/');
  // the demonstration is made up as tests are, and ships to nobody
  const madeUp = file.startsWith('infra/local/seed/') && !/\.test\.ts$/.test(target);
  if (/\.test\.ts$|(^|[/.])testing\.ts$/.test(target) && !madeUp) return 'a source file uses test code';
  if (room === 'shared') {
    if (!inside) return target === 'valibot' ? undefined : 'shared may use the validation library only';
    if (targetRoom !== 'shared') return 'shared may use shared only';
    if (targetContext === 'kernel' || targetContext === context) return undefined;
    if (context === 'kernel') return 'kernel knows no context';
    const left = contexts.indexOf(targetContext) < contexts.indexOf(context);
    return left && /\/model\.ts$|\.json$/.test(target) ? undefined : 'only the model of a context to the left';
  }
  if (room === 'functions' && context === 'runtime') {
    if (!inside) return undefined;
    return target.startsWith('shared/kernel/') || target.startsWith('functions/runtime/')
      ? undefined
      : 'runtime knows no context';
  }
  if (room === 'functions' && contexts.includes(context)) {
    if (target.startsWith('@aws-sdk/')) return 'the AWS SDK is spoken in runtime';
    if (!inside) return undefined;
    if (targetRoom === 'functions') return ['runtime', context].includes(targetContext) ? undefined : 'another context';
    return targetRoom === 'shared' ? undefined : 'functions use shared and runtime';
  }
  if (room === 'web') {
    if (targetRoom === 'functions' || targetRoom === 'infra') return 'the web knows the contracts only';
    return undefined;
  }
  if (room === 'infra' && !/^infra\/(local|load)\//.test(file) && inside && targetRoom !== 'infra') {
    return ['functions/runtime/env.ts', 'functions/build.ts'].includes(target)
      ? undefined
      : 'infra refers to bundles by path';
  }
  return undefined;
};

describe('boundaries', () => {
  it('no file imports what its room may not', () => {
    const found = rooms
      .flatMap(sources)
      .flatMap((file) => importsOf(file).map((target) => ({ file, target, why: objection(file, target) })))
      .filter(({ why }) => why !== undefined)
      .map(({ file, target, why }) => `${file} → ${target}: ${why}`);
    expect(found).toEqual([]);
  });

  it('every folder of shared, functions and routes is a context of the list', () => {
    const folders = ['shared', 'functions'].flatMap((room) =>
      readdirSync(join(root, room), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name),
    );
    const known = [...contexts, 'kernel', 'runtime', 'edge'];
    expect(folders.filter((folder) => !known.includes(folder))).toEqual([]);
  });

  it('shared touches nothing: no clock, chance, environment or console', () => {
    const touches = sources('shared').filter((file) =>
      /new Date\(\)|Date\.now\(|Math\.random\(|process\.env|console\./.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(touches).toEqual([]);
  });

  it('every identifier of the glossary is one that the code uses', () => {
    const [, glossary = ''] = /\n## Glossary\n(.*?)\n## /s.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
    const identifiers = [...glossary.matchAll(/^\|.*\|$/gm)].flatMap(([row]) =>
      [...row.matchAll(/`([^`]+)`/g)].map(([, identifier = '']) => identifier),
    );
    expect(identifiers.length).toBeGreaterThan(80);
    const code = [...sources('shared'), ...sources('functions/runtime')].map((file) =>
      readFileSync(join(root, file), 'utf8'),
    );
    const used = (identifier: string) =>
      code.some((text) => new RegExp(`(?<![\\w-])${identifier}(?![\\w-])`).test(text));
    expect(identifiers.filter((identifier) => !used(identifier))).toEqual([]);
  });
});
