import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/** Brotli bytes that a phone loads to open a route for the first time, with nothing kept. Content files come on top. */
export interface RouteWeight {
  readonly js: number;
  readonly css: number;
  /** The page itself. */
  readonly html: number;
  /** The service worker and the files it takes along, app icon and manifest included. */
  readonly worker: number;
  readonly all: number;
  /** Where the bytes are, the largest first. */
  readonly files: readonly { readonly file: string; readonly bytes: number }[];
}

/** Compressed bytes a first visit to the meeting screen may load. Source: product.md §3.3. */
export const MEETING_JS_LIMIT = 60_000;
export const MEETING_ALL_LIMIT = 100_000;

interface Built {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

/** Weighs every route of a built `web/` by its static imports, from the build's own manifest. */
export const measureBuild = (web: string): ReadonlyMap<string, RouteWeight> => {
  const client = join(web, '.svelte-kit/output/client');
  const manifest = JSON.parse(readFileSync(join(client, '.vite/manifest.json'), 'utf8')) as Record<string, Built>; // written by vite
  const generated = Object.keys(manifest).find((key) => key.endsWith('/app.js') && key.includes('generated/build'));
  if (generated === undefined) throw new Error(`no built app in ${client}: run vite build first`);
  const nodes = join(generated, '..', 'nodes');
  const entries = Object.keys(manifest).filter((key) => /\/client\/(entry|payload|client-entry)\.js$/.test(key));

  const weigh = weigher();
  const extras = ['service-worker.js', 'icon.svg', 'manifest.webmanifest'].map((file) =>
    weigh(join(web, 'build', file)),
  );
  // the worker takes the pages made at build time along, but for the ways in
  const made = readdirSync(join(web, 'build')).filter(
    (file) => /\.html$/.test(file) && !/^(sign-in|slip)\./.test(file),
  );
  const worker = sum([...extras, ...made.map((file) => weigh(join(web, 'build', file)))]);
  const html = weigh(join(web, 'build/200.html'));

  return new Map(
    routesOf(readFileSync(join(web, generated), 'utf8')).map(([route, used]) => {
      const roots = [...entries, generated, ...[0, ...used].map((node) => `${nodes}/${node}.js`)];
      const { scripts, styles } = closure(manifest, roots);
      const files = [...scripts, ...styles].map((file) => ({ file, bytes: weigh(join(client, file)) }));
      const of = (kind: ReadonlySet<string>) =>
        sum(files.filter(({ file }) => kind.has(file)).map(({ bytes }) => bytes));
      const [js, css] = [of(scripts), of(styles)];
      return [
        route,
        { js, css, html, worker, all: js + css + html + worker, files: files.toSorted((a, b) => b.bytes - a.bytes) },
      ];
    }),
  );
};

/**
 * Bytes that run before the page has said what it was made with (base path, version). If the core is among them, every
 * error page reloads without end.
 */
export const bytesBeforeStart = (web: string): number => {
  const client = join(web, '.svelte-kit/output/client');
  const manifest = JSON.parse(readFileSync(join(client, '.vite/manifest.json'), 'utf8')) as Record<string, Built>; // written by vite
  const entry = Object.keys(manifest).filter((key) => key.endsWith('/runtime/client/entry.js'));
  if (entry.length !== 1) throw new Error('the entry of SvelteKit has another name now');
  return sum([...closure(manifest, entry).scripts].map((file) => readFileSync(join(client, file)).length));
};

/** `"/(app)/me": [5,[2]]` → its page and its layouts. */
const routesOf = (app: string): [string, number[]][] => {
  const dictionary = app.match(/export const dictionary = \{([\s\S]*?)\n\s*\};/)?.[1] ?? '';
  return [...dictionary.matchAll(/"([^"]+)": \[([^\n]*)\]/g)].map(([, route = '', numbers = '']) => [
    route,
    [...numbers.matchAll(/\d+/g)].map(([digits]) => Number(digits)),
  ]);
};

const closure = (manifest: Readonly<Record<string, Built>>, roots: readonly string[]) => {
  const seen = new Set<string>();
  const scripts = new Set<string>();
  const styles = new Set<string>();
  const visit = (key: string): void => {
    const built = manifest[key];
    if (seen.has(key) || built === undefined) return;
    seen.add(key);
    scripts.add(built.file);
    for (const style of built.css ?? []) styles.add(style);
    for (const next of built.imports ?? []) visit(next);
  };
  for (const root of roots) visit(root);
  return { scripts, styles };
};

const weigher = () => {
  const known = new Map<string, number>();
  return (path: string): number => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const bytes = brotliCompressSync(readFileSync(path), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
    known.set(path, bytes);
    return bytes;
  };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
